"""What is solved on the working day on which it came (HLP-9), counted by the database on each clock's own calendar.

Like every figure, it belongs to the instant at which the request was received; the compliance report counts the same requests
one by one with the rule.
"""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, Case, Count, DateTimeField, F, Func, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import TruncMonth

from portal.models import WorkingCalendar
from portal.queries.contract import calendar_versions, worktime_of
from tickets.models import ResponseClock
from tickets.queries.figures import Period, promises
from tickets.rules.sameday import Solved, working_days

INSTANTS = ArrayField(DateTimeField())
COUNTS = {"solved": Count("id"), "same_day": Count("id", filter=Q(on_the_day=True))}


class Bucket(Func):
    """How many of the sorted instants lie at or before one."""

    function = "width_bucket"
    output_field = IntegerField()


class Element(Func):
    """One element of an array, counted from 1."""

    template = "(%(expressions)s]"
    arg_joiner = ")["
    output_field = DateTimeField()


def solved(period: Period) -> Solved:
    """The whole period in one figure."""
    return Solved(**judged(period).aggregate(**COUNTS))


def solved_by_month(period: Period, zone: str) -> list[tuple[datetime, Solved]]:
    """Month by month in the calendar's zone, oldest first."""
    months = judged(period).annotate(month=TruncMonth("ticket__received_at", tzinfo=ZoneInfo(zone)))
    rows = months.values_list("month").annotate(**COUNTS).order_by("month")
    return [(month, Solved(*counts)) for month, *counts in rows]


def judged(period: Period) -> QuerySet[ResponseClock]:
    """The period's solved requests, each with whether it was solved on its day. Comments on the terms are none."""
    days = [When(calendar_id=row.pk, then=day_ends(row, period)) for row in versions_of(period)]
    found = promises(period).filter(ticket__resolved_at__isnull=False).annotate(day_ends=Case(*days))
    on_the_day = When(ticket__resolved_at__lt=F("day_ends"), then=Value(True))
    return found.annotate(on_the_day=Case(on_the_day, default=Value(False), output_field=BooleanField()))


def versions_of(period: Period) -> list[WorkingCalendar]:
    """The versions by which clocks of the period may be reckoned: those that hold, or still held when it began."""
    known = calendar_versions()
    followed = [None, *(row.effective_at for row in known)]
    return [row for row, next_at in zip(known, followed, strict=False) if next_at is None or next_at > period.since]


def day_ends(row: WorkingCalendar, period: Period) -> Any:
    """SQL for the end of the working day on which a request came, by one version."""
    calendar = worktime_of(row)
    first, last = (calendar.local_date(instant) for instant in (period.since - timedelta(days=1), period.until))
    closings, ends = zip(*working_days(first, last, calendar), strict=True)
    came_on = Bucket("ticket__received_at", Value(list(closings), INSTANTS)) + 1
    return Element(Value(list(ends), INSTANTS), came_on)
