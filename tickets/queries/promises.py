"""What became of one promise, in figures: the compliance report and the proof sheet say the same."""

from datetime import datetime
from typing import Any

from portal.worktime import Calendar, working_seconds_between
from tickets.models import Ticket


def promise_facts(ticket: Ticket, calendar: Calendar, at: datetime) -> dict[str, Any]:
    """The promise's part of a request: empty while there is no clock."""
    clock = getattr(ticket, "clock", None)
    replied = ticket.first_reply_at
    received = ticket.received_at
    from_receipt = (
        round(working_seconds_between(received, replied, calendar)) if replied and replied > received else None
    )
    if clock is None:
        return {"working_seconds_from_receipt": from_receipt}
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
        "working_seconds_late": (
            round(working_seconds_between(clock.due_at, met_at or at, calendar)) if clock.breached_at else None
        ),
    }
