"""Requests that only Microsoft can solve (HLP-10), and how many are solved on the day they came (HLP-9)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from portal.clauses import clause
from portal.worktime import Calendar, deadline, next_opening, working_seconds_between
from tickets.rules.states import Target

REMIND_WORKING_DAYS = 2


@clause("HLP-10")
def remind_at(last: datetime, calendar: Calendar) -> datetime:
    """When somebody must ask Microsoft again: two working days after the last time."""
    instant = last
    for _day in range(REMIND_WORKING_DAYS):
        instant = deadline(instant, Target.ONE_DAY, calendar).due
    return instant


@dataclass(frozen=True, slots=True)
class Solved:
    """A request that was solved, and the stretches in which it was with Microsoft."""

    received_at: datetime
    resolved_at: datetime
    with_microsoft: tuple[tuple[datetime, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class SolvedMonth:
    """One month's figures. Mean working seconds from receipt to solution, with and apart from the time with Microsoft."""

    month: date
    solved: int
    same_day: int
    mean_seconds: int
    mean_microsoft_seconds: int

    @property
    def share(self) -> float:
        """The share solved on the same working day, 0 to 1."""
        return self.same_day / self.solved


@clause("HLP-9")
def is_same_day(one: Solved, calendar: Calendar) -> bool:
    """Solved on the working day on which it came; what comes outside working hours belongs to the next working day."""
    came_on = calendar.local_date(next_opening(one.received_at, calendar))
    return calendar.local_date(one.resolved_at) <= came_on


@clause("HLP-9", "HLP-10")
def solved_by_month(solved: Iterable[Solved], calendar: Calendar) -> list[SolvedMonth]:
    """The statistic by the month of the solution, oldest first. It is never a promise."""
    months: dict[date, list[Solved]] = {}
    for one in solved:
        months.setdefault(calendar.local_date(one.resolved_at).replace(day=1), []).append(one)
    return [_month(month, ones, calendar) for month, ones in sorted(months.items())]


def _month(month: date, ones: list[Solved], calendar: Calendar) -> SolvedMonth:
    whole = sum(working_seconds_between(one.received_at, one.resolved_at, calendar) for one in ones)
    apart = sum(working_seconds_between(a, b, calendar) for one in ones for a, b in one.with_microsoft)
    return SolvedMonth(
        month=month,
        solved=len(ones),
        same_day=sum(is_same_day(one, calendar) for one in ones),
        mean_seconds=round(whole / len(ones)),
        mean_microsoft_seconds=round(apart / len(ones)),
    )
