"""Where a ticket stands in the queue: a pure function of its facts."""

from dataclasses import dataclass
from datetime import datetime

from portal.clauses import clause
from tickets.rules.states import ENDED_STATES, WAITING_STATES, Group, State


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides a ticket's place. due_at is the clock's due time while no answer has met it, else absent."""

    state: State
    state_since: datetime
    received_at: datetime
    acknowledged_at: datetime | None
    due_at: datetime | None
    asked_at: datetime | None
    snoozed_until: datetime | None = None


@clause("HLP-5")
def place(facts: Facts) -> tuple[Group, datetime]:
    """The queue group and the instant that orders it. A running clock is never hidden by waiting or snoozing (D24)."""
    if facts.state in ENDED_STATES:
        return Group.ENDED, facts.state_since
    if facts.acknowledged_at is None:
        return Group.UNACKNOWLEDGED, facts.received_at
    if facts.due_at is not None:
        return Group.CLOCK, facts.due_at
    if facts.snoozed_until is not None:
        return Group.WAITING, facts.snoozed_until
    if facts.state in WAITING_STATES:
        return Group.WAITING, facts.state_since
    return Group.OURS, facts.asked_at or facts.state_since
