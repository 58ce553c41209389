"""Edges of working time: closing time, seconds, changes of clocks, leap day, and what cannot be reckoned."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from portal.worktime import (
    DEFAULT_CALENDAR,
    Calendar,
    Deadline,
    WorktimeError,
    add_minutes,
    deadline,
    instant_at_share,
    is_open,
    minutes_of_first_day,
    next_closing,
    next_opening,
    working_seconds_between,
)

LONDON = ZoneInfo("Europe/London")
ALWAYS = Calendar.parse(hours="00:00-24:00", days="Mon-Sun")


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def due(start: str, target: str, calendar: Calendar = DEFAULT_CALENDAR) -> str:
    return deadline(london(start), target, calendar).due.astimezone(LONDON).isoformat()


@pytest.mark.clause("HLP-3", "HLP-4")
class TestHalfOpenHours:
    def test_a_start_at_closing_counts_from_the_next_opening(self):
        found = deadline(london("2026-11-23 17:30"), "4h", DEFAULT_CALENDAR)
        assert found.counted_from == london("2026-11-24 09:00")
        assert found.due == london("2026-11-24 13:00")

    def test_a_start_at_opening_counts_at_once(self):
        found = deadline(london("2026-11-23 09:00"), "1d", DEFAULT_CALENDAR)
        assert found.counted_from == found.start
        assert found.due == london("2026-11-23 17:30")

    def test_a_deadline_on_closing_time_is_closing_time(self):
        assert due("2026-11-23 13:30", "4h") == "2026-11-23T17:30:00+00:00"

    def test_a_second_later_it_runs_into_the_next_day(self):
        assert due("2026-11-23 13:30:01", "4h") == "2026-11-24T09:00:01+00:00"

    def test_a_microsecond_before_closing_counts(self):
        assert due("2026-11-20 17:29:59.999999", "4h") == "2026-11-23T12:59:59.999999+00:00"

    def test_seconds_and_fractions_are_kept(self):
        assert due("2026-11-23 10:00:07.25", "4h") == "2026-11-23T14:00:07.250000+00:00"

    def test_a_start_in_the_lunch_break_counts_from_its_end(self):
        split = Calendar.parse(hours="09:00-12:30,13:30-17:30")
        assert due("2026-11-23 12:30", "4h", split) == "2026-11-23T17:30:00+00:00"
        assert due("2026-11-23 12:29", "4h", split) == "2026-11-23T17:29:00+00:00"
        assert minutes_of_first_day(london("2026-11-23 12:45"), split) == 450

    def test_intervals_that_touch_leave_no_gap(self):
        touching = Calendar.parse(hours="09:00-12:00,12:00-17:30")
        assert due("2026-11-23 12:00", "4h", touching) == "2026-11-23T16:00:00+00:00"


@pytest.mark.clause("HLP-3")
class TestDaysThatAreNotLikeOthers:
    @pytest.mark.parametrize(
        ("start", "minutes"), [("2026-03-29 12:00", 1380), ("2026-10-25 12:00", 1500), ("2026-03-30 12:00", 1440)]
    )
    def test_a_whole_day_has_its_real_minutes(self, start, minutes):
        assert deadline(london(start), "1d", ALWAYS).minutes == minutes

    def test_hours_around_the_skipped_hour_are_shorter(self):
        early = Calendar.parse(hours="00:30-03:30", days="Sun")
        found = deadline(london("2026-03-29 00:30"), "1d", early)
        assert (found.minutes, found.due) == (120, london("2026-03-29 03:30"))

    def test_an_opening_in_the_skipped_hour_is_the_change_itself(self):
        early = Calendar.parse(hours="01:30-05:00", days="Sun")
        found = deadline(london("2026-03-29 00:00"), "1d", early)
        assert found.counted_from == datetime(2026, 3, 29, 1, tzinfo=UTC)
        assert found.minutes == 180

    def test_hours_that_are_skipped_whole_do_not_open_that_day(self):
        skipped = Calendar.parse(hours="01:00-02:00", days="Sun")
        found = deadline(london("2026-03-29 00:00"), "1d", skipped)
        assert (found.counted_from, found.minutes) == (london("2026-04-05 01:00"), 60)
        assert found.trail[0].reason == "the hours are skipped by the change of clocks"

    def test_openings_and_closings_in_the_repeated_hour_are_the_first_of_two(self):
        early = Calendar.parse(hours="00:30-01:30,01:45-02:15", days="Sun")
        found = deadline(london("2026-10-25 00:00"), "1d", early)
        assert found.minutes == 60 + 90
        assert found.trail[0].ends == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)

    def test_a_start_in_the_repeated_hour_is_known_by_its_offset(self):
        first = deadline(datetime.fromisoformat("2026-10-25T01:30:00+01:00"), "4h", ALWAYS)
        second = deadline(datetime.fromisoformat("2026-10-25T01:30:00+00:00"), "4h", ALWAYS)
        assert second.due - first.due == timedelta(hours=1)

    def test_the_leap_day_is_a_working_day(self):
        assert due("2028-02-28 16:00", "4h") == "2028-02-29T11:30:00+00:00"
        assert due("2028-02-29 16:00", "1d") == "2028-03-01T16:00:00+00:00"

    def test_a_day_with_hours_of_its_own_is_measured_by_them(self):
        saturday = Calendar.parse(days="Mon-Sat", own_hours={5: "09:00-12:00"})
        found = deadline(london("2026-11-21 10:00"), "1d", saturday)
        assert (found.minutes, found.due) == (180, london("2026-11-23 10:00"))

    def test_a_closure_is_passed_over_and_named(self):
        closed = Calendar.parse(closures=[date(2026, 11, 24)])
        found = deadline(london("2026-11-23 16:00"), "4h", closed)
        assert found.due == london("2026-11-25 11:30")
        assert [step.reason for step in found.trail if not step.counted] == ["closed on this day"]

    @pytest.mark.parametrize(
        ("subdivision", "open_on_it"), [("ENG", True), ("WLS", True), ("NIR", True), ("SCT", False)]
    )
    def test_saint_andrews_day_is_kept_in_scotland_alone(self, subdivision, open_on_it):
        assert is_open(london("2026-11-30 10:00"), Calendar.parse(subdivision=subdivision)) is open_on_it


class TestQuestionsAboutAnInstant:
    def test_opening_hours_hold_their_opening_but_not_their_closing(self):
        assert is_open(london("2026-11-23 09:00"), DEFAULT_CALENDAR)
        assert not is_open(london("2026-11-23 17:30"), DEFAULT_CALENDAR)

    def test_the_next_opening_of_an_open_instant_is_itself(self):
        assert next_opening(london("2026-11-23 10:00"), DEFAULT_CALENDAR) == london("2026-11-23 10:00")
        assert next_opening(london("2026-12-24 18:00"), DEFAULT_CALENDAR) == london("2026-12-29 09:00")

    def test_the_next_closing_ends_the_hours_that_hold_the_instant(self):
        assert next_closing(london("2026-11-23 10:00"), DEFAULT_CALENDAR) == london("2026-11-23 17:30")
        assert next_closing(london("2026-11-21 10:00"), DEFAULT_CALENDAR) == london("2026-11-23 17:30")

    def test_working_time_between_two_instants_leaves_closed_time_out(self):
        seconds = working_seconds_between(london("2026-11-20 17:29:30.5"), london("2026-11-23 09:01"), DEFAULT_CALENDAR)
        assert seconds == 29.5 + 60

    def test_working_time_backwards_is_none(self):
        assert working_seconds_between(london("2026-11-23 12:00"), london("2026-11-23 11:00"), DEFAULT_CALENDAR) == 0


@pytest.mark.clause("HLP-3", "HLP-4")
class TestSharesOfTheTime:
    def test_a_warning_comes_at_its_share_of_the_working_time(self):
        found = deadline(london("2026-11-20 16:30"), "4h", DEFAULT_CALENDAR)
        assert instant_at_share(found, 0.25) == london("2026-11-20 17:30")
        assert instant_at_share(found, 0.75) == london("2026-11-23 11:00")
        assert instant_at_share(found, 0.9) == london("2026-11-23 11:36")
        assert instant_at_share(found, Fraction(1)) == found.due

    @pytest.mark.parametrize("share", [0, -0.1, 1.01])
    def test_a_share_lies_within_the_whole(self, share):
        found = deadline(london("2026-11-20 16:30"), "4h", DEFAULT_CALENDAR)
        with pytest.raises(ValueError, match="A share lies"):
            instant_at_share(found, share)


class TestWhatCannotBeReckoned:
    def test_a_start_without_an_offset_is_refused(self):
        with pytest.raises(WorktimeError, match="needs an offset"):
            deadline(datetime.fromisoformat("2026-11-23T10:00"), "4h", DEFAULT_CALENDAR)

    def test_another_target_is_refused(self):
        with pytest.raises(WorktimeError, match="The target is") as refused:
            deadline(london("2026-11-23 10:00"), "2d", DEFAULT_CALENDAR)
        assert refused.value.field == "target"

    def test_no_minutes_are_no_deadline(self):
        with pytest.raises(WorktimeError, match="at least one"):
            add_minutes(london("2026-11-23 10:00"), 0, DEFAULT_CALENDAR)

    @pytest.mark.parametrize("start", ["9999-12-31T20:00:00+00:00", "0001-01-01T00:00:00+14:00"])
    def test_the_ends_of_the_years_are_a_sentence(self, start):
        with pytest.raises(WorktimeError, match="years 1 to 9999"):
            deadline(datetime.fromisoformat(start), "4h", DEFAULT_CALENDAR)

    def test_a_calendar_closed_for_years_is_a_sentence(self):
        every_day = [date(2026, 1, 1) + timedelta(days=n) for n in range(366 * 12)]
        with pytest.raises(WorktimeError, match="no working hours in the 10 years"):
            deadline(london("2026-11-23 10:00"), "4h", Calendar.parse(closures=every_day))

    def test_far_years_are_reckoned_by_their_weekdays(self):
        assert due("1900-01-02 10:00", "4h") == "1900-01-02T14:00:00+00:00"
        assert due("2500-01-04 10:00", "4h") == "2500-01-04T14:00:00+00:00"


def test_a_deadline_survives_a_json_column():
    found = deadline(london("2026-12-24 15:00:00.5"), "1d", DEFAULT_CALENDAR)
    assert Deadline.from_json(found.as_json()) == found


def test_days_are_reckoned_afresh_when_too_many_are_kept():
    calendar = Calendar.parse()
    working_seconds_between(london("2020-01-01 00:00"), london("2035-01-01 00:00"), calendar)
    assert deadline(london("2026-11-23 13:30"), "4h", calendar).due == london("2026-11-23 17:30")
