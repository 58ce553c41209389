"""What another working calendar would mean for the promises of open requests."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db.models import QuerySet

from portal.clauses import clause
from portal.worktime import Calendar, Deadline, deadline
from tickets.models import ResponseClock
from tickets.rules.states import Group


@dataclass(frozen=True, slots=True)
class Moved:
    """A running clock and the deadline that it would get."""

    clock: ResponseClock
    new: Deadline


def running_clocks(at: datetime) -> QuerySet[ResponseClock]:
    """The clocks of open requests that are neither met nor past; what is past stays as it was promised."""
    return (
        ResponseClock.objects.filter(
            next_at__isnull=False, met_at__isnull=True, breached_at__isnull=True, due_at__gt=at,
            ticket__queue_group__lt=Group.ENDED,
        )
        .select_related("ticket", "ticket__client")
        .defer("ticket__search")
        .order_by("due_at", "id")
    )  # fmt: skip


@clause("HLP-3", "HLP-4")
def moved_by(calendar: Calendar, clocks: Iterable[ResponseClock], at: datetime) -> list[Moved]:
    """Those whose due time another calendar would change, reckoned from the same start.

    A promise whose new time would already be past keeps its time: a change of hours never breaks a promise by itself.
    """
    reckoned = (Moved(clock, deadline(clock.started_at, clock.target, calendar)) for clock in clocks)
    return [one for one in reckoned if one.new.due != one.clock.due_at and one.new.due > at]


def seal_of(moved: Iterable[Moved]) -> str:
    """A short value that differs when the list differs, so that nobody confirms another list than the one they saw."""
    lines = "".join(f"{one.clock.pk} {one.clock.due_at.isoformat()} {one.new.due.isoformat()}\n" for one in moved)
    return sha256(lines.encode()).hexdigest()[:32]
