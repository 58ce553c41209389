"""The staff queue: the page, its rows for the live refresh, its version, and the preview beside it."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from portal import clock
from portal.queries.contract import calendar_at, worktime_of
from portal.tenancy.middleware import PortalRequest
from portal.views.alarms import waiting
from tickets.actions.base import is_accepted
from tickets.models import SavedView, Ticket
from tickets.queries.access import ticket_for_staff
from tickets.queries.beside import beside
from tickets.queries.desk import views_for
from tickets.queries.queue import VIEWS, View, client_names, queue_page
from tickets.queries.thread import messages_of, newest_client_message
from tickets.rules.states import ENDED_STATES
from tickets.views.panel import contract_panel, today
from tickets.views.rows import groups_of
from tickets.views.sorting import sorting

TABS = (
    ("open", gettext_noop("All open")),
    ("mine", gettext_noop("Mine")),
    ("unassigned", "Nobody’s"),
    ("waiting", gettext_noop("Waiting")),
    ("done", gettext_noop("Done")),
)


@require_safe
def queue(request: PortalRequest) -> HttpResponse:
    """The queue, one keyset page of fifty."""
    return whole(request, view_of(request))


@require_safe
def mine(request: PortalRequest) -> HttpResponse:
    """What is on this person's own desk."""
    return whole(request, View("mine", request.GET.get("client", "")))


def whole(request: PortalRequest, view: View) -> HttpResponse:
    """The list with what stands round it."""
    saved = list(views_for(request.actor))
    here = next((one for one in saved if shown_by(one) == view), None)
    context = page_context(request, view) | {"saved": saved_tabs(view, saved), "here": here}
    return render(request, "desk/queue.html", context)


@require_safe
def rows(request: PortalRequest) -> HttpResponse:
    """The list alone, for the live refresh."""
    return render(request, "desk/parts/queue_list.html", page_context(request, view_of(request)))


@require_safe
def version(request: PortalRequest) -> HttpResponse:
    """A tiny resource that changes with every act: the page polls it and fetches rows only when it moved."""
    seen = waiting(request)
    tag = f'"{seen.newest}"'
    # The menu's numbers come along, also when the queue has not moved.
    headers = {"ETag": tag, "X-Live": f"alarms={seen.alarms} notices={seen.notices}"}
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers=headers)
    return HttpResponse(status=204 if request.method == "HEAD" else 200, headers=headers, content_type="text/plain")


@require_safe
def preview(request: PortalRequest, ref: str) -> HttpResponse:
    """A ticket beside the list: what it is, its clock, what the contract says, the newest message."""
    ticket = found(ref)
    at = clock.now()
    newest = newest_client_message(messages_of(ticket, client_side=False, with_files=False))
    known = beside(ticket, request.actor, today(at))
    mine = is_accepted(ticket) and ticket.accepted_by_id == request.actor.staff_id
    context = {
        "ticket": ticket,
        "cards": contract_panel(ticket, request.actor, at, known)[:2],
        "newest": newest,
        "may_accept": not mine and ticket.state not in ENDED_STATES,
        "triage": sorting(ticket, at, known.due_at),
        "from_queue": True,
    }
    return render(request, "desk/parts/preview.html", context)


def found(ref: str) -> Ticket:
    """The ticket, or the same 404 as for a reference that never was."""
    try:
        return ticket_for_staff(ref)
    except Ticket.DoesNotExist:
        raise Http404 from None


def view_of(request: HttpRequest) -> View:
    """Which part of the queue the address asks for. Unknown names are the whole open queue."""
    name = request.GET.get("view", "open")
    return View(name if name in VIEWS else "open", request.GET.get("client", ""), request.GET.get("tag", ""))


def page_context(request: PortalRequest, view: View) -> dict[str, Any]:
    at = clock.now()
    cursor = request.GET.get("after", "")
    # The version first: what is written while the rows are read must make the page look again.
    version = waiting(request).newest
    calendar = worktime_of(calendar_at(at))
    try:
        page = queue_page(view, actor=request.actor, at=at, calendar=calendar, cursor=cursor)
    except ValueError:
        raise Http404 from None
    groups = groups_of(page, at=at, calendar=calendar)
    return {
        "view": view,
        "groups": groups,
        "tabs": tabs(view, page.tabs),
        "clients": client_names(),
        "version": version,
        "rows_url": f"{reverse('desk:queue_rows')}?{address(view, cursor)}",
        "older": f"{reverse('desk:queue')}?{address(view, page.next_cursor)}" if page.next_cursor else "",
        "newer": f"{reverse('desk:queue')}?{address(view)}" if cursor else "",
        "shown": sum(len(group["rows"]) for group in groups),
        "greeting": greeting(at, calendar.zone),
    }


def greeting(at: datetime, zone: Any) -> str:
    """Good morning, afternoon or evening, by the office's clock."""
    hour = at.astimezone(zone).hour
    return _("Good morning") if hour < 12 else _("Good afternoon") if hour < 18 else _("Good evening")


def tabs(view: View, counts: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "url": f"{reverse('desk:queue')}?{address(View(name, view.client, view.tag))}",
            "current": name == view.name,
            "count": counts.get(name),
        }
        for name, label in TABS
    ]


def saved_tabs(view: View, saved: list[SavedView]) -> list[dict[str, Any]]:
    """The saved views behind the tabs, without numbers: each would be a count of its own."""
    return [
        {
            "label": one.label,
            "url": f"{reverse('desk:queue')}?{address(shown_by(one))}",
            "current": shown_by(one) == view,
        }
        for one in saved
    ]


def shown_by(one: SavedView) -> View:
    """What a saved view shows."""
    return View(one.name, one.client_slug, one.tag)


def address(view: View, after: str = "") -> str:
    """A view as a query string, without what is empty."""
    given = {"view": view.name, "client": view.client, "tag": view.tag, "after": after}
    return urlencode({key: value for key, value in given.items() if value})
