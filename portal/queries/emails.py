"""Changes of an address that a link can still do or stop. Needs the staff's rights."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from portal.actors import SYSTEM
from portal.models import EmailChange
from portal.rules.people import EMAIL_CHANGE_LIFE, token_hash
from portal.tenancy import act_as_staff


def waiting(token: str, at: datetime) -> QuerySet[EmailChange]:
    """The change that a link to the new address may do now; empty for spent, stopped, old and unknown ones."""
    rows = EmailChange.objects.filter(confirm_hash=token_hash(token), confirmed_at=None, stopped_at=None)
    return rows.filter(asked_at__lte=at, expires_at__gt=at, user__is_active=True).select_related("user")


def stoppable(token: str, at: datetime) -> QuerySet[EmailChange]:
    """The change that a link to the old address may stop or take back now."""
    rows = EmailChange.objects.filter(stop_hash=token_hash(token), asked_at__gt=at - EMAIL_CHANGE_LIFE)
    return rows.filter(asked_at__lte=at, stopped_at=None).select_related("user")


@dataclass(frozen=True, slots=True)
class Wish:
    """What the page behind a link shows."""

    name: str
    old: str
    new: str


def wish(rows: QuerySet[EmailChange]) -> Wish | None:
    """The change, for a page; None when its link is dead. Runs at the door."""
    with act_as_staff(SYSTEM):
        row = rows.first()
        return Wish(row.user.name, row.old_email, row.new_email) if row else None
