"""Two requests that are one: merge, its undo, and links (D24)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal.actors import Actor
from portal.clauses import clause
from portal.errors import Refused
from tickets.actions.base import EditConflict, lock, move, record, require_staff, restore, running_due, settle
from tickets.models import Ticket, TicketLink, TicketPerson
from tickets.queries.related import merged_here
from tickets.rules.states import ENDED_STATES, LinkKind, State, Visibility
from tickets.rules.triage import check_merge, may_unmerge


@clause("HLP-5")
@transaction.atomic
def merge(ticket_id: int, *, into_id: int, by: Actor, at: datetime, seen: int | None = None) -> Ticket:
    """Merge a request into another of the same client. Its messages and its clock stay its own; the other one takes the
    earliest due time that no answer has met, and its answer is delivered to both requesters. Raises Refused.
    """
    require_staff(by, "HLP-5", "merge requests")
    ticket, target = _both(ticket_id, into_id)
    if seen is not None and ticket.version != seen:
        raise EditConflict(ticket, seen)
    check_merge(
        same_client=ticket.client_id == target.client_id,
        same_ticket=ticket.pk == target.pk,
        same_requester=ticket.requester_id == target.requester_id,
        confidential=Visibility.CONFIDENTIAL in (ticket.visibility, target.visibility),
        acknowledged=ticket.acknowledged_at is not None and target.acknowledged_at is not None,
        target_ended=target.state in ENDED_STATES,
        holds_others=merged_here(ticket).exists(),
        comment=bool(ticket.clause or target.clause),
    )
    ticket.merged_state, ticket.merged_into = ticket.state, target
    move(ticket, State.MERGED, at=at)
    settle(ticket, "merged_into", "merged_state", due_at=None)
    if ticket.requester_id != target.requester_id:
        _name_requester(ticket, target, by=by, at=at)
    target.asked_at = min((asked for asked in (target.asked_at, ticket.asked_at) if asked), default=None)
    settle(target, "asked_at", due_at=running_due(target))
    record(ticket, "request merged", by=by, at=at, into=target.ref)
    record(target, "request joined", by=by, at=at, other=ticket.ref, client_visible=False)
    return ticket


def _both(first_id: int, second_id: int) -> tuple[Ticket, Ticket]:
    """Both tickets, locked in the order of their keys, so that two merges never wait for each other."""
    locked = {pk: lock(pk) for pk in sorted({first_id, second_id})}
    return locked[first_id], locked[second_id]


def _mark(ticket: Ticket) -> str:
    """Who named a person on the other request: only these are taken off again by an undo."""
    return f"merge of {ticket.ref}"


def _name_requester(ticket: Ticket, target: Ticket, *, by: Actor, at: datetime) -> None:
    """Whoever asked the merged request follows the other one."""
    TicketPerson.objects.get_or_create(
        client_id=target.client_id, ticket=target, membership_id=ticket.requester_id,
        defaults={"added_by": _mark(ticket), "added_at": at},
    )  # fmt: skip


@clause("HLP-5")
@transaction.atomic
def unmerge(ticket_id: int, *, by: Actor, at: datetime) -> Ticket:
    """Undo a merge within an hour: the request stands again where it stood. What was answered stays answered."""
    require_staff(by, "HLP-5", "undo a merge")
    known = Ticket.objects.only("id", "merged_into").get(pk=ticket_id)
    if known.merged_into_id is None:
        raise Refused("HLP-5", _("This request is not merged."))
    ticket, target = _both(ticket_id, known.merged_into_id)
    if ticket.merged_into_id != target.pk:
        raise Refused("HLP-5", _("This request is not merged."))
    if not may_unmerge(merged_at=ticket.state_since, at=at):
        raise Refused("HLP-5", _("A merge can be undone for an hour. Write what is still open down as a new request."))
    restore(ticket, State(ticket.merged_state), at=at)
    ticket.merged_into, ticket.merged_state = None, ""
    ticket.asked_at = None if ticket.first_reply_at else ticket.asked_at
    settle(ticket, "merged_into", "merged_state", "asked_at", due_at=running_due(ticket))
    TicketPerson.objects.filter(client_id=target.client_id, ticket=target, added_by=_mark(ticket)).delete()
    settle(target, due_at=running_due(target))
    record(ticket, "merge undone", by=by, at=at, other=target.ref)
    record(target, "merge undone", by=by, at=at, other=ticket.ref, client_visible=False)
    return ticket


@transaction.atomic
def link(ticket_id: int, *, other_id: int, kind: LinkKind, by: Actor, at: datetime) -> TicketLink:
    """Say that a request is related to, a duplicate of, or caused by another of the same client."""
    require_staff(by, "HLP-5", "link requests")
    ticket = lock(ticket_id)
    other = Ticket.objects.get(pk=other_id)
    if other.client_id != ticket.client_id:
        raise Refused("HLP-5", _("Requests of different clients are never linked."))
    if other.pk == ticket.pk:
        raise Refused("HLP-5", _("A request cannot be linked to itself."))
    made, new = TicketLink.objects.get_or_create(
        client_id=ticket.client_id, ticket=ticket, other=other,
        defaults={"kind": kind, "added_by": by.label, "added_at": at},
    )  # fmt: skip
    if not new:
        raise Refused("HLP-5", _("%(ref)s and %(ref_2)s are linked already.") % {"ref": ticket.ref, "ref_2": other.ref})
    record(ticket, "request linked", by=by, at=at, client_visible=False, other=other.ref, how=str(kind))
    return made


@transaction.atomic
def unlink(ticket_id: int, *, link_id: int, by: Actor, at: datetime) -> None:
    """Take a link away again."""
    require_staff(by, "HLP-5", "unlink requests")
    ticket = lock(ticket_id)
    gone = TicketLink.objects.select_related("ticket", "other").get(pk=link_id, client_id=ticket.client_id)
    other = gone.other if gone.ticket_id == ticket.pk else gone.ticket
    gone.delete()
    record(ticket, "request unlinked", by=by, at=at, client_visible=False, other=other.ref)
