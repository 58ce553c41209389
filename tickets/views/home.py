"""A client's home page: what now, what was promised, and how well it was kept."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import clock, panels
from portal.documents.charts import ON_A_PAGE, Point, bar_chart
from portal.queries.contract import calendar_at, worktime_of
from portal.tenancy.middleware import PortalRequest
from portal.worktime import Calendar, hours_in_words
from tickets.queries.client import client_page, next_promised, open_figures
from tickets.queries.clock_inputs import promise_ahead
from tickets.queries.figures import Period, kept, kept_by_month
from tickets.queries.sameday import solved
from tickets.rules.promise import TARGET_WORDS
from tickets.rules.states import Target
from tickets.views.client import row_of
from tickets.views.queue import greeting
from tickets.views.sentences import say_of

ROWS = 6
MONTHS = 6


@require_safe
def home(request: PortalRequest, slug: str) -> HttpResponse:
    """Answers "what now" first."""
    at = clock.now()
    calendar = worktime_of(calendar_at(at))
    figures = open_figures(request.actor)
    first = next_promised(request.actor)
    context = {
        "greeting": greeting(at, calendar.zone),
        "first_name": request.actor.label.split()[0],
        "lead": lead(figures, say_of(first, at) if first else "", first.subject if first else ""),
        "figures": figures,
        "rows": [row_of(ticket, at) for ticket in client_page(request.actor, "all", size=ROWS).rows],
        "promise": promise_words(request, at),
        "hours": hours_in_words(calendar),
        "asked": panels.render("client home top", request),
        "panels": panels.render("client home", request),
    } | kept_context(request.actor.client_id or 0, at, calendar)
    return render(request, "client/home.html", context)


def lead(figures: dict[str, int], say: str, subject: str) -> str:
    """The sentence under the greeting: the next promise, and what waits for the client."""
    parts = [f"“{subject}”: {say}"] if say else []
    if figures["yours"]:
        count = figures["yours"]
        parts.append(
            _("One request is waiting for you.")
            if count == 1
            else (_("%(count)s requests are waiting for you.") % {"count": count})
        )
    return " ".join(parts) or _("Nothing is waiting. We are here when you need us.")


def promise_words(request: PortalRequest, at: datetime) -> str:
    """The response time that a request made now would get."""
    target = Target.FOUR_HOURS if promise_ahead(request.actor.client_id or 0, at) else Target.ONE_DAY
    return TARGET_WORDS[target]


def kept_context(client_id: int, at: datetime, calendar: Calendar) -> dict[str, Any]:
    """The share answered in time, since a year ago and by month."""
    since = (
        (at - timedelta(days=31 * (MONTHS - 1)))
        .astimezone(calendar.zone)
        .replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    )
    months = kept_by_month(Period(since, at, client_id), calendar.tz)
    year = Period(at - timedelta(days=365), at, client_id)
    shares = [Point(f"{month:%b}", None if one.percent is None else Decimal(one.percent)) for month, one in months]
    title = _("Answered in time, by month")
    return {
        "kept": kept(year),
        "solved": solved(year),
        "months": [(f"{month:%B %Y}", one) for month, one in months],
        "chart": bar_chart(shares, title=title, unit="%", top=Decimal(100), width=ON_A_PAGE) if shares else None,
    }
