"""A request that was made for the wrong client goes to the right one (CMP-5)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal import clock
from portal.idempotency import once
from portal.models import Client
from portal.queries.clients import active_clients
from portal.queries.people import contract_day
from portal.tenancy.middleware import PortalRequest
from portal.views.answers import form_page, posted
from tickets.actions.base import EditConflict
from tickets.actions.moving import Disclosure, Moved, move_client
from tickets.forms.moving import TOLD, MoveClientForm
from tickets.models import Ticket
from tickets.queries.moving import could_see, movable_files, movable_messages
from tickets.queries.people import members_on
from tickets.views.conflict import conflict
from tickets.views.queue import found


@require_http_methods(["GET", "HEAD", "POST"])
@once("request moved to another client")
def to_client(request: PortalRequest, ref: str) -> HttpResponse:
    """First the client is chosen, then the rest is asked."""
    ticket = found(ref)
    others = active_clients().exclude(pk=ticket.client_id)
    to = others.filter(slug=request.POST.get("client") or request.GET.get("client", "")).first()
    if to is None:
        return render(request, "desk/move_client.html", {"ticket": ticket, "others": others})
    try:
        return asked(request, ticket, to)
    except EditConflict:
        return conflict(request, found(ref))


def asked(request: PortalRequest, ticket: Ticket, to: Client) -> HttpResponse:
    """The form for one client; afterwards the copy's page."""
    at = clock.now()

    def act(given: dict[str, Any]) -> str:
        disclosure = Disclosure(given["disclosed"], given["saw"], given["sentence"])
        moved = Moved(given.get("messages", ()), given.get("files", ()), given["reason"], given["told"], disclosure)
        by, requester_id = request.actor, given["requester"].pk
        copy = move_client(ticket.pk, requester_id=requester_id, moved=moved, by=by, at=at, seen=given["version"])
        return reverse("desk:ticket", args=[copy.ref])

    said = _("It is a request of %(name)s now. Its acknowledgement is on its way.") % {"name": to.name}
    return form_page(
        request, "desk/move_client.html", form_for(request, ticket, to), act, said=said, ticket=ticket, to=to
    )


def form_for(request: PortalRequest, ticket: Ticket, to: Client) -> MoveClientForm:
    """With the person of the same account there named already, where there is one."""
    at = clock.now()
    people = members_on(to.pk, contract_day(at))
    same = people.filter(user_id=ticket.requester.user_id).first()
    begin = {"client": to.slug, "version": ticket.version, "requester": same, "told": TOLD}
    messages, files = movable_messages(ticket), movable_files(ticket)
    return MoveClientForm(
        posted(request), people=people, messages=messages, files=files, seen_by=could_see(ticket, at), initial=begin
    )
