"""Who gets copies of the answers on a request: one page for each side, adding and taking off."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal import clock
from portal.idempotency import once
from portal.queries.people import contract_day
from portal.tenancy.middleware import PortalRequest
from portal.views.posting import attempt, posted
from tickets.actions.watching import unwatch, watch
from tickets.forms.watching import WatcherForm
from tickets.models import Ticket, TicketWatcher
from tickets.queries.watching import addable, adder_of, watchers_of
from tickets.rules.watching import Adder
from tickets.views import client, queue


@require_http_methods(["GET", "HEAD", "POST"])
@once("watcher added")
def client_watchers(request: PortalRequest, slug: str, ref: str) -> HttpResponse:
    """The client's page: its requester and managers add and take off, everybody else follows or leaves."""
    return page(request, client.found(request, ref), "client/watchers.html", ("client:watchers", [slug, ref]))


@require_http_methods(["GET", "HEAD", "POST"])
@once("watcher added")
def desk_watchers(request: PortalRequest, ref: str) -> HttpResponse:
    """The same at the desk."""
    return page(request, queue.found(ref), "desk/watchers.html", ("desk:watchers", [ref]))


def page(request: PortalRequest, ticket: Ticket, template: str, address: tuple[str, list[str]]) -> HttpResponse:
    """Show who gets copies; a post adds somebody."""
    people = addable(ticket, request.actor, contract_day(clock.now()))
    form = WatcherForm(posted(request)[0], people=people)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        row = attempt(
            request,
            lambda: watch(
                ticket.pk, person_id=given["person"].pk, by_mail=given["by_mail"], by=request.actor, at=clock.now()
            ),
        )
        if row is not None:
            said = _("%(person)s gets a copy of each answer from now on.") % {"person": row.membership.label}
            messages.success(request, said)
            return redirect(reverse(address[0], args=address[1]))
    context = {
        "ticket": ticket,
        "rows": rows_of(request, ticket, address),
        "form": form,
        "may_add": people.exists(),
    }
    return render(request, template, context, status=422 if request.method == "POST" else 200)


def rows_of(request: PortalRequest, ticket: Ticket, address: tuple[str, list[str]]) -> list[dict[str, Any]]:
    """A line for each watcher, with the address that ends it where this person may."""
    adder = adder_of(ticket, request.actor)
    name, args = f"{address[0].partition(':')[0]}:unwatch", address[1]
    return [
        {
            "person": row.membership,
            "by_mail": row.by_mail,
            "added_by": row.added_by,
            "added_at": row.added_at,
            "is_me": row.membership.user_id == request.actor.user_id,
            "end_url": reverse(name, args=[*args, row.pk])
            if adder != Adder.OTHER or row.membership.user_id == request.actor.user_id
            else "",
        }
        for row in watchers_of(ticket)
    ]


@require_POST
@once("watcher removed")
def client_unwatch(request: PortalRequest, slug: str, ref: str, pk: int) -> HttpResponse:
    """End somebody's copies, or leave."""
    ticket = client.found(request, ref)
    end(request, ticket, pk)
    return redirect("client:watchers", slug, ref)


@require_POST
@once("watcher removed")
def desk_unwatch(request: PortalRequest, ref: str, pk: int) -> HttpResponse:
    """The same at the desk."""
    end(request, queue.found(ref), pk)
    return redirect("desk:watchers", ref)


def end(request: PortalRequest, ticket: Ticket, pk: int) -> None:
    """Raises Http404 for a row of another request."""
    try:
        done = attempt(request, lambda: unwatch(ticket.pk, watcher_id=pk, by=request.actor, at=clock.now()))
    except TicketWatcher.DoesNotExist:
        raise Http404 from None
    if done is not None:
        messages.success(request, _("No more copies go there."))
