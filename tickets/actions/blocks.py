"""Blocked senders: recorded by hand, with what, where, who, when and why; lifted with a reason (EML-6, ACC-6)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal.actors import Actor
from portal.clauses import clause
from portal.errors import Refused
from tickets.actions.base import is_accepted, lock, record, require_person
from tickets.actions.dataaccess import Done, record_change
from tickets.models import DataChange, SenderBlock, Ticket
from tickets.queries.spam import domains_of, own_domains, own_window
from tickets.rules.dataaccess import Act
from tickets.rules.spam import BlockKind, BlockPlace, blocked_value
from tickets.rules.states import ENDED_STATES, State


@dataclass(frozen=True, slots=True)
class Block:
    """What is blocked, where, and why."""

    kind: BlockKind
    value: str
    place: BlockPlace
    reason: str


@clause("EML-6", "ACC-6")
@transaction.atomic
def block_sender(ticket_id: int, block: Block, *, by: Actor, at: datetime) -> SenderBlock:
    """Record a block under an accepted request. In the client's Microsoft 365 it is a change of the client's data: it needs
    an open window of the same person on this request, and stands in the client's access diary. Raises Refused."""
    staff_id = require_person(by, "EML-6", _("block a sender"))
    ticket = lock(ticket_id)
    if not is_accepted(ticket) or ticket.state in (*ENDED_STATES, State.RECEIVED):
        raise Refused("ACC-6", _("Accept the request before you block a sender for the client."))
    value = blocked_value(block.kind, block.value, ours=own_domains(), theirs=domains_of(ticket.client_id))
    if not block.reason.strip():
        raise Refused("EML-6", _("Say why; it stays on record."))
    held = SenderBlock.objects.filter(client_id=ticket.client_id, value=value, place=block.place)
    if held.filter(lifted_at__isnull=True).exists():
        raise Refused("EML-6", _("This sender is blocked there already."))
    change = None
    if block.place == BlockPlace.TENANT:
        change = changed(ticket.client_id, value, blocks=True, ticket=ticket, by=by, at=at)
    row = SenderBlock.objects.create(
        client_id=ticket.client_id, ticket=ticket, kind=block.kind, value=value, place=block.place,
        reason=block.reason.strip(), blocked_by_id=staff_id, blocked_by_label=by.label, blocked_at=at, change=change,
    )  # fmt: skip
    record(ticket, "sender blocked", by=by, at=at, block=row.pk, value=value, at_place=str(block.place))
    return row


def changed(
    client_id: int, value: str, *, blocks: bool, by: Actor, at: datetime, ticket: Ticket | None = None
) -> DataChange:
    """The row of the access in which the client's list of blocked senders is changed. Raises Refused without a window."""
    window = own_window(client_id, by.staff_id, at, ticket)
    if window is None:
        raise Refused("ACC-6", _("Open an access to the client’s Microsoft 365 first: this changes the client’s data."))
    free, blocked = "not blocked", "blocked"
    before, after = (free, blocked) if blocks else (blocked, free)
    return record_change(window.pk, Done(Act.CHANGED, f"Sender {value}", before, after), by=by, at=at)


@clause("EML-6", "ACC-6")
@transaction.atomic
def lift_block(block_id: int, *, reason: str, by: Actor, at: datetime) -> SenderBlock:
    """End a block, with a reason. In the client's Microsoft 365 it needs an open window of the same person, on this request
    or on another of the client's. Raises Refused."""
    staff_id = require_person(by, "EML-6", _("lift a block"))
    if not reason.strip():
        raise Refused("EML-6", _("Say why; it stays on record."))
    row = SenderBlock.objects.select_for_update(of=("self",)).select_related("ticket").get(pk=block_id)
    if row.lifted_at is not None:
        raise Refused("EML-6", _("This block is lifted already."))
    if row.place == BlockPlace.TENANT:
        row.lift_change = changed(row.client_id, row.value, blocks=False, by=by, at=at)
    row.lifted_by_id, row.lifted_by_label, row.lifted_at = staff_id, by.label, at
    row.lift_reason = reason.strip()
    row.save(update_fields=["lifted_by", "lifted_by_label", "lifted_at", "lift_reason", "lift_change"])
    record(row.ticket, "block lifted", by=by, at=at, block=row.pk, value=row.value, reason=row.lift_reason)
    return row
