"""What became of one promise, in figures: the compliance report and the proof sheet say the same, on the same calendar."""

from datetime import datetime
from typing import Any

from portal.clauses import clause
from portal.queries.contract import calendar_at, worktime_of
from portal.worktime import Calendar, working_seconds_between
from tickets.models import Ticket


@clause("HLP-3", "HLP-4")
def calendar_of(ticket: Ticket) -> Calendar:
    """The calendar by which a request is reckoned for ever: its clock's own version; while it has no clock, the one in force
    when it was received. The ticket comes with `clock__calendar`."""
    clock = getattr(ticket, "clock", None)
    return worktime_of(clock.calendar if clock else calendar_at(ticket.received_at))


def promise_facts(ticket: Ticket, at: datetime) -> dict[str, Any]:
    """The promise's part of a request, reckoned on its own calendar: empty while there is no clock."""
    clock, calendar = getattr(ticket, "clock", None), calendar_of(ticket)
    replied = ticket.first_reply_at
    received = ticket.received_at
    from_receipt = (
        round(working_seconds_between(received, replied, calendar)) if replied and replied > received else None
    )
    solved = ticket.resolved_at
    to_solution = round(working_seconds_between(received, solved, calendar)) if solved else None
    if clock is None:
        return {"working_seconds_from_receipt": from_receipt, "working_seconds_to_solution": to_solution}
    met_at = clock.met_at
    return {
        "target": clock.target,
        "due_at": clock.due_at,
        "met": None if met_at is None and clock.breached_at is None else clock.breached_at is None,
        "breached_at": clock.breached_at,
        "working_seconds_to_reply": round(working_seconds_between(clock.started_at, met_at, calendar))
        if met_at
        else None,
        "working_seconds_from_receipt": from_receipt,
        "working_seconds_to_solution": to_solution,
        "working_seconds_late": (
            round(working_seconds_between(clock.due_at, met_at or at, calendar)) if clock.breached_at else None
        ),
    }
