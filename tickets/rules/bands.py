"""How the queue is read: the bands of the page, worked out from a ticket's stored place and the time."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext_noop

from tickets.rules.states import Group


class Band(StrEnum):
    """The headings of the queue, in their order."""

    ALARM = "alarm"
    PAST = "past"
    HOUR = "hour"
    TODAY = "today"
    LATER = "later"
    OURS = "ours"
    WAITING = "waiting"
    DONE = "done"


TITLES = {
    Band.ALARM: gettext_noop("Acknowledgement not out"),
    Band.PAST: gettext_noop("Past the promised time"),
    Band.HOUR: gettext_noop("Due within one working hour"),
    Band.TODAY: gettext_noop("Due today"),
    Band.LATER: gettext_noop("Due later"),
    Band.OURS: gettext_noop("Answered, ours to move"),
    Band.WAITING: gettext_noop("Waiting for the client or Microsoft"),
    Band.DONE: gettext_noop("Done"),
}
TONES = {Band.ALARM: "bad", Band.PAST: "bad", Band.HOUR: "warn"}
GROUPS = {
    Group.UNACKNOWLEDGED: Band.ALARM,
    Group.OURS: Band.OURS,
    Group.WAITING: Band.WAITING,
    Group.ENDED: Band.DONE,
}


@dataclass(frozen=True, slots=True)
class Edges:
    """The instants that part running clocks: now, one working hour ahead, the end of today in the calendar's zone."""

    now: datetime
    hour: datetime
    today: datetime


def band_of(group: Group, queue_at: datetime, edges: Edges) -> Band:
    """The heading under which a ticket stands. Exactly on its due time it is not past it yet."""
    if group != Group.CLOCK:
        return GROUPS[group]
    if queue_at < edges.now:
        return Band.PAST
    if queue_at <= edges.hour:
        return Band.HOUR
    return Band.TODAY if queue_at < edges.today else Band.LATER
