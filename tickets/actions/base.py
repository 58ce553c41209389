"""What every act on a ticket shares: the lock, the edit check, the one place that moves its state and its place."""

from datetime import datetime
from typing import Any, cast

from django.db import connection
from django.utils.translation import gettext as _

from portal import audit
from portal.actors import Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.prepared import Prepared, Write
from portal.queries.joined import Joined
from portal.updates import update
from tickets.models import Ticket
from tickets.rules.life import check_move
from tickets.rules.placing import Facts, place
from tickets.rules.states import Group, State
from tickets.rules.triage import earliest_unmet

SNOOZE = ("snoozed_until", "snooze_reason")
# By hand, because nearly every act begins and ends with them, and Django takes longer to write them than they run.
WHOLE = Joined({"t": Ticket}, without={"search"})
LOCKED = Prepared(f"select {WHOLE.columns} from tickets_ticket t where t.id = %s for update")  # noqa: S608 - columns of our own model
UNMET = Prepared("""
select k.due_at from tickets_responseclock k
where k.client_id = %(client)s and k.met_at is null and k.ticket_id in (
    select %(ticket)s::bigint union all
    select o.id from tickets_ticket o where o.client_id = %(client)s and o.merged_into_id = %(ticket)s
)
""")


class EditConflict(Exception):
    """Somebody else changed the ticket after this person read it: the page shows both, nothing is overwritten."""

    def __init__(self, ticket: Ticket, seen: int) -> None:
        super().__init__(_("%(ref)s was changed by somebody else.") % {"ref": ticket.ref})
        self.ticket = ticket
        self.seen = seen


def lock(ticket_id: int, *, seen: int | None = None) -> Ticket:
    """The ticket, locked for this transaction. Raises EditConflict when it is not the version the person saw."""
    with connection.cursor() as cursor:
        LOCKED.run(cursor, [ticket_id])
        row = cursor.fetchone()
    if row is None:
        raise Ticket.DoesNotExist(_("There is no request %(ref)s.") % {"ref": ticket_id})
    ticket = cast(Ticket, WHOLE.models(row)[0])
    if seen is not None and ticket.version != seen:
        raise EditConflict(ticket, seen)
    return ticket


def require_staff(by: Actor, clause: str, what: str) -> None:
    """Refuse what only staff may do."""
    if not by.is_staff:
        raise Refused(clause, _("Only our staff can %(what)s.") % {"what": what})


def require_person(by: Actor, clause: str, what: str) -> int:
    """The place on the staff of the person who acts; refuses clients and the portal's own jobs."""
    if by.staff_id is None:
        raise Refused(clause, _("Only our staff can %(what)s.") % {"what": what})
    return by.staff_id


def is_accepted(ticket: Ticket) -> bool:
    """Whether somebody has accepted it, and since it was last reopened (ACC-6)."""
    if ticket.accepted_at is None:
        return False
    return ticket.reopened_at is None or ticket.accepted_at >= ticket.reopened_at


def move(ticket: Ticket, new: State, *, at: datetime, note: str = "") -> None:
    """Change the state in memory: the only writer of a state. Save with `settle`."""
    if ticket.state == new:
        return
    check_move(State(ticket.state), new, accepted=is_accepted(ticket))
    ticket.state, ticket.state_since, ticket.state_note = new, at, note


def restore(ticket: Ticket, old: State, *, at: datetime) -> None:
    """Put back, in memory, the state that an act had changed and that is now undone. Save with `settle`."""
    ticket.state, ticket.state_since, ticket.state_note = old, at, ""


@clause("CMP-5")
def end_misfiled(ticket: Ticket, *, at: datetime) -> None:
    """Close, in memory, a request that was another client's: no other end leads here, and none leads away. Save with
    `settle`."""
    ticket.state, ticket.state_since, ticket.state_note = State.CLOSED, at, ""
    ticket.misfiled_at, ticket.closed_at, ticket.close_due_at = at, at, None


@clause("HLP-5")
def running_due(ticket: Ticket) -> datetime | None:
    """The earliest due time that no answer has met yet: of its own clock, and of those of requests merged into it (D24)."""
    with connection.cursor() as cursor:
        UNMET.run(cursor, {"client": ticket.client_id, "ticket": ticket.pk})
        return earliest_unmet(due_at for (due_at,) in cursor.fetchall())


def settle(ticket: Ticket, *fields: str, due_at: datetime | None) -> None:
    """Put the ticket in its place in the queue, count the edit, and save exactly what changed.

    due_at: the due time of a running clock, else None.
    """
    put(ticket, due_at)
    changed = {"state", "state_since", "state_note", "queue_group", "queue_at", "version", *SNOOZE, *fields}
    if not update(ticket, sorted(changed)):
        raise Ticket.DoesNotExist(_("There is no request %(ref)s.") % {"ref": ticket.ref})


def put(ticket: Ticket, due_at: datetime | None) -> None:
    """Put the ticket in its place in the queue and count the edit, in memory."""
    group, ticket.queue_at = place(
        Facts(
            state=State(ticket.state),
            state_since=ticket.state_since,
            received_at=ticket.received_at,
            acknowledged_at=ticket.acknowledged_at,
            due_at=due_at,
            asked_at=ticket.asked_at,
            snoozed_until=ticket.snoozed_until,
        )
    )
    ticket.queue_group = Group(group)
    if ticket.queue_group != Group.WAITING:
        wake(ticket)
    ticket.version += 1


def wake(ticket: Ticket) -> None:
    """End a snooze, in memory: it has run out, the client wrote, a promise runs, or the request is finished."""
    ticket.snoozed_until, ticket.snooze_reason = None, ""


def record(ticket: Ticket, kind: str, *, by: Actor, at: datetime, client_visible: bool = True, **payload: Any) -> None:
    """The audit event of an act on a ticket; what the client may see is the ticket's timeline."""
    audit.record(
        kind, by=by, at=at, client_id=ticket.client_id, subject=ticket, payload={"ref": ticket.ref, **payload},
        client_visible=client_visible,
    )  # fmt: skip


def event(ticket: Ticket, kind: str, *, by: Actor, at: datetime, **payload: Any) -> Write:
    """The same, not written yet, of an act that the client may see."""
    one = audit.new_event(kind, by=by, at=at, client_id=ticket.client_id, subject=ticket, client_visible=True)
    return audit.writing(one, {"ref": ticket.ref, **payload})
