"""Working calendar, deadlines and their trail, and the words that explain them. Pure: no Django, no clock, no database."""

from portal.worktime.calendar import Calendar, Interval, TrailStep, WorktimeError, parse_days, parse_hours
from portal.worktime.reckoning import (
    DEFAULT_CALENDAR,
    TARGETS,
    Deadline,
    add_minutes,
    deadline,
    instant_at_share,
    is_open,
    minutes_of_first_day,
    next_closing,
    next_opening,
    working_seconds_between,
)
from portal.worktime.wording import explain, hours_in_words, long_date, moment, next_closed_day

__all__ = [
    "DEFAULT_CALENDAR",
    "TARGETS",
    "Calendar",
    "Deadline",
    "Interval",
    "TrailStep",
    "WorktimeError",
    "add_minutes",
    "deadline",
    "explain",
    "hours_in_words",
    "instant_at_share",
    "is_open",
    "long_date",
    "minutes_of_first_day",
    "moment",
    "next_closed_day",
    "next_closing",
    "next_opening",
    "parse_days",
    "parse_hours",
    "working_seconds_between",
]
