"""A new version of the working calendar, and the promises of open requests that it moves."""

from datetime import datetime
from typing import Any

from django.db import transaction

from portal import audit
from portal.actions.calendar import add_calendar
from portal.actors import Actor
from portal.clauses import clause
from portal.models import WorkingCalendar
from portal.queries.contract import worktime_of
from portal.worktime import Calendar
from tickets.actions.acknowledgement import clock_facts
from tickets.actions.base import put
from tickets.models import ResponseClock, Ticket
from tickets.queries.calendar import Moved, moved_by, running_clocks, seal_of

MOVED = ("calendar", "minutes", "trail", "warn75_at", "warn90_at", "due_at", "next_at")
BATCH = 500


class ListChanged(Exception):
    """The open requests that would move are not those that the person saw: show them again."""


@clause("HLP-3", "HLP-4")
@transaction.atomic
def change_calendar(
    calendar: Calendar, *, effective_at: datetime, seen: str, by: Actor, at: datetime
) -> tuple[WorkingCalendar, int]:
    """Store the version; if it holds at once, reckon the open promises anew and log each that moves.

    Returns the version and how many moved. seen: the seal of the list that was shown. Raises ListChanged, Refused.
    Met, missed and finished promises stay. A version that begins later moves nothing: it holds for the clocks that start
    from then on.
    """
    row = add_calendar(calendar, effective_at=effective_at, by=by, at=at)
    moved = []
    if effective_at <= at:
        clocks = list(running_clocks(at).select_for_update(of=("self", "ticket")))
        moved = moved_by(worktime_of(row), clocks, at)
    if seal_of(moved) != seen:
        raise ListChanged
    events = [apply(one, row, by=by, at=at) for one in moved]
    ResponseClock.objects.bulk_update([one.clock for one in moved], MOVED, batch_size=BATCH)
    Ticket.objects.bulk_update(
        [one.clock.ticket for one in moved], ["queue_at", "queue_group", "version"], batch_size=BATCH
    )
    audit.record_many(events)
    return row, len(moved)


def apply(moved: Moved, row: WorkingCalendar, *, by: Actor, at: datetime) -> tuple[Any, dict[str, Any]]:
    """Move one clock and its ticket's place in memory. Returns the audit event and what it says."""
    clock, old = moved.clock, moved.clock.due_at
    facts = clock_facts(moved.new, row, started_at=at, first_reply_at=None)
    for name in MOVED:
        setattr(clock, name, facts[name])
    # A share that the new reckoning has already passed is told by the next sweep, unless it was told before.
    passed = ((clock.warn75_at, clock.warned75_at), (clock.warn90_at, clock.warned90_at))
    if any(instant <= at and told is None for instant, told in passed):
        clock.next_at = at
    put(clock.ticket, clock.due_at)
    event = audit.new_event(
        "deadline moved", by=by, at=at, client_id=clock.client_id, subject=clock.ticket, client_visible=True
    )
    return event, {"ref": clock.ticket.ref, "calendar": row.version, "from": old, "to": clock.due_at}
