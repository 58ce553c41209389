"""The form that a request came by, beside it at the desk: its answers, what it rests on, and the checklist."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import clock
from portal.errors import Refused
from portal.tenancy.middleware import PortalRequest, is_htmx
from portal.views.answers import first_error
from tickets.actions.checklist import tick_step
from tickets.forms import KIND_LABELS
from tickets.forms.requestforms import TickForm
from tickets.models import FilledForm, Ticket
from tickets.queries.requestforms import checklist_of, filled_form_of, said_in
from tickets.rules.requestforms import LEADS_WORDS, Leads
from tickets.rules.scope import AREA_WORDS, Area
from tickets.rules.states import ENDED_STATES, Kind
from tickets.views.acts import on_ticket
from tickets.views.beside import part
from tickets.views.queue import found


@require_safe
def card(request: PortalRequest, ref: str) -> HttpResponse:
    """The card, fetched when the ticket's page is looked at; without scripts a page of its own."""
    ticket = found(ref)
    return part(request, ref, _("The form and its checklist"), "desk/parts/form_card.html", **facts_of(ticket))


def facts_of(ticket: Ticket) -> dict[str, Any]:
    """What the card shows. Raises Http404 for a request that came by no form."""
    filled = filled_form_of(ticket)
    if filled is None:
        raise Http404
    version = filled.version
    return {
        "ticket": ticket,
        "filled": filled,
        "said": said_in(filled),
        "steps": checklist_of(filled),
        "kind_words": KIND_LABELS[Kind(version.kind)],
        "area_words": AREA_WORDS[Area(version.area)],
        "leads_words": "" if version.leads == Leads.NOTHING else LEADS_WORDS[Leads(version.leads)],
        "touches_data": version.leads in (Leads.RESET, Leads.CORRECTION, Leads.FILES),
        "may_tick": ticket.state not in ENDED_STATES,
    }


@on_ticket
def step(request: PortalRequest, ticket: Ticket) -> HttpResponse:
    """Tick a step or take the tick back; the card comes back by itself where scripts run."""
    problem = problem_with(request, ticket)
    if not is_htmx(request):
        if problem:
            messages.error(request, problem)
        return redirect("desk:ticket", ticket.ref)
    answer = render(request, "desk/parts/form_card.html", {**facts_of(ticket), "problem": problem})
    if not problem:
        answer["X-Done"] = reverse("desk:ticket", args=[ticket.ref])
    return answer


def problem_with(request: PortalRequest, ticket: Ticket) -> str:
    """Do what the post says; the sentence that says why not, else "". Raises Http404."""
    form = TickForm(request.POST)
    if not form.is_valid():
        return first_error(form)
    key, done = form.cleaned_data["step"], form.cleaned_data["done"] == "1"
    try:
        with transaction.atomic():
            tick_step(ticket.pk, key, done=done, by=request.actor, at=clock.now())
    except Refused as refused:
        return refused.sentence
    except FilledForm.DoesNotExist:
        raise Http404 from None
    return ""
