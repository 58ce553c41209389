"""The helpdesk's part of a client's page at the desk: what is open, and the way to write a request down."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from portal import clock
from portal.models import Client
from portal.queries.contract import calendar_at, worktime_of
from tickets.queries.queue import View, queue_page
from tickets.views.queue import address
from tickets.views.rows import groups_of

SHOWN = 10


def open_requests(request: HttpRequest, *, client: Client) -> dict[str, Any] | None:
    """The client's open requests in the order of the queue, at most ten; nothing for staff who may not see them (CMP-6)."""
    if not request.nda_valid:  # type: ignore[attr-defined]
        return None
    at = clock.now()
    calendar = worktime_of(calendar_at(at))
    view = View("open", client.slug)
    page = queue_page(view, actor=request.actor, at=at, calendar=calendar, size=SHOWN)  # type: ignore[attr-defined]
    return {
        "groups": groups_of(page, at=at, calendar=calendar),
        "total": page.total,
        "all_url": f"{reverse('desk:queue')}?{address(view)}",
        "new_url": reverse("desk:new_ticket", args=[client.slug]),
        "reported_url": f"{reverse('desk:suspicious')}?show=all&client={client.slug}",
    }
