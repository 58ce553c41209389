"""Access to a client's data under a ticket: asked, allowed, opened, used, closed. Every step is a row for ever (ACC-5, ACC-6)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from portal import audit
from portal.actions import approvals
from portal.actions.notices import notify
from portal.actors import Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.models import Approval, Client, Membership
from portal.queries.people import contract_day
from portal.rules.states import Role
from tickets.actions.base import is_accepted, lock, record, require_staff
from tickets.models import (
    AccessClosing,
    AccessDecision,
    AccessNaming,
    AccessRequest,
    BreakGlass,
    DataAccess,
    DataChange,
    IdentityCheck,
    Ticket,
)
from tickets.queries.dataaccess import is_in_writing, managers_on, standing_of
from tickets.rules.dataaccess import (
    BREAK_GLASS,
    RESETS,
    About,
    Act,
    Basis,
    How,
    Verb,
    authority,
    check_change,
    check_in_writing,
    check_place,
    check_purpose,
    check_window,
    is_allowed,
)
from tickets.rules.noticelist import ACCESS_ASKED
from tickets.rules.states import ENDED_STATES, Channel, State


@dataclass(frozen=True, slots=True)
class Asked:
    """What access is asked for. own_data: the asker's own account; person: whose data otherwise."""

    verb: Verb
    person: str
    own_data: bool
    place: str
    purpose: str


@clause("ACC-5", "ODS-4", "ODS-6")
@transaction.atomic
def ask_access(ticket_id: int, asked: Asked, *, asked_by: Membership, by: Actor, at: datetime) -> AccessRequest:
    """Write down who of the client asks us to do what with whose data. Managers are told when one must say yes."""
    check_purpose(asked.purpose, asked.place)
    ticket = lock(ticket_id)
    if ticket.client_id != asked_by.client_id:
        raise Refused("ODS-4", _("That person does not belong to this client."))
    row = AccessRequest.objects.create(
        client_id=ticket.client_id,
        ticket=ticket,
        asked_by=asked_by,
        asked_by_label=asked_by.label,
        verb=asked.verb,
        person=asked_by.label if asked.own_data else asked.person,
        own_data=asked.own_data,
        place=asked.place.strip(),
        purpose=" ".join(asked.purpose.split()),
        written_by=by.label,
        asked_at=at,
    )
    record(
        ticket, "access asked", by=by, at=at, request=row.pk, place=row.place, person=row.person, who=row.asked_by_label
    )
    _ask_managers(ticket, row, by=by, at=at)
    return row


def _ask_managers(ticket: Ticket, row: AccessRequest, *, by: Actor, at: datetime) -> None:
    if is_allowed(standing_of(row, at)):
        return
    slug = Client.objects.values_list("slug", flat=True).get(pk=ticket.client_id)
    words = _("%(ref)s needs your yes or no: %(who)s asks for access to %(place)s.")
    notify(
        [person.user_id for person in managers_on(ticket.client_id, contract_day(at))],
        kind=ACCESS_ASKED,
        sentence=words % {"ref": ticket.ref, "who": row.asked_by_label, "place": row.place[:120]},
        url=reverse("client:access", args=[slug, ticket.ref]),
        client_id=ticket.client_id,
        key=f"access {row.pk}",
        by=by,
        at=at,
    )


@clause("ODS-4", "ACC-5")
@transaction.atomic
def decide(
    request_id: int, *, yes: bool, manager: Membership, by: Actor, at: datetime, thing: str = "", note: str = "",
    how: How = How.PORTAL,
) -> AccessDecision:  # fmt: skip
    """A manager's yes or no to the access, or to the deletion of one `thing`. Staff may write down what they were told
    about an access, never about a deletion. Raises Refused; the database wants a manager of that day."""
    asked = AccessRequest.objects.select_related("ticket").get(pk=request_id)
    _check_decider(by, manager, how=how, thing=thing, note=note)
    row = AccessDecision.objects.create(
        client_id=asked.client_id,
        request=asked,
        about=About.DELETE if thing else About.ACCESS,
        thing=thing,
        yes=yes,
        decided_by=manager,
        decided_by_label=manager.label,
        how=how,
        recorded_by_id=by.staff_id,
        recorded_by_label=by.label if by.is_staff else "",
        note=note,
        decided_at=at,
    )
    record(
        asked.ticket, "access decided", by=by, at=at, request=asked.pk, yes=yes, thing=thing, how=str(how),
        manager=manager.label,
    )  # fmt: skip
    return row


