"""Reported mail at the desk: the list of all clients, one report with its verdict, and the blocked senders (EML-6)."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal import clock
from portal.idempotency import once
from portal.models import Client
from portal.queries.clients import client_by_slug
from portal.queries.paging import key_of
from portal.tenancy.middleware import PortalRequest
from portal.views.posting import attempt
from tickets.actions.base import is_accepted
from tickets.actions.blocks import Block, block_sender, lift_block
from tickets.actions.spam import judge_report
from tickets.forms.spam import BlockForm, LiftForm, VerdictForm
from tickets.models import SenderBlock, SpamReport, Ticket
from tickets.queries.spam import (
    Sightings,
    blocks_of,
    blocks_on,
    desk_reports,
    own_window,
    report_of,
    seen_before,
    sightings,
)
from tickets.rules.spam import BlockPlace, Link, Suspect, Verdict, warnings_of
from tickets.rules.states import ENDED_STATES, State
from tickets.views.acts import on_ticket
from tickets.views.queue import found
from tickets.views.spam import block_line, mail_facts, verdict_face

TABS = ("waiting", "all")


@require_safe
def reports(request: PortalRequest) -> HttpResponse:
    """Reports of all clients, or of one; those that nobody has judged stand first in the way."""
    tab = request.GET.get("show", "waiting")
    tab = tab if tab in TABS else "waiting"
    client = client_by_slug(request.GET.get("client", ""))
    page = desk_reports(
        waiting=tab == "waiting",
        client_id=client.pk if client else None,
        before=key_of(request.GET.get("before")),
        after=key_of(request.GET.get("after")),
    )
    seen = seen_before(row.sender for row in page.rows)
    chosen = f"show={tab}" + (f"&client={client.slug}" if client else "")
    context = {
        "page": page,
        "rows": [(row, verdict_face(row), seen.get(row.sender, Sightings(1, 1))) for row in page.rows],
        "tab": tab,
        "tabs": [("waiting", _("To judge")), ("all", _("All"))],
        "of_client": client,
        "chosen": chosen,
    }
    return render(request, "desk/suspicious.html", context)


@require_safe
def report(request: PortalRequest, ref: str) -> HttpResponse:
    """One report."""
    ticket = found(ref)
    return show(request, ticket, of_ticket(ticket))


def of_ticket(ticket: Ticket) -> SpamReport:
    """Raises Http404 for a request that is no report."""
    row = report_of(ticket)
    if row is None:
        raise Http404
    return row


def show(
    request: PortalRequest,
    ticket: Ticket,
    row: SpamReport,
    *,
    verdict: VerdictForm | None = None,
    block: BlockForm | None = None,
) -> HttpResponse:
    """The page; verdict and block: forms that could not be taken."""
    address, domain = sightings(row)
    context: dict[str, Any] = {
        "ticket": ticket,
        "facts": mail_facts(row),
        "mail_url": "desk:attachment",
        "warnings": warnings_of(suspect_in(row)),
        "address": address,
        "domain": domain,
        "verdict_form": verdict or VerdictForm(initial=verdict_before(row)),
        "block_form": block or BlockForm(initial={"value": row.sender, "place": BlockPlace.FILTER}),
        "form": verdict or block,
        "blocks": [block_line(one) for one in blocks_on(ticket)],
        "window": own_window(ticket.client_id, request.actor.staff_id, clock.now(), ticket),
        "may_block": is_accepted(ticket) and ticket.state not in (*ENDED_STATES, State.RECEIVED),
    }
    status = 422 if verdict or block else 200
    return render(request, "desk/suspicious_report.html", context, status=status)


def verdict_before(row: SpamReport) -> dict[str, Any]:
    """What the form begins with when a verdict is put right."""
    return {"verdict": row.verdict, "words": row.verdict_words, "resolve": True}


def suspect_in(row: SpamReport) -> Suspect:
    """The stored report as the rules know it."""
    return Suspect(
        name=row.sender_name,
        sender=row.sender,
        reply_to=row.reply_to,
        return_path=row.return_path,
        claims=tuple(row.claims),
        links=tuple(Link(*link) for link in row.links),
        unreadable=row.unreadable,
    )


@on_ticket
def report_judge(request: PortalRequest, ticket: Ticket) -> HttpResponse:
    """The verdict; its sentence goes out as an answer."""
    row, form = of_ticket(ticket), VerdictForm(request.POST)
    if not form.is_valid():
        return show(request, ticket, row, verdict=form)
    given = form.cleaned_data
    done = attempt(
        request,
        lambda: judge_report(
            row.pk,
            Verdict(given["verdict"]),
            given["words"],
            by=request.actor,
            at=clock.now(),
            resolve=given["resolve"],
        ),
    )
    if done is None:
        return show(request, found(ticket.ref), of_ticket(ticket), verdict=form)
    messages.success(request, _("The verdict is kept, and the client gets your sentence."))
    return redirect("desk:suspicious-report", ticket.ref)


@on_ticket
def report_block(request: PortalRequest, ticket: Ticket) -> HttpResponse:
    """A sender who is blocked for this client."""
    row, form = of_ticket(ticket), BlockForm(request.POST)
    if not form.is_valid():
        return show(request, ticket, row, block=form)
    given = form.cleaned_data
    block = Block(form.kind, given["value"], BlockPlace(given["place"]), given["reason"])
    if attempt(request, lambda: block_sender(ticket.pk, block, by=request.actor, at=clock.now())) is None:
        return show(request, found(ticket.ref), row, block=form)
    messages.success(request, _("The block is written down."))
    return redirect("desk:suspicious-report", ticket.ref)


@require_safe
def blocks(request: PortalRequest, slug: str) -> HttpResponse:
    """The blocked senders of one client."""
    return show_blocks(request, client_of(slug))


def client_of(slug: str) -> Client:
    client = client_by_slug(slug)
    if client is None:
        raise Http404
    return client


def show_blocks(request: PortalRequest, client: Client, *, wrong: LiftForm | None = None) -> HttpResponse:
    rows = [block_line(row) for row in blocks_of(client.pk)]
    context = {"of_client": client, "blocks": rows, "lift_form": LiftForm(auto_id=False), "form": wrong}
    return render(request, "desk/suspicious_blocks.html", context, status=422 if wrong else 200)


@require_POST
@once("block lifted")
def lift(request: PortalRequest, slug: str, pk: int) -> HttpResponse:
    """End a block with a reason."""
    client, form = client_of(slug), LiftForm(request.POST)
    row = SenderBlock.objects.filter(client_id=client.pk, pk=pk).first()
    if row is None:
        raise Http404
    if not form.is_valid():
        return show_blocks(request, client, wrong=form)
    reason = form.cleaned_data["reason"]
    if attempt(request, lambda: lift_block(row.pk, reason=reason, by=request.actor, at=clock.now())):
        messages.success(request, _("The block is lifted."))
    return redirect("desk:suspicious-blocks", slug)
