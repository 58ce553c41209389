"""Signed documents of one request, on both sides: asked for, watched while a worker makes them, fetched."""

from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock
from portal.files import open_stored
from portal.idempotency import once
from portal.rules.making import UNMADE, MakingState
from portal.tenancy.middleware import PortalRequest, is_htmx
from portal.views.posting import attempt
from tickets.actions.papers import ask_for_paper
from tickets.models import Ticket, TicketDocument
from tickets.queries.access import ticket_for_client, ticket_for_staff
from tickets.queries.papers import newest_papers, papers_of
from tickets.rules.papers import PAPER_LABELS, Paper

OFFERS = [(str(paper), label) for paper, label in PAPER_LABELS.items()]


def papers_offer(ticket: Ticket) -> dict[str, Any]:
    """What the card on the desk's page of a request needs; its list is fetched when it comes into view."""
    return {"url": reverse("desk:papers", args=[ticket.ref]), "offers": OFFERS, "is_later": True}


def papers_part(ticket: Ticket, slug: str = "") -> dict[str, Any]:
    """What templates/parts/ticket_papers.html shows. slug: the client's own page; else the desk's."""
    where = [slug, ticket.ref] if slug else [ticket.ref]
    side = "client" if slug else "desk"
    rows = newest_papers(ticket)
    return {
        "url": reverse(f"{side}:papers", args=where),
        "offers": OFFERS,
        "rows": [paper_row(one, reverse(f"{side}:paper", args=[*where, one.pk])) for one in rows],
        "busy": any(one.state in UNMADE for one in rows),
    }


def paper_row(one: TicketDocument, url: str) -> dict[str, Any]:
    """One document; `url` is "" unless it may be fetched."""
    return {
        "label": PAPER_LABELS[Paper(one.kind)],
        "request": one,
        "url": url if may_fetch(one) else "",
        "stale": one.stale,  # type: ignore[attr-defined]
        "busy": one.state in UNMADE,
    }


def may_fetch(one: TicketDocument) -> bool:
    """Ready, and nothing that it shows was withdrawn since."""
    return one.state == MakingState.READY and not one.stale  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@once("client document asked")
def client_papers(request: PortalRequest, slug: str, ref: str) -> HttpResponse:
    """The list of a request's documents; a post asks for one."""
    try:
        ticket = ticket_for_client(request.actor, ref)
    except Ticket.DoesNotExist:
        raise Http404 from None
    return answer(request, ticket, slug)


@require_http_methods(["GET", "HEAD", "POST"])
@once("desk document asked")
def staff_papers(request: PortalRequest, ref: str) -> HttpResponse:
    """The same at the desk."""
    return answer(request, for_staff(ref), "")


def for_staff(ref: str) -> Ticket:
    try:
        return ticket_for_staff(ref)
    except Ticket.DoesNotExist:
        raise Http404 from None


def answer(request: PortalRequest, ticket: Ticket, slug: str) -> HttpResponse:
    """The list alone for htmx, else a page with it; back to the request's page after asking."""
    if request.method != "POST":
        papers = papers_part(ticket, slug)
        if is_htmx(request):
            return render(request, "parts/ticket_papers.html", {"papers": papers})
        about = {"ref": ticket.ref, "title": _("Signed copies"), "part": "parts/ticket_papers_card.html"}
        return render(
            request, "client/beside.html" if slug else "desk/beside.html", about | {"ticket": ticket, "papers": papers}
        )
    try:
        paper = Paper(request.POST.get("kind", ""))
    except ValueError:
        raise Http404 from None
    attempt(request, lambda: ask_for_paper(ticket.pk, paper, by=request.actor, at=clock.now()))
    return redirect("client:ticket", slug, ticket.ref) if slug else redirect("desk:ticket", ticket.ref)


@require_safe
def client_paper(request: PortalRequest, slug: str, ref: str, pk: int) -> FileResponse:
    """A document of a request that this person may see: the same bytes every time."""
    try:
        ticket = ticket_for_client(request.actor, ref)
    except Ticket.DoesNotExist:
        raise Http404 from None
    return file_of(ticket, pk)


@require_safe
def staff_paper(request: PortalRequest, ref: str, pk: int) -> FileResponse:
    """The same at the desk."""
    return file_of(for_staff(ref), pk)


def file_of(ticket: Ticket, pk: int) -> FileResponse:
    one = papers_of(ticket).filter(pk=pk).first()
    if one is None or one.document is None or not may_fetch(one):
        raise Http404
    name = f"{one.document.number}.pdf"
    body = open_stored(one.document.storage_name)
    response = FileResponse(body, as_attachment=True, filename=name, content_type="application/pdf")
    response["Cache-Control"] = "private, no-store"
    return response
