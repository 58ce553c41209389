"""What staff do with a ticket besides answering: accept, assign, move, resolve, close, reopen, correct."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal.actors import Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.models import Product, Staff
from tickets.actions.base import lock, move, record, require_staff, running_due, settle
from tickets.actions.checklist import check_steps_done
from tickets.actions.intake import reopen_locked
from tickets.actions.telling import tell_accepted, tell_assigned, tell_moved, tell_reopened
from tickets.models import Ticket
from tickets.rules.life import closes_at
from tickets.rules.states import ENDED_STATES, Kind, State, Visibility


@clause("ACC-6", "CMP-6", "LIA-1")
@transaction.atomic
def accept(
    ticket_id: int, *, kind: Kind, by: Actor, at: datetime, seen: int | None = None, product: Product | None = None
) -> Ticket:
    """Accept a request: from now on this person may work on it, and nobody else until they accept it too.

    The database refuses a person without a valid NDA (CMP-6). The one who accepts is assigned.
    """
    require_staff(by, "ACC-6", "accept a request")
    ticket = lock(ticket_id, seen=seen)
    again = ticket.state in (State.ACCEPTED, State.IN_PROGRESS, State.WITH_MICROSOFT, State.AWAITING_CHARGE)
    if again and ticket.accepted_by_id == by.staff_id:
        raise Refused("ACC-6", _("You have accepted this request already."))
    stays_feedback(ticket, kind)
    ticket.kind, ticket.accepted_at, ticket.accepted_by_id = kind, at, by.staff_id
    ticket.assignee_id, ticket.assigned_at = by.staff_id, at
    ticket.product = product or ticket.product
    if not again:
        move(ticket, State.ACCEPTED, at=at)
    settle(
        ticket, "kind", "product", "accepted_at", "accepted_by", "assignee", "assigned_at", due_at=running_due(ticket)
    )
    record(ticket, "request accepted", by=by, at=at, request_kind=str(kind))
    if not again:
        tell_accepted(ticket, by=by, at=at)
    return ticket


@clause("DOC-1")
def stays_feedback(ticket: Ticket, kind: Kind | None) -> None:
    """Refuse to make a request out of a comment on the terms: it would be one without the promise that a request gets."""
    if ticket.clause and kind not in (None, Kind.FEEDBACK):
        raise Refused(
            "DOC-1", _("A comment on the terms stays feedback. If it asks for work, write that down as a new request.")
        )


@clause("CMP-6")
@transaction.atomic
def assign(ticket_id: int, *, to: Staff | None, by: Actor, at: datetime, seen: int | None = None) -> Ticket:
    """Give a request to a colleague, or to nobody. Work on client data still needs that colleague's own acceptance."""
    require_staff(by, "ACC-6", "assign a request")
    ticket = lock(ticket_id, seen=seen)
    ticket.assignee, ticket.assigned_at = to, at if to else None
    settle(ticket, "assignee", "assigned_at", due_at=running_due(ticket))
    record(ticket, "request assigned", by=by, at=at, client_visible=False, to=to.label if to else "")
    tell_assigned(ticket, by=by, at=at)
    return ticket


@clause("ACC-6")
@transaction.atomic
def change_state(
    ticket_id: int, new: State, *, by: Actor, at: datetime, note: str = "", seen: int | None = None
) -> Ticket:
    """Move a request: in progress, waiting for the client, with Microsoft, resolved, closed. Raises Refused."""
    require_staff(by, "ACC-6", "move a request")
    not_to_microsoft(new)
    if new in (State.DECLINED, State.MERGED):
        raise Refused("HLP-5", _("Decline with a sentence to the client, and merge into a request that you name."))
    ticket = lock(ticket_id, seen=seen)
    if new == State.RESOLVED:
        check_steps_done(ticket)
    move_and_stamp(ticket, new, at=at, note=note)
    settle(ticket, "resolved_at", "closed_at", "close_due_at", due_at=running_due(ticket))
    record(ticket, f"request {MOVE_WORDS.get(new, 'moved')}", by=by, at=at, state=str(new), note=note)
    tell_moved(ticket, by=by, at=at)
    return ticket


@clause("HLP-10")
def not_to_microsoft(new: State) -> None:
    """Refuse to send a request to Microsoft without their case: `tickets.actions.escalation.escalate` does it with one."""
    if new == State.WITH_MICROSOFT:
        raise Refused("HLP-10", _("Name the case at Microsoft: use Escalate."))


MOVE_WORDS = {State.RESOLVED: "resolved", State.CLOSED: "closed", State.DECLINED: "declined"}


def move_and_stamp(ticket: Ticket, new: State, *, at: datetime, note: str = "") -> None:
    """Move in memory, with the instants that belong to an end."""
    move(ticket, new, at=at, note=note)
    if new == State.RESOLVED:
        ticket.resolved_at, ticket.close_due_at = at, closes_at(at)
    elif new in (State.CLOSED, State.DECLINED):
        ticket.closed_at, ticket.close_due_at = at, None


@clause("HLP-5", "ACC-6")
@transaction.atomic
def reopen(ticket_id: int, *, by: Actor, at: datetime, seen: int | None = None) -> Ticket:
    """Open a finished request again within 14 days; no new clock starts (D24), and it must be accepted again."""
    ticket = lock(ticket_id, seen=seen)
    if ticket.state not in ENDED_STATES:
        raise Refused("HLP-5", _("This request is open already."))
    reopen_locked(ticket, at=at)
    ticket.asked_at = at
    settle(ticket, "reopened_at", "resolved_at", "closed_at", "close_due_at", "asked_at", due_at=running_due(ticket))
    record(ticket, "request reopened", by=by, at=at)
    tell_reopened(ticket, by=by, at=at)
    return ticket


@transaction.atomic
def correct(
    ticket_id: int,
    *,
    subject: str,
    kind: Kind | None,
    product: Product | None,
    by: Actor,
    at: datetime,
    seen: int | None = None,
    visibility: Visibility | None = None,
) -> Ticket:
    """Correct what a request says about itself. The requester's own words in the messages are never touched."""
    require_staff(by, "LIA-1", "correct a request")
    ticket = lock(ticket_id, seen=seen)
    stays_feedback(ticket, kind)
    before = {"subject": ticket.subject, "kind": ticket.kind, "product": ticket.product_id}
    ticket.subject, ticket.kind, ticket.product = subject, kind or ticket.kind, product
    ticket.visibility = visibility or ticket.visibility
    settle(ticket, "subject", "kind", "product", "visibility", due_at=running_due(ticket))
    after = {"subject": ticket.subject, "kind": ticket.kind, "product": ticket.product_id}
    record(ticket, "request corrected", by=by, at=at, client_visible=False, before=before, after=after)
    return ticket
