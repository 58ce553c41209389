"""A lost second step: asked for by the person, reset only after a recorded check of who they are (issue B, identity).

Managers and staff need a second person as well. Then every session ends, and a one-time link to the person's own address
lets them choose a new password and a new second step; everyone concerned is told.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from portal import audit, outbox
from portal.actions.alarms import clear_alarm, raise_alarm
from portal.actions.approvals import propose, register
from portal.actions.invitations import RECOVERY, new_link
from portal.actions.permission import client_work
from portal.actions.sessions import end_sessions
from portal.actions.tokens import end_tokens
from portal.actors import SYSTEM, VISITOR, Actor
from portal.errors import Refused
from portal.models import Address, Approval, LostFactor, Membership, Staff, User
from portal.outbox import Addressee, Recipient
from portal.queries.people import contract_day, standing_memberships
from portal.queries.staff import admins_on, on_staff
from portal.rules.people import Power
from portal.rules.states import IdentityCheck, Role
from portal.tenancy import act_as_staff

KIND = "reset second step"
ALARM = "second step lost"


def ask_reset(*, email: str, at: datetime) -> None:
    """Note that somebody says so, and tell them and the staff. Says nothing about whether there is such a person.

    Open already: nothing happens. Runs at the door.
    """
    with act_as_staff(SYSTEM):
        user = User.objects.select_for_update().filter(email=email, is_active=True).first()
        if user is None or LostFactor.objects.filter(user=user, reset_at=None, dismissed_at=None).exists():
            return
        row = LostFactor.objects.create(user=user, asked_at=at)
        audit.record("second step lost", by=VISITOR, at=at, client_id=None, subject=row, payload={"name": user.name})
        raise_alarm(
            kind=ALARM,
            subject=row,
            sentence=_("%(name)s says that their second step is lost.") % {"name": user.name},
            cure=_("Make sure who they are, by a way that you know already, and record how."),
            url="/desk/people/lost/",
            at=at,
        )
        tell(own_address(user), "lost_asked", {"name": user.name}, by=SYSTEM, at=at)


def record_check(*, lost_id: int, method: str, note: str, by: Actor, at: datetime) -> Approval | None:
    """Record how the person was recognised. Resets at once, or proposes it where a second person must confirm. Raises Refused."""
    with client_work(by, Power.MANAGE_CLIENTS, at):
        row = open_row(lost_id, by)
        row.check_method, row.check_note = IdentityCheck(method), note
        row.checked_by_id, row.checked_at = by.staff_id, at
        row.save(update_fields=["check_method", "check_note", "checked_by", "checked_at"])
        facts = {"name": row.user.name, "method": method, "note": note}
        audit.record("identity checked", by=by, at=at, client_id=None, subject=row, payload=facts)
        if not needs_second_person(row.user, at):
            reset(row, by=by, at=at)
            return None
        details = {"name": row.user.name, "email": row.user.email}
        reason = f"{method}: {note}"
        return propose(kind=KIND, client_id=None, subject=row, details=details, reason=reason, by=by, at=at)


def open_row(lost_id: int, by: Actor) -> LostFactor:
    """The open case, locked. Raises Refused for a closed one, and for one's own."""
    rows = LostFactor.objects.select_for_update(of=("self",)).filter(pk=lost_id, reset_at=None, dismissed_at=None)
    row = rows.select_related("user").first()
    if row is None:
        raise Refused("CAN-12", _("This is settled already."))
    if row.user_id == by.user_id:
        raise Refused("CAN-12", _("Somebody else must make sure who you are."))
    return row


def needs_second_person(user: User, at: datetime) -> bool:
    """Managers decide for their organisation and staff see every client: one pair of eyes is not enough."""
    if Staff.objects.filter(on_staff(contract_day(at)), user=user).exists():
        return True
    return standing_memberships(user.pk, at).filter(role=Role.MANAGER).exists()


def confirmed(approval: Approval, *, by: Actor, at: datetime) -> None:
    """What the second person's confirmation does."""
    reset(open_row(approval.subject_id or 0, by), by=by, at=at)


register(KIND, confirmed)


def reset(row: LostFactor, *, by: Actor, at: datetime) -> None:
    """End every session and send the link by which the person sets up a password and a second step anew."""
    row.reset_at = at
    row.save(update_fields=["reset_at"])
    user = row.user
    end_sessions(user_id=user.pk)
    end_tokens(Q(user=user), why="the second step was reset", by=by, at=at)
    link = new_link(user=user, by=by, at=at, purpose=RECOVERY)
    tell(own_address(user), "lost_reset", {"name": user.name, "link": outbox.SECRET_LINK}, by=by, at=at, link=link)
    facts = {"name": user.name, "method": row.check_method}
    audit.record("second step reset", by=by, at=at, client_id=None, subject=row, payload=facts)
    for at_client in set(standing_memberships(user.pk, at).values_list("client_id", flat=True)):
        audit.record(
            "second step reset", by=by, at=at, client_id=at_client, subject=row, payload=facts, client_visible=True
        )
    for other, client_id in concerned(user, at):
        said = {"name": other.label, "who": user.name, "by": by.label}
        tell(Recipient(other.address_id, other.email), "lost_told", said, by=by, at=at, client_id=client_id)
    clear_alarm(kind=ALARM, subject=row, by=by, at=at)


def concerned(user: User, at: datetime) -> Iterator[tuple[Membership | Staff, int | None]]:
    """Who is told: the managers of the person's organisations, or the supplier's administrators; not the person."""
    day = contract_day(at)
    if Staff.objects.filter(user=user).exclude(valid_to__lte=day).exists():
        yield from ((one, None) for one in admins_on(day).exclude(user=user))
    clients = standing_memberships(user.pk, at).values_list("client_id", flat=True)
    managers = Membership.objects.filter(client_id__in=list(clients), role=Role.MANAGER, joined_at__isnull=False)
    for one in managers.filter(valid_from__lte=day).exclude(valid_to__lte=day).exclude(user=user).order_by("id"):
        yield one, one.client_id


def dismiss_lost(*, lost_id: int, by: Actor, at: datetime) -> None:
    """Close a case without a reset: it was found again, or it was somebody else. Raises Refused."""
    with client_work(by, Power.MANAGE_CLIENTS, at):
        row = open_row(lost_id, by)
        if Approval.objects.filter(kind=KIND, subject_id=row.pk, state="proposed").exists():
            raise Refused("CAN-12", _("A reset is proposed; withdraw it first."))
        row.dismissed_at = at
        row.save(update_fields=["dismissed_at"])
        facts = {"name": row.user.name}
        audit.record("lost second step dismissed", by=by, at=at, client_id=None, subject=row, payload=facts)
        clear_alarm(kind=ALARM, subject=row, by=by, at=at)


def own_address(user: User) -> Addressee:
    address = Address.objects.get(email=user.email)
    return Recipient(address.pk, address.email)


def tell(
    to: Addressee,
    kind: str,
    facts: dict[str, str],
    *,
    by: Actor,
    at: datetime,
    link: str = "",
    client_id: int | None = None,
) -> None:
    subject, text, html = outbox.compose(kind, facts)
    outbox.queue(
        to=to,
        kind=kind,
        subject=subject,
        text=text,
        html=html,
        client_id=client_id,
        at=at,
        by=by,
        secret_link=link,
    )
