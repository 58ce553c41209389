"""Working time in words that a person can follow."""

from datetime import date, datetime

import pytest

from portal.worktime import DEFAULT_CALENDAR, Calendar, deadline, explain, hours_in_words, next_closed_day


def explained(start: str, target: str) -> list[str]:
    return explain(deadline(datetime.fromisoformat(start), target, DEFAULT_CALENDAR), DEFAULT_CALENDAR)


@pytest.mark.clause("HLP-4")
def test_a_deadline_explains_every_step():
    assert explained("2026-11-20T17:29:00Z", "4h") == [
        "The clock started on Friday 20 November 2026 at 17:29 GMT.",
        "The promise is 4 hours of working time: 240 working minutes.",
        "Friday 20 November 2026, 17:29 to 17:30: 1 minute.",
        "Saturday 21 November 2026 is not counted: weekend.",
        "Sunday 22 November 2026 is not counted: weekend.",
        "Monday 23 November 2026, 09:00 to 12:59: 3 hours 59 minutes.",
        "So it is due on Monday 23 November 2026 at 12:59 GMT (Europe/London).",
    ]


@pytest.mark.clause("HLP-3")
def test_a_start_outside_hours_says_from_when_it_counts():
    sentences = explained("2026-12-24T18:00:00Z", "1d")
    assert sentences[1] == "That is outside working hours, so it counts from Tuesday 29 December 2026 at 09:00 GMT."
    assert sentences[2] == "One working day is the time that is open on Tuesday 29 December 2026: 510 working minutes."


def test_bank_holidays_are_called_by_name():
    sentences = explained("2026-12-24T15:00:00Z", "4h")
    assert "Friday 25 December 2026 is not counted: bank holiday (Christmas Day)." in sentences
    assert "Monday 28 December 2026 is not counted: bank holiday (Boxing Day, substitute day)." in sentences


def test_seconds_appear_when_there_are_any():
    sentences = explained("2026-06-01T10:00:30.5Z", "4h")
    assert sentences[-1] == "So it is due on Monday 1 June 2026 at 15:00:30.500000 BST (Europe/London)."
    split = explained("2026-06-01T16:29:30Z", "4h")
    assert "Monday 1 June 2026, 17:29:30 to 17:30: 30 seconds." in split


@pytest.mark.parametrize(
    ("calendar", "words"),
    [
        (Calendar.parse(), "Monday to Friday 09:00 to 17:30"),
        (
            Calendar.parse(hours="09:00-12:30,13:30-17:30", days="Mon,Wed"),
            "Monday 09:00 to 12:30 and 13:30 to 17:30; Wednesday 09:00 to 12:30 and 13:30 to 17:30",
        ),
        (
            Calendar.parse(days="Mon-Sat", own_hours={5: "09:00-12:00"}),
            "Monday to Friday 09:00 to 17:30; Saturday 09:00 to 12:00",
        ),
    ],
)
def test_opening_hours_read_as_on_a_door(calendar, words):
    assert hours_in_words(calendar) == words


def test_the_next_closed_day_is_a_holiday_or_a_closure_but_no_weekend():
    assert next_closed_day(date(2026, 12, 1), DEFAULT_CALENDAR) == (date(2026, 12, 25), "bank holiday (Christmas Day)")
    closed = Calendar.parse(closures=[date(2026, 12, 3)])
    assert next_closed_day(date(2026, 12, 1), closed) == (date(2026, 12, 3), "closed on this day")
    assert next_closed_day(date(2026, 9, 1), DEFAULT_CALENDAR) is None


def test_a_weekday_without_work_is_called_by_name():
    calendar = Calendar.parse(days="Mon,Wed")
    assert calendar.why_closed(date(2026, 11, 24)) == "no working day (Tuesday)"
