"""A client's requests: the list, one request as a conversation, the reply, and "this is settled"."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal import clock
from portal.files import discarded_on_failure
from portal.files.forms import status_of
from portal.idempotency import once
from portal.models import Membership
from portal.rules.states import Role
from portal.tenancy.middleware import PortalRequest
from portal.views.posting import attempt
from tickets.actions.intake import add_client_message, solved_by_client
from tickets.forms import ClientReplyForm
from tickets.models import Ticket
from tickets.queries.access import ticket_for_client, tickets_for_client
from tickets.queries.client import CLIENT_VIEWS, client_page
from tickets.queries.spam import is_report
from tickets.queries.thread import timeline
from tickets.rules.states import State
from tickets.views.attachments import keeping_files
from tickets.views.chargeanswer import cost_of
from tickets.views.panel import explained
from tickets.views.papers import papers_part
from tickets.views.sentences import chip_of, promise_line, say_of
from tickets.views.thread import lines_for


@require_safe
def requests(request: PortalRequest, slug: str) -> HttpResponse:
    """The requests this person may see, newest first, fifty a page."""
    name = request.GET.get("view", "open")
    name = name if name in CLIENT_VIEWS else "open"
    try:
        page = client_page(request.actor, name, after=request.GET.get("after", ""))
    except ValueError:
        raise Http404 from None
    context = {
        "rows": [row_of(ticket, clock.now()) for ticket in page.rows],
        "view": name,
        "views": CLIENT_VIEWS,
        "older": page.next_cursor,
        "newer": bool(request.GET.get("after")),
        "is_manager": request.actor.role == Role.MANAGER,
    }
    return render(request, "client/requests.html", context)


def row_of(ticket: Ticket, at: datetime) -> dict[str, Any]:
    """One line of the list, in sentences."""
    return {"ticket": ticket, "say": say_of(ticket, at), "chip": chip_of(ticket)}


@require_safe
def request_page(request: PortalRequest, slug: str, ref: str) -> HttpResponse:
    """One request."""
    return show(request, found(request, ref))


def show(
    request: PortalRequest, ticket: Ticket, *, form: ClientReplyForm | None = None, status: int = 200
) -> HttpResponse:
    """The request's page; form: a reply that could not be sent."""
    at = clock.now()
    context = {
        "ticket": ticket,
        "lines": lines_for(
            timeline(ticket, client_side=True), ticket, at=at, slug=request.client.slug if request.client else ""
        ),
        "promise": promise_line(ticket, at),
        "explained": explained(ticket.clock) if hasattr(ticket, "clock") else [],
        "chip": chip_of(ticket),
        "cost": cost_of(request, ticket),
        "form": form or ClientReplyForm(),
        "papers": papers_part(ticket, request.client.slug if request.client else ""),
        "merged_into": pointer(request, ticket),
        "is_report": is_report(ticket),
        "can_settle": ticket.state == State.RESOLVED,
        "is_ended": ticket.state in (State.CLOSED, State.DECLINED, State.RESOLVED, State.MERGED),
    }
    return render(request, "client/request.html", context, status=status)


def pointer(request: PortalRequest, ticket: Ticket) -> str:
    """Where a merged request is answered, if this person may see that one; else "" (D24)."""
    seen = tickets_for_client(request.actor).filter(pk=ticket.merged_into_id or 0)
    return seen.values_list("ref", flat=True).first() or ""


def found(request: PortalRequest, ref: str) -> Ticket:
    """A request this person may see, or the same 404 as for one that never was."""
    try:
        return ticket_for_client(request.actor, ref)
    except Ticket.DoesNotExist:
        raise Http404 from None


def member(request: PortalRequest) -> Membership:
    """The membership that the page runs under."""
    if request.membership is None:
        raise LookupError("A client's page runs only inside the client's scope.")
    return request.membership


@require_POST
@once("client reply")
def reply(request: PortalRequest, slug: str, ref: str) -> HttpResponse:
    """The client's answer; on a finished request it reopens it within 14 days."""
    ticket = found(request, ref)
    form = keeping_files(request, ClientReplyForm(request.POST, request.FILES))
    if not form.is_valid():
        return show(request, ticket, form=form, status=status_of(form))
    files = form.cleaned_data["files"] or ()
    with discarded_on_failure(files):
        done = attempt(
            request,
            lambda: add_client_message(
                ticket.pk,
                form.cleaned_data["body"],
                author=member(request),
                by=request.actor,
                at=clock.now(),
                files=files,
            ),
        )
    if done is None:
        return show(request, ticket, form=form, status=422)
    messages.success(request, _("Thank you. Your message is with us."))
    return redirect("client:ticket", slug, ref)


@require_POST
@once("request settled")
def settled(request: PortalRequest, slug: str, ref: str) -> HttpResponse:
    """The client says that the matter is settled."""
    ticket = found(request, ref)
    if attempt(request, lambda: solved_by_client(ticket.pk, by=request.actor, at=clock.now())):
        messages.success(request, _("Glad it is settled. You can open it again within 14 days by writing to it."))
    return redirect("client:ticket", slug, ref)
