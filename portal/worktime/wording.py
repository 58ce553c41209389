"""Working time in words, for pages, mails and the command line."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby

from django.utils.translation import gettext as _

from portal.worktime.calendar import DAY_NAMES, Calendar, TrailStep, clock_face
from portal.worktime.reckoning import ONE_WORKING_DAY, Deadline

LOOK_AHEAD_DAYS = 30


def explain(deadline: Deadline, calendar: Calendar) -> list[str]:
    """Sentences that let a person follow a deadline from its start to its end, in the calendar's own zone."""
    opening = [_("The clock started on %(moment)s.") % {"moment": moment(deadline.start, calendar)}]
    if deadline.counted_from > deadline.start:
        opening.append(
            _("That is outside working hours, so it counts from %(moment)s.")
            % {"moment": moment(deadline.counted_from, calendar)}
        )
    steps = [step_sentence(step, calendar) for step in deadline.trail]
    return [
        *opening,
        target_sentence(deadline, calendar),
        *steps,
        _("So it is due on %(moment)s (%(tz)s).") % {"moment": moment(deadline.due, calendar), "tz": calendar.tz},
    ]


def target_sentence(deadline: Deadline, calendar: Calendar) -> str:
    if deadline.target == ONE_WORKING_DAY:
        day = calendar.local_date(deadline.counted_from)
        return _("One working day is the time that is open on %(long_date)s: %(minutes)s working minutes.") % {
            "long_date": long_date(day),
            "minutes": deadline.minutes,
        }
    return _("The promise is %(length)s of working time: %(minutes)s working minutes.") % {
        "length": length(deadline.minutes * 60),
        "minutes": deadline.minutes,
    }


def step_sentence(step: TrailStep, calendar: Calendar) -> str:
    if not step.counted:
        return _("%(long_date)s is not counted: %(reason)s.") % {
            "long_date": long_date(step.day),
            "reason": step.reason,
        }
    begins, ends = (time_text(instant, calendar) for instant in (step.begins, step.ends))
    return f"{long_date(step.day)}, {begins} to {ends}: {length(step.seconds)}."


def length(seconds: float) -> str:
    """A duration such as "3 hours 59 minutes"; seconds appear only when there are any."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    amounts: list[tuple[float, str]] = [(hours, "hour"), (minutes, "minute"), (rest, "second")]
    parts = [f"{amount:.6g} {unit}{'' if amount == 1 else 's'}" for amount, unit in amounts if amount]
    return " ".join(parts) or "no time"


def long_date(day: date) -> str:
    return f"{DAY_NAMES[day.weekday()]} {day.day} {day:%B} {day.year}"


def time_text(instant: datetime, calendar: Calendar) -> str:
    local = instant.astimezone(calendar.zone)
    if local.microsecond:
        return local.strftime("%H:%M:%S.%f")
    return local.strftime("%H:%M:%S" if local.second else "%H:%M")


def moment(instant: datetime, calendar: Calendar) -> str:
    """An instant such as "Monday 23 November 2026 at 12:59 GMT"."""
    local = instant.astimezone(calendar.zone)
    return f"{long_date(local.date())} at {time_text(instant, calendar)} {local.tzname()}"


def hours_in_words(calendar: Calendar) -> str:
    """Opening hours such as "Monday to Friday 09:00 to 17:30"; weekdays with their own hours are named apart."""
    groups = groupby(range(7), key=calendar.intervals_on)
    return "; ".join(f"{run_of_days(list(days))} {spoken(hours)}" for hours, days in groups if hours)


def spoken(hours: tuple[tuple[int, int], ...]) -> str:
    return " and ".join(f"{clock_face(opens)} to {clock_face(closes)}" for opens, closes in hours)


def run_of_days(days: list[int]) -> str:
    return DAY_NAMES[days[0]] if len(days) == 1 else f"{DAY_NAMES[days[0]]} to {DAY_NAMES[days[-1]]}"


@lru_cache(maxsize=64)  # every acknowledgement of a day says the same
def next_closed_day(after: date, calendar: Calendar, within_days: int = LOOK_AHEAD_DAYS) -> tuple[date, str] | None:
    """The next bank holiday or one-off closure on or after a date, with its reason; ordinary days off do not count."""
    for step in range(within_days):
        day = after + timedelta(days=step)
        reason = calendar.why_closed(day) if day.weekday() in calendar.days else ""
        if reason:
            return day, reason
    return None
