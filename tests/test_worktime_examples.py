"""The clock examples of the contract, exactly."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from portal.worktime import DEFAULT_CALENDAR, deadline

LONDON = ZoneInfo("Europe/London")

EXAMPLES = [
    ("2026-11-20 17:29", "2026-11-23 12:59", "2026-11-23 17:29"),
    ("2026-11-20 17:31", "2026-11-23 13:00", "2026-11-23 17:30"),
    ("2026-04-02 16:00", "2026-04-07 11:30", "2026-04-07 16:00"),
    ("2026-12-24 15:00", "2026-12-29 10:30", "2026-12-29 15:00"),
    ("2026-03-27 16:00", "2026-03-30 11:30", "2026-03-30 16:00"),
    ("2026-10-24 12:00", "2026-10-26 13:00", "2026-10-26 17:30"),
    ("2026-11-23 13:30", "2026-11-23 17:30", "2026-11-24 13:30"),
]


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.clause("HLP-4")
@pytest.mark.parametrize(("start", "due"), [(start, hours) for start, hours, _ in EXAMPLES])
def test_four_working_hours_end_as_the_contract_says(start, due):
    found = deadline(london(start), "4h", DEFAULT_CALENDAR)
    assert (found.due, found.minutes) == (london(due), 240)


@pytest.mark.clause("HLP-3")
@pytest.mark.parametrize(("start", "due"), [(start, day) for start, _, day in EXAMPLES])
def test_one_working_day_ends_as_the_contract_says(start, due):
    found = deadline(london(start), "1d", DEFAULT_CALENDAR)
    assert (found.due, found.minutes) == (london(due), 510)


def test_the_summer_example_is_shown_in_summer_time():
    found = deadline(london("2026-03-27 16:00"), "4h", DEFAULT_CALENDAR)
    assert found.due.astimezone(LONDON).isoformat() == "2026-03-30T11:30:00+01:00"