def _check_decider(by: Actor, manager: Membership, *, how: How, thing: str, note: str) -> None:
    if by.is_member and (by.role != Role.MANAGER or by.membership_id != manager.pk or how != How.PORTAL):
        raise Refused("ODS-4", _("Only a manager of your organisation may decide about access to data."))
    if not by.is_member and (how == How.PORTAL or thing):
        raise Refused("ACC-5", _("A manager confirms this in the portal; you cannot do it for them."))
    if not by.is_member and not note.strip():
        raise Refused("ODS-4", _("Say how you made sure: which known number you called, or which letter you have."))


@clause("ODS-4")
@transaction.atomic
def name_person(
    *, membership: Membership, place: str, days: int, manager: Membership, by: Actor, at: datetime
) -> AccessNaming:
    """A manager names a person who may ask for one place, for so many days, a year at most. Raises Refused."""
    if by.role != Role.MANAGER or by.membership_id != manager.pk:
        raise Refused("ODS-4", _("Only a manager of your organisation may name people."))
    if not 1 <= days <= 366 or membership.client_id != manager.client_id:
        raise Refused("ODS-4", _("Name a person of your organisation, for a year at most."))
    check_place(place)
    day = contract_day(at)
    row = AccessNaming.objects.create(
        client_id=manager.client_id, membership=membership, label=membership.label, place=place.strip(), valid_from=day,
        valid_to=day + timedelta(days=days), named_by=manager, named_by_label=manager.label, named_at=at,
    )  # fmt: skip
    _record_for_client(row, "access named", by=by, at=at, who=row.label, place=row.place, until=str(row.valid_to))
    return row


def _record_for_client(row: AccessNaming, kind: str, *, by: Actor, at: datetime, **payload: str) -> None:
    audit.record(kind, by=by, at=at, client_id=row.client_id, subject=row, payload=payload, client_visible=True)


@clause("ACC-5", "ACC-6", "CMP-6")
@transaction.atomic
def open_access(request_id: int, *, minutes: int, by: Actor, at: datetime) -> DataAccess:
    """Open the window of an allowed request, for the person who accepted its ticket. Raises Refused.

    The database refuses it as well: without acceptance, without a valid NDA, for another client, without somebody's yes.
    """
    require_staff(by, "ACC-6", _("open an access"))
    asked = AccessRequest.objects.get(pk=request_id)
    ticket = lock(asked.ticket_id)
    _check_accepted(ticket, by)
    basis = authority(standing_of(asked, at))
    check_in_writing(Channel(ticket.channel), written=is_in_writing(asked, at), break_glass=basis == Basis.BREAK_GLASS)
    ends = at + timedelta(minutes=minutes)
    check_window(begins=at, ends=ends, break_glass=basis == Basis.BREAK_GLASS)
    row = DataAccess.objects.create(
        client_id=ticket.client_id, request=asked, ticket=ticket, staff_id=by.staff_id or 0, staff_label=by.label,
        basis=basis, begins_at=at, ends_at=ends,
    )  # fmt: skip
    record(ticket, "access opened", by=by, at=at, access=row.pk, place=asked.place, until=ends, basis=str(basis))
    return row


def _check_accepted(ticket: Ticket, by: Actor) -> None:
    if ticket.state in ENDED_STATES:
        raise Refused("ACC-6", _("This request is finished: reopen it before you touch the client’s data."))
    if not is_accepted(ticket) or ticket.accepted_by_id != by.staff_id or ticket.state == State.RECEIVED:
        raise Refused("ACC-6", _("Accept the request yourself before you touch the client’s data."))


