"""A request that staff write down for a client, for example after a call (HLP-6)."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal import clock
from portal.files import discarded_on_failure
from portal.files.forms import status_of
from portal.idempotency import once
from portal.models import Client
from portal.queries.clients import client_by_slug
from portal.tenancy.middleware import PortalRequest
from portal.views.posting import attempt, posted
from tickets.actions.intake import raise_request
from tickets.forms import DeskAskForm, asked
from tickets.queries.seen import asking_choices
from tickets.rules.states import Channel
from tickets.views.attachments import keeping_files


@require_http_methods(["GET", "HEAD", "POST"])
@once("request written down")
def new_ticket(request: PortalRequest, slug: str) -> HttpResponse:
    """The form for one client. The acknowledgement goes out to the person who asked, and the clock starts with it."""
    client = client_by_slug(slug)
    if client is None:
        raise Http404
    form = keeping_files(request, desk_form(request, client))
    if request.method == "POST" and form.is_valid():
        given, requester = asked(form.cleaned_data), form.cleaned_data["requester"]
        with discarded_on_failure(given.files):
            ticket = attempt(
                request,
                lambda: raise_request(
                    given, requester=requester, by=request.actor, at=clock.now(), channel=Channel.PHONE
                ),
            )
        if ticket:
            messages.success(
                request,
                _("%(ref)s is written down. The acknowledgement goes to %(email)s.")
                % {"ref": ticket.ref, "email": requester.email},
            )
            return redirect("desk:ticket", ticket.ref)
    context = {"form": form.drawn(**asking_choices(client.pk, clock.now())), "of_client": client}
    return render(request, "desk/new_ticket.html", context, status=status_of(form) if request.method == "POST" else 200)


def desk_form(request: PortalRequest, client: Client) -> DeskAskForm:
    """The form, which knows of this client's people and tenants those that are posted."""
    return DeskAskForm(*posted(request), **asking_choices(client.pk, clock.now(), given=request.POST))
