"""A person's inbox inside the portal: /desk/notices/ and /c/<slug>/notices/."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from portal import clock
from portal.actions.notices import mark_read
from portal.queries.notices import notices_of
from portal.queries.paging import key_of
from portal.tenancy.middleware import PortalRequest


def page(request: PortalRequest, template: str) -> HttpResponse:
    given = request.GET
    rows = notices_of(request.user.pk or 0, before=key_of(given.get("before")), after=key_of(given.get("after")))
    return render(request, template, {"page": rows, "any_unread": any(not row.read_at for row in rows.rows)})


@require_safe
def for_staff(request: PortalRequest) -> HttpResponse:
    """A colleague's own notices, newest first."""
    return page(request, "desk/notices.html")


@require_safe
def for_client(request: PortalRequest, slug: str) -> HttpResponse:
    """A client's person: their own notices about this client."""
    return page(request, "client/notices.html")


@require_POST
def read_by_staff(request: PortalRequest) -> HttpResponse:
    """Mark all of one's notices as read; twice does no harm."""
    mark_read(by=request.actor, at=clock.now())
    return HttpResponseRedirect(reverse("desk:notices"))


@require_POST
def read_by_client(request: PortalRequest, slug: str) -> HttpResponse:
    """Mark all of one's notices about this client as read."""
    mark_read(by=request.actor, at=clock.now())
    return HttpResponseRedirect(reverse("client:notices", args=[slug]))