@dataclass(frozen=True, slots=True)
class Done:
    """One act on one object."""

    act: Act
    thing: str
    before: str = ""
    after: str = ""


@clause("ACC-5", "ACC-6", "ACC-7", "ODS-4")
@transaction.atomic
def record_change(access_id: int, done: Done, *, by: Actor, at: datetime) -> DataChange:
    """Record one act on one object inside the open window. A deletion needs its confirmation, a reset its check."""
    check_change(done.act, thing=done.thing, before=done.before, after=done.after)
    access = DataAccess.objects.select_related("request").get(pk=access_id)
    ticket = lock(access.ticket_id)
    _check_accepted(ticket, by)
    if access.staff_id != by.staff_id:
        raise Refused("ACC-6", _("This window is a colleague’s. Open one of your own."))
    if at > access.ends_at or AccessClosing.objects.filter(access=access).exists():
        raise Refused("ACC-5", _("The window has closed. Open another one."))
    row = DataChange.objects.create(
        client_id=access.client_id,
        access=access,
        ticket=ticket,
        staff_id=by.staff_id or 0,
        staff_label=by.label,
        act=done.act,
        thing=done.thing,
        before=done.before,
        after=done.after,
        confirmation=_confirmation(access, done.thing) if done.act == Act.DELETED else None,
        identity_check=_identity(access) if done.act in RESETS else None,
        at=at,
    )
    record(ticket, "data changed", by=by, at=at, change=row.pk, act=str(done.act), thing=done.thing)
    return row


def _confirmation(access: DataAccess, thing: str) -> AccessDecision:
    said = AccessDecision.objects.filter(request_id=access.request_id, about=About.DELETE, thing=thing)
    newest = said.order_by("-id").first()
    if newest is None or not newest.yes:
        raise Refused("ACC-5", _("A manager of the client must confirm the deletion of this very object first."))
    return newest


def _identity(access: DataAccess) -> IdentityCheck:
    check = IdentityCheck.objects.filter(request_id=access.request_id).order_by("-id").first()
    if check is None:
        raise Refused("ODS-4", _("Record the identity check before the reset."))
    return check


@clause("ACC-5")
@transaction.atomic
def close_access(access_id: int, *, by: Actor, at: datetime, note: str = "") -> AccessClosing:
    """End a window before its time."""
    require_staff(by, "ACC-5", _("close an access"))
    access = DataAccess.objects.select_related("ticket").get(pk=access_id)
    lock(access.ticket_id)
    if at > access.ends_at or AccessClosing.objects.filter(access=access).exists():
        raise Refused("ACC-5", _("This window is closed already."))
    row = AccessClosing.objects.create(
        client_id=access.client_id, access=access, closed_by=by.label, note=note, closed_at=at
    )
    record(access.ticket, "access closed", by=by, at=at, access=access.pk, note=note)
    return row


@clause("ACC-5")
def propose_break_glass(request_id: int, *, reason: str, by: Actor, at: datetime) -> Approval:
    """The first of two steps of an emergency access: a lead proposes, another confirms, or 24 hours pass."""
    asked = AccessRequest.objects.select_related("ticket").get(pk=request_id)
    details = {"name": asked.place, "email": asked.ticket.ref}
    return approvals.propose(
        kind=BREAK_GLASS, client_id=asked.client_id, subject=asked, details=details, reason=reason, by=by, at=at
    )


@clause("ACC-5")
def break_glass(approval: Approval, *, by: Actor, at: datetime) -> None:
    """What the second step does: the request may be opened without anybody of the client's, and the client sees it."""
    asked = AccessRequest.objects.select_related("ticket").get(pk=approval.subject_id or 0)
    row = BreakGlass.objects.create(
        client_id=asked.client_id,
        request=asked,
        approval=approval,
        reason=approval.reason[:500],
        proposed_by_label=approval.proposed_by.label,
        confirmed_by_label=by.label,
        confirmed_at=at,
    )
    record(
        asked.ticket, "emergency access allowed", by=by, at=at, emergency=row.pk, reason=row.reason, place=asked.place
    )
