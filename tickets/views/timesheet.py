"""Worked time at the desk: the reader's own, or for leads everybody's, by month and client, as a page and as CSV."""

from datetime import date
from typing import Any

from django.db.models import QuerySet, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import clock
from portal.models import Client
from portal.queries.paging import key_of, newest_first
from portal.queries.people import contract_day
from portal.rules.people import Power, may
from portal.spreadsheets import csv_answer
from portal.tenancy.middleware import PortalRequest
from tickets.models import TimeEntry
from tickets.queries.charges import time_between

COLUMNS = (
    "day", "person", "client", "request", "work", "begun (UTC)", "seconds", "charged", "reason", "source", "recorded by",
)  # fmt: skip


@require_safe
def time(request: PortalRequest) -> HttpResponse:
    """One month, fifty entries a page; ?format=csv gives all of them."""
    given = request.GET
    first = month_of(given.get("month", "")) or contract_day(clock.now()).replace(day=1)
    everybody = given.get("who") == "all" and may(request.actor, Power.SEE_STAFF)
    rows = time_between(
        first,
        next_month(first),
        staff_id=None if everybody else request.actor.staff_id or 0,
        client_slug=given.get("client", ""),
    )
    if given.get("format") == "csv":
        return csv_answer(f"time-{first:%Y-%m}.csv", COLUMNS, (cells(row) for row in rows.iterator(chunk_size=500)))
    context = {
        "page": newest_first(rows, before=key_of(given.get("before")), after=key_of(given.get("after"))),
        "month": f"{first:%Y-%m}",
        "everybody": everybody,
        "may_see_all": may(request.actor, Power.SEE_STAFF),
        "client_slug": given.get("client", ""),
        "clients": Client.objects.order_by("name").values_list("slug", "name"),
        "chosen": chosen(first, everybody, given.get("client", "")),
        "sums": sums(rows),
    }
    return render(request, "desk/time.html", context)


def sums(rows: QuerySet[TimeEntry]) -> dict[str, int]:
    """Seconds charged and not charged, corrections counted; one query."""
    found = dict(rows.order_by().values_list("billable").annotate(seconds=Sum("seconds")))
    return {"charged": found.get(True, 0), "free": found.get(False, 0)}


def cells(row: TimeEntry) -> tuple[Any, ...]:
    """A row of the CSV; instants in UTC, corrections with negative seconds."""
    return (
        row.day.isoformat(), row.staff_label, row.client.name, row.ticket.ref, row.work, row.started_at.isoformat(),
        row.seconds, "yes" if row.billable else "no", row.reason, row.source, row.recorded_by_label,
    )  # fmt: skip


def month_of(value: str) -> date | None:
    """The first day of "2026-11"; None for nothing. 404 for what is no month."""
    if not value:
        return None
    try:
        return date.fromisoformat(f"{value}-01")
    except ValueError:
        raise Http404(_("That is no month.")) from None


def next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def chosen(first: date, everybody: bool, client: str) -> str:
    """The filters as the pager's links repeat them. The client is one of ours or finds nothing, and is a slug."""
    who = "&who=all" if everybody else ""
    of = f"&client={client}" if client.replace("-", "").isalnum() else ""
    return f"month={first:%Y-%m}{who}{of}"
