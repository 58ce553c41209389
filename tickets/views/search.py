"""Search: the desk's page, which the palette leads to, and the client's own."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import clock
from portal.queries.contract import calendar_at, worktime_of
from portal.queries.paging import key_of
from portal.tenancy.middleware import PortalRequest
from portal.worktime import Calendar
from tickets.models import ResponseClock, Ticket
from tickets.queries.search import Answer, exact, exact_for_client, people_at, search_for_client, search_for_staff
from tickets.rules.searching import PROBLEMS, Wanted, wanted
from tickets.rules.states import Target
from tickets.views.client import row_of as client_row
from tickets.views.faces import running_of, sla_of
from tickets.views.rows import TARGET_SHORT


@require_safe
def search(request: PortalRequest) -> HttpResponse:
    """The desk's search. A whole reference leads to its request at once; an address also shows whose it is."""
    asked = wanted(request.GET.get("q", ""))
    one = exact(asked)
    if one is not None:
        return redirect("desk:ticket", one.ref)
    at = clock.now()
    calendar = worktime_of(calendar_at(at))
    answer = search_for_staff(asked, before=key_of(request.GET.get("before")))
    context = common(request, asked, answer, reverse("desk:search")) | {
        "rows": [{"row": row_of(found.ticket, at, calendar), "found": found} for found in answer.rows],
        "people": people_at(asked.address),
    }
    return render(request, "desk/search.html", context)


def row_of(ticket: Ticket, at: datetime, calendar: Calendar) -> dict[str, Any]:
    """What stands round the words of one request (desk/parts/found.html)."""
    promised: ResponseClock | None = getattr(ticket, "clock", None)
    return {
        "ref": ticket.ref,
        "url": reverse("desk:ticket", args=[ticket.ref]),
        "preview_url": reverse("desk:preview", args=[ticket.ref]),
        "client": ticket.client.name,
        "sla": sla_of(ticket, running_of(ticket), at=at, calendar=calendar),
        "target": TARGET_SHORT[Target(promised.target)] if promised else "",
        "subscriber": promised is not None and promised.target == Target.FOUR_HOURS,
        "assignee": ticket.assignee.label if ticket.assignee else "",
        "assignee_label": _("Assigned to %(name)s") % {"name": ticket.assignee.label}
        if ticket.assignee
        else _("Nobody yet"),
        "since": ticket.received_at,
    }


@require_safe
def client_search(request: PortalRequest, slug: str) -> HttpResponse:
    """The client's search: what this person may see and reads."""
    asked = wanted(request.GET.get("q", ""))
    one = exact_for_client(asked, request.actor)
    if one is not None:
        return redirect("client:ticket", slug, one.ref)
    answer = search_for_client(asked, actor=request.actor, before=key_of(request.GET.get("before")))
    context = common(request, asked, answer, reverse("client:search", args=[slug])) | {
        "rows": [{"row": client_row(found.ticket, clock.now()), "found": found} for found in answer.rows],
    }
    return render(request, "client/search.html", context)


def common(request: PortalRequest, asked: Wanted, answer: Answer, url: str) -> dict[str, Any]:
    """What both pages show round their rows."""
    here = {"q": asked.words}
    return {
        "q": asked.words,
        "problem": "" if answer.problem == "nothing" else PROBLEMS.get(answer.problem, ""),
        "older": f"{url}?{urlencode(here | {'before': answer.older})}" if answer.older else "",
        "newer": f"{url}?{urlencode(here)}" if request.GET.get("before") else "",
    }
