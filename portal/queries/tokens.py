"""A person's tokens, and the places for which they may make one. Runs at the door."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.actors import SYSTEM
from portal.models import ApiToken, Client, Membership, Staff
from portal.queries.people import contract_day, standing_memberships
from portal.queries.staff import on_staff
from portal.tenancy import act_as_staff

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Place:
    """Where a token acts: in one membership, or on the staff."""

    membership: Membership | None = None
    staff: Staff | None = None

    @property
    def key(self) -> str:
        """How a form names the place."""
        return f"m{self.membership.pk}" if self.membership else "staff"


@dataclass(frozen=True, slots=True)
class OwnToken:
    """A token on its person's page; `ends`: revoked, expired, or "" while it works."""

    token: ApiToken
    client: Client | None
    role: str
    ends: str


def places_of(user_id: int, at: datetime) -> list[Place]:
    """Where a person may act through a programme today: as staff, or in each role that they hold at a client."""
    with act_as_staff(SYSTEM):
        staff = Staff.objects.filter(on_staff(contract_day(at)), user_id=user_id).first()
        if staff is not None:
            return [Place(staff=staff)]
        rows = standing_memberships(user_id, at).filter(joined_at__isnull=False, valid_from__lte=contract_day(at))
        return [Place(membership=row) for row in rows]


def tokens_of(user_id: int, now: datetime) -> Sequence[OwnToken]:
    """A person's last fifty tokens, newest first; `now` is real time."""
    with act_as_staff(SYSTEM):
        rows = ApiToken.objects.filter(user_id=user_id).select_related("client", "membership").order_by("-id")
        return [_own(row, now) for row in rows[:SHOWN]]


def _own(row: ApiToken, now: datetime) -> OwnToken:
    ends = "revoked" if row.revoked_at else "expired" if row.expires_at <= now else ""
    return OwnToken(row, row.client, row.membership.role if row.membership else "", ends)
