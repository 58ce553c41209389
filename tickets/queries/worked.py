"""Worked time, charged and not charged, and time with Microsoft, as figures of a period; grouped by the database.

Time belongs to the day on which it was worked, a case at Microsoft to the day on which it came back.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncMonth

from portal.queries.contract import calendar_versions, worktime_of
from portal.worktime import working_seconds_between
from tickets.models import Escalation, TimeEntry
from tickets.queries.figures import MOST_ROWS, Period

COUNTS: dict[str, Any] = {
    "charged": Coalesce(Sum("seconds", filter=Q(billable=True)), 0),
    "free": Coalesce(Sum("seconds", filter=Q(billable=False)), 0),
}


@dataclass(frozen=True, slots=True)
class WorkedTime:
    """Worked seconds; what was taken back is counted off."""

    charged: int
    free: int


@dataclass(frozen=True, slots=True)
class Cases:
    """Cases that came back from Microsoft, and their mean working seconds there."""

    number: int
    mean_seconds: int


def entries(period: Period, zone: str) -> QuerySet[TimeEntry]:
    """The time that was worked in a period, by its days in the calendar's zone."""
    # The period's end is not part of it: at midnight its day is not either.
    last = period.until - timedelta(microseconds=1)
    first, last_day = (instant.astimezone(ZoneInfo(zone)).date() for instant in (period.since, last))
    found = TimeEntry.objects.filter(day__gte=first, day__lte=last_day)
    return found if period.client_id is None else found.filter(client_id=period.client_id)


def worked(period: Period, zone: str) -> WorkedTime:
    """The whole period in one figure."""
    return WorkedTime(**entries(period, zone).aggregate(**COUNTS))


def worked_by_month(period: Period, zone: str) -> list[tuple[date, WorkedTime]]:
    """Month by month, oldest first."""
    months = entries(period, zone).annotate(month=TruncMonth("day")).values_list("month")
    return [(month, WorkedTime(*counts)) for month, *counts in months.annotate(**COUNTS).order_by("month")]


def free_by_reason(period: Period, zone: str) -> list[tuple[str, int]]:
    """Why time was not charged, the most seconds first, at most 500; what was taken back counts off its own reason."""
    why = Coalesce("reverses__reason", "reason")
    rows = entries(period, zone).filter(billable=False).annotate(why=why).values_list("why")
    summed = rows.annotate(seconds=Sum("seconds")).filter(seconds__gt=0).order_by("-seconds", "why")
    return [(reason, seconds) for reason, seconds in summed[:MOST_ROWS]]


def cases_by_month(period: Period) -> list[tuple[date, Cases]]:
    """The cases that came back from Microsoft, month by month, each reckoned on its request's own calendar (HLP-10)."""
    found = Escalation.objects.filter(ended_at__gte=period.since, ended_at__lt=period.until)
    found = found if period.client_id is None else found.filter(client_id=period.client_id)
    calendars = {row.pk: worktime_of(row) for row in calendar_versions()}
    months: dict[date, list[float]] = defaultdict(list)
    for since, ended, version in found.values_list("since", "ended_at", "ticket__clock__calendar_id"):
        calendar = calendars[version] if version else next(iter(calendars.values()))
        if ended is not None:
            month = calendar.local_date(ended).replace(day=1)
            months[month].append(working_seconds_between(since, ended, calendar))
    return [(month, Cases(len(each), round(sum(each) / len(each)))) for month, each in sorted(months.items())]
