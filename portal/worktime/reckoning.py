"""Deadlines in working time, and the trail that explains them (HLP-3, HLP-4; D1 to D3). Pure: no clock, no database.

Instants go in with any offset and come out in UTC. Intervals are half-open: a start at closing is outside, and a deadline
that lands exactly on closing time is closing time. Real elapsed time is added, so a change of clocks costs nobody anything.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from portal.clauses import clause
from portal.worktime.calendar import ONE_DAY, Calendar, TrailStep, WorktimeError

FOUR_HOURS = "4h"
ONE_WORKING_DAY = "1d"
TARGETS = (FOUR_HOURS, ONE_WORKING_DAY)
FOUR_HOURS_MINUTES = 240
MINUTE = timedelta(minutes=1)
MICROSECOND = timedelta(microseconds=1)
SEARCH_YEARS = 10
SEARCH_DAYS = 3653
DEFAULT_CALENDAR = Calendar.parse()


@dataclass(frozen=True, slots=True)
class Deadline:
    """When something is due. `minutes` are whole working minutes; `counted_from` is the first counted instant."""

    start: datetime
    counted_from: datetime
    due: datetime
    minutes: int
    trail: tuple[TrailStep, ...]
    target: str = ""

    def as_json(self) -> dict[str, Any]:
        """For a JSON column; `from_json` reads it back."""
        return {
            "start": self.start.isoformat(),
            "counted_from": self.counted_from.isoformat(),
            "due": self.due.isoformat(),
            "minutes": self.minutes,
            "target": self.target,
            "trail": [
                [step.day.isoformat(), step.begins.isoformat(), step.ends.isoformat(), step.seconds, step.reason]
                for step in self.trail
            ],
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Deadline":
        start, counted_from, due = (datetime.fromisoformat(stored[key]) for key in ("start", "counted_from", "due"))
        trail = tuple(
            TrailStep(
                date.fromisoformat(day), datetime.fromisoformat(begins), datetime.fromisoformat(ends), seconds, reason
            )
            for day, begins, ends, seconds, reason in stored["trail"]
        )
        return cls(start, counted_from, due, stored["minutes"], trail, stored["target"])


@clause("HLP-3", "HLP-4")
def deadline(start: datetime, target: str, calendar: Calendar) -> Deadline:
    """When a target is due: "4h" is 240 working minutes (D2), "1d" the open minutes of the day the clock starts (D3).

    Raises WorktimeError for another target, a start without an offset, or a calendar without working hours ahead.
    """
    if target == FOUR_HOURS:
        return add_minutes(start, FOUR_HOURS_MINUTES, calendar, target)
    if target == ONE_WORKING_DAY:
        return add_minutes(start, minutes_of_first_day(start, calendar), calendar, target)
    raise WorktimeError("target", _('The target is "4h" (4 working hours) or "1d" (1 working day).'))


@clause("HLP-3")
def minutes_of_first_day(start: datetime, calendar: Calendar) -> int:
    """Whole working minutes open on the day a clock starts, or on the day of the next opening when it starts outside (D3).

    Only a historic change of clocks by odd seconds can leave a part of a minute; that part is dropped.
    """
    opening = next_opening(start, calendar)
    windows = calendar.day(calendar.local_date(opening)).windows
    return sum((closes - opens for opens, closes in windows), timedelta()) // MINUTE


def add_minutes(start: datetime, minutes: int, calendar: Calendar, target: str = "") -> Deadline:
    """The deadline after so many working minutes (at least 1), with its trail."""
    if minutes < 1:
        raise WorktimeError("minutes", _("A deadline needs at least one working minute."))
    instant = in_utc(start)
    try:
        trail = count(instant, minutes * MINUTE, calendar)
    except OverflowError as error:
        raise end_of_time() from error
    counted_from = next(step.begins for step in trail if not step.reason)
    return Deadline(instant, counted_from, trail[-1].ends, minutes, tuple(trail), target)


def count(instant: datetime, need: timedelta, calendar: Calendar) -> list[TrailStep]:
    """The steps from an instant until the needed working time is used up; the last one ends at the deadline."""
    trail: list[TrailStep] = []
    day, idle = calendar.local_date(instant), 0
    while idle <= SEARCH_DAYS:
        windows, closed = calendar.day(day)
        if closed is not None:
            trail.append(closed)
            idle += 1
        for opens, closes in windows:
            if closes <= instant:
                continue
            idle = 0
            begins = opens if opens > instant else instant
            span = closes - begins
            if span >= need:
                trail.append(TrailStep(day, begins, begins + need, need.total_seconds()))
                return trail
            trail.append(TrailStep(day, begins, closes, span.total_seconds()))
            need -= span
        day += ONE_DAY
    raise nothing_ahead()


def windows_after(instant: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    """Working windows that close after an instant, in order, without end; WorktimeError when none follows for years."""
    day, idle = calendar.local_date(instant), 0
    while idle <= SEARCH_DAYS:
        idle += 1
        for opens, closes in calendar.day(day).windows:
            if closes > instant:
                idle = 0
                yield opens, closes
        day += ONE_DAY
    raise nothing_ahead()


def current_window(instant: datetime, calendar: Calendar) -> tuple[datetime, datetime]:
    """The window that holds the instant, or else the next one."""
    try:
        return next(windows_after(in_utc(instant), calendar))
    except OverflowError as error:
        raise end_of_time() from error


def is_open(instant: datetime, calendar: Calendar) -> bool:
    return current_window(instant, calendar)[0] <= instant


def next_opening(instant: datetime, calendar: Calendar) -> datetime:
    """The instant itself inside working hours, otherwise the next opening."""
    return max(in_utc(instant), current_window(instant, calendar)[0])


def next_closing(instant: datetime, calendar: Calendar) -> datetime:
    """When the working hours that hold the instant end, or those that begin next."""
    return current_window(instant, calendar)[1]


def working_seconds_between(begin: datetime, end: datetime, calendar: Calendar) -> float:
    """Working seconds from one instant to a later one, exact to the microsecond; 0 when the end is not later."""
    begin, end = in_utc(begin), in_utc(end)
    total = timedelta()
    try:
        day, last = calendar.local_date(begin) - ONE_DAY, calendar.local_date(end) + ONE_DAY
        while day <= last:
            for opens, closes in calendar.day(day).windows:
                total += max(min(closes, end) - max(opens, begin), timedelta())
            day += ONE_DAY
    except OverflowError as error:
        raise end_of_time() from error
    return total.total_seconds()


def instant_at_share(deadline: Deadline, share: Fraction | float) -> datetime:
    """The instant at which a share (above 0, at most 1) of the working time is used up, for example 0.75 for a warning."""
    if not 0 < share <= 1:
        raise ValueError("A share lies above 0 and at most at 1.")
    exact = Fraction(share).limit_denominator(1000) * (deadline.minutes * MINUTE // MICROSECOND)
    need = round(exact) * MICROSECOND
    for step in deadline.trail:
        span = timedelta() if step.reason else step.ends - step.begins
        if span and span >= need:
            return step.begins + need
        need -= span
    return deadline.due


def in_utc(instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        raise WorktimeError("start", _("The start needs an offset such as +00:00 or Z."))
    try:
        return instant.astimezone(UTC)
    except OverflowError as error:
        raise end_of_time() from error


def end_of_time() -> WorktimeError:
    return WorktimeError("start", _("The reckoning leaves the years 1 to 9999."))


def nothing_ahead() -> WorktimeError:
    return WorktimeError(
        "closures",
        _("The calendar has no working hours in the %(SEARCH_YEARS)s years that follow.")
        % {"SEARCH_YEARS": SEARCH_YEARS},
    )
