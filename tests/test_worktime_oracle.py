"""Deadlines against a slow count, minute by minute, that shares no code with the reckoning."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.worktime import Calendar, Interval, deadline, working_seconds_between

LONDON = ZoneInfo("Europe/London")
MINUTE = timedelta(minutes=1)
# England, as the government published them; Saturdays and Sundays that have a substitute day are closed as well.
PUBLISHED = """
2026-01-01 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-08-31 2026-12-25 2026-12-26 2026-12-28
2027-01-01 2027-03-26 2027-03-29 2027-05-03 2027-05-31 2027-08-30 2027-12-25 2027-12-26 2027-12-27 2027-12-28
2028-01-01 2028-01-03 2028-04-14 2028-04-17 2028-05-01 2028-05-29 2028-08-28 2028-12-25 2028-12-26
"""
BANK_HOLIDAYS = {date.fromisoformat(day) for day in PUBLISHED.split()}
CHANGES_OF_CLOCKS = [date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31), date(2028, 2, 29)]


def is_working_minute(minute: datetime, calendar: Calendar) -> bool:
    local = minute.astimezone(LONDON)
    day = local.date()
    if day.weekday() not in calendar.days or day in BANK_HOLIDAYS or day in calendar.closures:
        return False
    # Openings and closings are the first of two: in the repeated hour, hours are open that outlast it.
    clock = 119 if local.fold else local.hour * 60 + local.minute
    return any(opens <= clock < closes for opens, closes in calendar.hours)


def whole_minute(instant: datetime) -> datetime:
    return instant.replace(second=0, microsecond=0)


def oracle_due(start: datetime, minutes: int, calendar: Calendar) -> datetime:
    left, minute, begins = minutes * MINUTE, whole_minute(start), start
    while True:
        if is_working_minute(minute, calendar):
            span = minute + MINUTE - begins
            if span >= left:
                return begins + left
            left -= span
        minute += MINUTE
        begins = minute


def oracle_minutes_of_day(start: datetime, calendar: Calendar) -> int:
    minute = whole_minute(start)
    while not is_working_minute(minute, calendar):
        minute += MINUTE
    day = minute.astimezone(LONDON).date()
    midnight = datetime(day.year, day.month, day.day, tzinfo=LONDON).astimezone(UTC)
    minutes = [midnight + count * MINUTE for count in range(25 * 60)]
    return sum(is_working_minute(m, calendar) for m in minutes if m.astimezone(LONDON).date() == day)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    marks = draw(st.lists(st.integers(0, 48), min_size=2, max_size=6, unique=True).map(sorted))
    hours = tuple(Interval(a * 30, b * 30) for a, b in zip(marks[::2], marks[1::2], strict=False))
    days = draw(st.frozensets(st.integers(0, 6), min_size=2))
    closures = draw(st.frozensets(st.dates(date(2026, 3, 1), date(2026, 4, 30)), max_size=4))
    return Calendar("Europe/London", hours, days, closures=closures)


@st.composite
def starts(draw: st.DrawFn) -> datetime:
    near_a_change = st.sampled_from(CHANGES_OF_CLOCKS).flatmap(
        lambda day: st.dates(day - timedelta(days=3), day + timedelta(days=1))
    )
    day = draw(near_a_change | st.dates(date(2026, 1, 1), date(2028, 12, 1)))
    microseconds = draw(st.integers(0, 1439).map(lambda minute: minute * 60_000_000) | st.integers(0, 86_399_999_999))
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(microseconds=microseconds)


@pytest.mark.clause("HLP-4")
@settings(max_examples=60, deadline=None)
@given(calendars(), starts())
def test_four_hours_agree_with_counting_minute_by_minute(calendar, start):
    assert deadline(start, "4h", calendar).due == oracle_due(start, 240, calendar)


@pytest.mark.clause("HLP-3")
@settings(max_examples=40, deadline=None)
@given(calendars(), starts())
def test_a_working_day_agrees_with_counting_minute_by_minute(calendar, start):
    found = deadline(start, "1d", calendar)
    assert found.minutes == oracle_minutes_of_day(start, calendar)
    assert found.due == oracle_due(start, found.minutes, calendar)


@settings(max_examples=60, deadline=None)
@given(calendars(), starts(), st.sampled_from(["4h", "1d"]))
def test_the_trail_adds_up_and_leaves_no_day_out(calendar, start, target):
    found = deadline(start, target, calendar)
    counted = [step for step in found.trail if step.counted]
    assert sum(step.seconds for step in counted) == pytest.approx(found.minutes * 60)
    assert (counted[0].begins, counted[-1].ends) == (found.counted_from, found.due)
    assert working_seconds_between(start, found.due, calendar) == pytest.approx(found.minutes * 60)
    days = sorted({step.day for step in found.trail})
    assert days == [days[0] + timedelta(days=n) for n in range(len(days))]


@settings(max_examples=60, deadline=None)
@given(calendars(), starts(), starts())
def test_a_later_start_is_never_due_earlier(calendar, one, other):
    first, second = sorted((one, other))
    assert deadline(first, "4h", calendar).due <= deadline(second, "4h", calendar).due
