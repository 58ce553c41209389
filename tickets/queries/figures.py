"""The one set of figures about kept promises: the client's home page and the desk's dashboard count by these queries, and the
compliance report counts the same rows one by one.

A promise belongs to the instant at which its request was received; comments on the terms have none. It is decided once it is
met or missed. Everything is grouped by the database over indexed columns of the period; no row is loaded.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Min, Q, QuerySet
from django.db.models.functions import TruncMonth

from tickets.models import ResponseClock, Ticket
from tickets.rules.answertimes import HOUR
from tickets.rules.states import Group, State

DECIDED = Q(met_at__isnull=False) | Q(breached_at__isnull=False)
IN_TIME = Q(met_at__isnull=False, breached_at__isnull=True)
# From the receipt: answers whose time is known, and promises that nobody answered at all.
RECEIPT_KNOWN = Q(receipt_seconds__isnull=False) | Q(met_at__isnull=True, breached_at__isnull=False)
RECEIPT_IN_TIME = Q(receipt_seconds__lte=F("minutes") * 60)
COUNTS = {
    "due": Count("id", filter=DECIDED),
    "kept": Count("id", filter=IN_TIME),
    "receipt_due": Count("id", filter=RECEIPT_KNOWN),
    "receipt_kept": Count("id", filter=RECEIPT_IN_TIME),
}
# Working hours of a first answer, each band up to and including its end; the last has none.
ANSWER_HOURS = (1, 2, 4, 8.5, 17)
# Days since the receipt of what is still open.
BACKLOG_DAYS = (1, 3, 7, 14, 30)
MOST_ROWS = 500


@dataclass(frozen=True, slots=True)
class Period:
    """Requests received from `since` until before `until`, of one client or of all."""

    since: datetime
    until: datetime
    client_id: int | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """How many promises of first answers are decided and how many were kept; the same reckoned from the receipt (D4)."""

    due: int
    kept: int
    receipt_due: int = 0
    receipt_kept: int = 0

    @property
    def percent(self) -> int | None:
        """Whole per cent, rounded down so that 100 means all; None when nothing fell due."""
        return 100 * self.kept // self.due if self.due else None

    @property
    def receipt_percent(self) -> int | None:
        """The same from the receipt."""
        return 100 * self.receipt_kept // self.receipt_due if self.receipt_due else None


def promises(period: Period) -> QuerySet[ResponseClock]:
    """The promises of a period."""
    found = ResponseClock.objects.filter(
        ticket__received_at__gte=period.since, ticket__received_at__lt=period.until, ticket__clause=""
    )
    return (
        found if period.client_id is None else found.filter(client_id=period.client_id, ticket__client=period.client_id)
    )


def kept(period: Period) -> Kept:
    """The whole period in one figure."""
    return Kept(**promises(period).aggregate(**COUNTS))


def kept_by_month(period: Period, zone: str) -> list[tuple[datetime, Kept]]:
    """Month by month in the calendar's zone, oldest first."""
    months = promises(period).annotate(month=TruncMonth("ticket__received_at", tzinfo=ZoneInfo(zone)))
    rows = months.values("month").annotate(**COUNTS).order_by("month")
    return [(row["month"], of_row(row)) for row in rows]


def kept_by_client(period: Period) -> list[tuple[str, Kept]]:
    """Client by client, by name, at most 500."""
    rows = promises(period).values("client_id", "client__name").annotate(**COUNTS).order_by("client__name", "client_id")
    return [(row["client__name"], of_row(row)) for row in rows[:MOST_ROWS]]


def kept_by_person(period: Period) -> list[tuple[str, Kept]]:
    """By who accepted the request (ACC-6), by name; "" for requests that nobody accepted, such as those answered at once."""
    who = promises(period).values("ticket__accepted_by_id", "ticket__accepted_by__label")
    rows = who.annotate(**COUNTS).order_by("ticket__accepted_by__label", "ticket__accepted_by_id")
    return [(row["ticket__accepted_by__label"] or "", of_row(row)) for row in rows[:MOST_ROWS]]


def of_row(row: Any) -> Kept:
    return Kept(**{name: row[name] for name in COUNTS})


def first_answers(period: Period) -> list[tuple[float | None, int]]:
    """How many first answers took how long: (up to so many working hours, answers); None is longer than all. One query."""
    ends = [*(round(hours * HOUR) for hours in ANSWER_HOURS), None]
    begins = [-1, *ends[:-1]]
    bands = {
        f"band{place}": Count("id", filter=Q(answer_seconds__gt=low) & (Q(answer_seconds__lte=high) if high else Q()))
        for place, (low, high) in enumerate(zip(begins, ends, strict=True))
    }
    found = promises(period).aggregate(**bands)
    return [(hours, found[f"band{place}"]) for place, hours in enumerate((*ANSWER_HOURS, None))]


def open_tickets(client_id: int | None) -> QuerySet[Ticket]:
    """What is not ended, comments on the terms left out."""
    found = Ticket.objects.filter(queue_group__lt=Group.ENDED, clause="")
    return found if client_id is None else found.filter(client_id=client_id)


def backlog(at: datetime, client_id: int | None) -> list[tuple[int | None, int]]:
    """How old the open requests are: (up to so many days since the receipt, requests); None is older. One query."""
    ends = [*(at - timedelta(days=days) for days in BACKLOG_DAYS), None]
    begins = [None, *ends[:-1]]
    bands = {
        f"band{place}": Count(
            "id",
            filter=(Q(received_at__lt=young) if young else Q(id__isnull=False))
            & (Q(received_at__gte=old) if old else Q()),
        )
        for place, (young, old) in enumerate(zip(begins, ends, strict=True))
    }
    found = open_tickets(client_id).aggregate(**bands)
    return [(days, found[f"band{place}"]) for place, days in enumerate((*BACKLOG_DAYS, None))]


def waiting(client_id: int | None) -> list[tuple[State, int, datetime | None]]:
    """What waits for the client and for Microsoft now: how many, and since when the oldest. One query (HLP-10)."""
    states = (State.WAITING_CLIENT, State.WITH_MICROSOFT)
    rows = open_tickets(client_id).filter(state__in=states).values_list("state")
    counted = rows.annotate(number=Count("id"), oldest=Min("state_since")).order_by("state")
    found = {state: (number, oldest) for state, number, oldest in counted}
    return [(state, *found.get(state, (0, None))) for state in states]
