"""How many requests are solved on the working day on which they came (HLP-9): a statistic, never a promise."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from portal.clauses import clause
from portal.worktime import Calendar, next_opening

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Solved:
    """How many requests are solved, and how many of them on the working day on which they came."""

    solved: int
    same_day: int

    @property
    def percent(self) -> int | None:
        """Whole per cent, rounded down so that 100 means all; None when nothing is solved."""
        return 100 * self.same_day // self.solved if self.solved else None


@clause("HLP-9")
def is_same_day(received_at: datetime, resolved_at: datetime, calendar: Calendar) -> bool:
    """Solved on the working day on which it came; what comes outside working hours belongs to the next working day."""
    came_on = calendar.local_date(next_opening(received_at, calendar))
    return calendar.local_date(resolved_at) <= came_on


@clause("HLP-9")
@lru_cache(maxsize=64)
def working_days(first: date, last: date, calendar: Calendar) -> tuple[tuple[datetime, datetime], ...]:
    """Each working day from one date to another and the next one after: its last closing, and the midnight that ends it.

    The same rule as is_same_day for a database: what comes before a closing, and not before the one ahead of it, is solved
    on the same day before that midnight.
    """
    found: list[tuple[datetime, datetime]] = []
    instant, end = (datetime.combine(day, time.min, calendar.zone) for day in (first, last + ONE_DAY))
    while not found or found[-1][0] <= end:
        day = calendar.local_date(next_opening(instant, calendar))
        instant = calendar.day(day).windows[-1][1]
        found.append((instant, datetime.combine(day + ONE_DAY, time.min, calendar.zone)))
    return tuple(found)
