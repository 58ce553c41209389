"""How a working calendar is written down, and what is refused with a sentence."""

from datetime import date

import pytest

from portal.worktime import Calendar, Interval, WorktimeError, parse_days, parse_hours
from portal.worktime.calendar import holidays_of


@pytest.mark.parametrize(
    ("text", "intervals"),
    [
        ("09:00-17:30", [(540, 1050)]),
        ("9:00-17:30", [(540, 1050)]),
        ("09:00-12:30,13:30-17:30", [(540, 750), (810, 1050)]),
        ("13:30 - 17:30 , 09:00 - 12:30", [(540, 750), (810, 1050)]),
        ("00:00-24:00", [(0, 1440)]),
        ("00:00-00:01,23:59-24:00", [(0, 1), (1439, 1440)]),
    ],
)
def test_hours_are_read_in_the_order_of_the_day(text, intervals):
    assert parse_hours(text) == tuple(Interval(*pair) for pair in intervals)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "read like 09:00-17:30"),
        ("09:00", "read like 09:00-17:30"),
        ("09:00-", "A time of day reads like"),
        ("09:00-12:00-17:00", "A time of day reads like"),
        ("09:00-12:30,", "read like 09:00-17:30"),
        ("nine-five", "A time of day reads like"),
        ("09.00-17.30", "A time of day reads like"),
        ("٠٩:٠٠-١٧:٣٠", "A time of day reads like"),
        ("09:00-17:60", "no time of day 17:60"),
        ("09:00-24:01", "no time of day 24:01"),
        ("09:00-25:00", "no time of day 25:00"),
        ("24:00-24:00", "are empty"),
        ("09:00-09:00", "are empty"),
        ("17:30-09:00", "end before they begin"),
        ("22:00-06:00", "do not run over midnight"),
        ("09:00-00:00", "24:00 ends a day"),
        ("09:00-13:00,12:30-17:30", "09:00-13:00 and 12:30-17:30 overlap"),
        ("09:00-12:30,09:00-12:30", "overlap"),
    ],
)
def test_hours_that_make_no_sense_are_refused(text, sentence):
    with pytest.raises(WorktimeError, match=sentence) as refused:
        parse_hours(text)
    assert refused.value.field == "hours"


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Mon-Fri", {0, 1, 2, 3, 4}),
        ("Mon,Wed,Fri", {0, 2, 4}),
        ("Sun-Thu", {6, 0, 1, 2, 3}),
        ("Mon-Sun", set(range(7))),
        ("Sat-Fri", set(range(7))),
        ("Mon-Wed,Fri", {0, 1, 2, 4}),
        ("mon - wed, SAT", {0, 1, 2, 5}),
        ("Tue", {1}),
        ("Tue-Tue", {1}),
    ],
)
def test_days_are_read_as_people_write_them(text, days):
    assert parse_days(text) == days


@pytest.mark.parametrize("text", ["", "Mon-", "-Fri", "Monday", "Mo-Fr", "1-5", "Mon;Tue", "Mon-Wed-Fri", "Mon,"])
def test_days_that_are_no_weekdays_are_refused(text):
    with pytest.raises(WorktimeError, match="is not a weekday") as refused:
        parse_days(text)
    assert refused.value.field == "days"


@pytest.mark.parametrize("text", ["Mon,Mon", "Mon-Wed,Tue", "Fri-Mon,Sun"])
def test_a_day_named_twice_is_refused(text):
    with pytest.raises(WorktimeError, match="named twice"):
        parse_days(text)


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"tz": "Europe/Atlantis"}, "tz", "no time zone"),
        ({"tz": "Europe"}, "tz", "no time zone"),
        ({"tz": "../../etc/passwd"}, "tz", "no time zone"),
        ({"tz": ""}, "tz", "no time zone"),
        ({"tz": "localtime"}, "tz", "no time zone"),
        ({"country": "UK"}, "country", "the United Kingdom is GB"),
        ({"country": "gb"}, "country", "not known"),
        ({"country": "ZZ", "subdivision": ""}, "country", "not known"),
        ({"subdivision": "LON"}, "subdivision", "ENG, WLS, SCT, NIR"),
        ({"country": "DE", "subdivision": "ENG"}, "subdivision", "DE has no subdivision"),
        ({"own_hours": {5: "09:00-12:00"}}, "days", "Only a working day"),
    ],
)
def test_places_that_are_unknown_are_refused(values, field, sentence):
    with pytest.raises(WorktimeError, match=sentence) as refused:
        Calendar.parse(**values)
    assert refused.value.field == field


def test_an_empty_calendar_is_refused():
    with pytest.raises(WorktimeError, match="no working hours"):
        Calendar("Europe/London", (), frozenset({0}))
    with pytest.raises(WorktimeError, match="no working days"):
        Calendar("Europe/London", (Interval(540, 1050),), frozenset())
    with pytest.raises(WorktimeError, match="from 0"):
        Calendar("Europe/London", (Interval(540, 1050),), frozenset({7}))
    with pytest.raises(WorktimeError, match="between 00:00 and 24:00"):
        Calendar("Europe/London", (Interval(540, 1500),), frozenset({0}))


def test_english_bank_holidays_are_those_the_government_publishes():
    weekdays = sorted(day.isoformat() for day in holidays_of("GB", "ENG", 2026) if day.weekday() < 5)
    assert weekdays == [
        "2026-01-01",
        "2026-04-03",
        "2026-04-06",
        "2026-05-04",
        "2026-05-25",
        "2026-08-31",
        "2026-12-25",
        "2026-12-28",
    ]


def test_other_countries_have_their_own_holidays_with_english_names():
    assert holidays_of("DE", "BY", 2026)[date(2026, 1, 6)] == "Epiphany"
    assert date(2026, 1, 6) not in holidays_of("DE", "BE", 2026)


def test_calendars_with_the_same_values_are_equal():
    assert Calendar.parse() == Calendar.parse()
    assert Calendar.parse(version=2) != Calendar.parse()
