"""Scope, charge and time of one request at the desk: the card beside the ticket, the page with the ledger, and their acts."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import clock
from portal.queries.offer import rate_card_on
from portal.queries.people import contract_day
from portal.rules.states import Grade
from portal.templatetags.times import local
from portal.tenancy.middleware import PortalRequest
from portal.views.posting import attempt
from tickets.actions import charging, timing
from tickets.actions.base import is_accepted
from tickets.forms.charging import ChargeForm, RulingForm, TakeBackForm, TimeForm, TimerForm
from tickets.models import Ticket, TimeEntry
from tickets.queries.charges import Standing, charges_of, offer_of, proposal_of, rulings_of, standing, time_of
from tickets.rules.charge import Form
from tickets.rules.scope import AREA_WORDS, CHARGED, NEXT_STEP, OUTCOME_WORDS, Area, Outcome
from tickets.rules.states import ENDED_STATES
from tickets.views.acts import on_ticket
from tickets.views.queue import found


def charge_card(request: PortalRequest, ticket: Ticket) -> Mapping[str, Any] | None:
    """The card of the contract panel; None on a comment on the terms, which is never charged."""
    if ticket.clause:
        return None
    if ticket.accepted_at is None:
        return {"ticket": ticket, "now": None}
    return {"ticket": ticket} | facts_of(ticket, standing(ticket, staff_id=request.actor.staff_id))


def facts_of(ticket: Ticket, now: Standing) -> dict[str, Any]:
    """What card and page both show."""
    outcome = now.outcome
    charged = outcome in CHARGED
    day = contract_day_of(ticket, now)
    return {
        "now": now,
        "words": OUTCOME_WORDS[outcome] if outcome else "",
        "next_step": NEXT_STEP[outcome] if outcome else "",
        "charged": charged,
        "proposal": proposal_of(ticket, now),
        "proposed_words": OUTCOME_WORDS[proposal_of(ticket, now).outcome],
        "may_rule": is_accepted(ticket) and ticket.state not in ENDED_STATES,
        "may_work": outcome is not None and is_accepted(ticket) and (not charged or (now.approved is not None and day)),
        "timer_here": now.mine if now.mine and now.mine[0] == ticket.ref else None,
        "timer_elsewhere": now.mine if now.mine and now.mine[0] != ticket.ref else None,
        "seconds": sum(one.seconds for one in now.entries),
    }


def contract_day_of(ticket: Ticket, now: Standing) -> bool:
    """Whether the approved estimate leaves room for more time today."""
    room = now.room(local(clock.now()).date())
    return room is None or room > 0


@require_safe
def work(request: PortalRequest, ref: str) -> HttpResponse:
    """The page: ruling, charges, time."""
    return work_page(request, found(ref))


def work_page(request: PortalRequest, ticket: Ticket, *, status: int = 200, **unsound: forms.Form) -> HttpResponse:
    """The page with every form; unsound: a form that was posted and could not be taken, by its name."""
    if ticket.clause:
        raise Http404
    now, at = standing(ticket, staff_id=request.actor.staff_id), clock.now()
    entries = list(time_of(ticket))
    back = {one.reverses_id for one in entries if one.reverses_id}
    context = facts_of(ticket, now) | {
        "ticket": ticket,
        "rulings": [
            (row, OUTCOME_WORDS[Outcome(row.outcome)], AREA_WORDS[Area(row.area)]) for row in rulings_of(ticket)
        ],
        "charges": [(row, offer_of(row)) for row in charges_of(ticket)],
        "entries": [(row, may_take_back(request, row, back)) for row in entries],
        "by_area": [(AREA_WORDS[area], proposal_of(ticket, now, area)) for area in Area],
        "outcome_words": OUTCOME_WORDS,
        "rate": rate_card_on(contract_day(at)),
        "ruling_form": RulingForm(initial={"area": now.area, "version": ticket.version}),
        "charge_form": ChargeForm(initial={"form": Form.HOURLY, "version": ticket.version}),
        "time_form": TimeForm(initial={"started_at": local(at).replace(second=0, microsecond=0)}),
    }
    return render(request, "desk/work.html", context | unsound, status=status)


def may_take_back(request: PortalRequest, row: TimeEntry, back: set[int]) -> bool:
    """Whether the reader may reverse an entry that nobody has reversed."""
    mine = row.staff_id == request.actor.staff_id or request.actor.role in (Grade.LEAD, Grade.ADMIN)
    return row.reverses_id is None and row.pk not in back and mine


def led_back(request: PortalRequest, ticket: Ticket) -> HttpResponse:
    """To the page from which the form was sent."""
    return redirect("desk:work" if request.POST.get("from") == "work" else "desk:ticket", ticket.ref)


def tried(request: PortalRequest, ticket: Ticket, act: Callable[[], object], said: str) -> HttpResponse:
    """Do it, say so or why not, and lead back."""
    if attempt(request, act) is not None:
        messages.success(request, said)
    return led_back(request, ticket)


@on_ticket
def rule(request: PortalRequest, ticket: Ticket) -> HttpResponse:
    """Rule the request, or confirm what the contract proposes."""
    form = RulingForm(request.POST)
    if not form.is_valid():
        return work_page(request, ticket, status=422, ruling_form=form)
    given = form.cleaned_data
    outcome = Outcome(given["outcome"]) if given["outcome"] else None
    verdict = charging.Verdict(Area(given["area"]), outcome, given["reason"], given["quote_for"])
    return tried(
        request,
        ticket,
        lambda: charging.rule(ticket.pk, verdict, by=request.actor, at=clock.now(), seen=given["version"]),
        _("%(ref)s is ruled.") % {"ref": ticket.ref},
    )


@on_ticket
def ask_charge(request: PortalRequest, ticket: Ticket) -> HttpResponse:
    """Ask the client's managers to approve a charge."""
    form = ChargeForm(request.POST)
    if not form.is_valid():
        return work_page(request, ticket, status=422, charge_form=form)
    given = form.cleaned_data
    offer = charging.Offer(Form(given["form"]), given["work"], given["minutes"] or 0, given["fixed"])
    return tried(
        request,
        ticket,
        lambda: charging.ask_charge(ticket.pk, offer, by=request.actor, at=clock.now(), seen=given["version"]),
        _("The client’s managers are asked by mail. Time can be written down after their yes."),
    )


@on_ticket
def start(request: PortalRequest, ticket: Ticket) -> HttpResponse:
    """Start the reader's timer."""
    act = lambda: timing.start_timer(ticket.pk, by=request.actor, at=clock.now())  # noqa: E731
    return tried(request, ticket, act, _("Your timer runs."))


@on_ticket
def stop(request: PortalRequest, ticket: Ticket) -> HttpResponse:
    """Stop the reader's timer."""
    form = TimerForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(one) for errors in form.errors.values() for one in errors))
        return led_back(request, ticket)
    given = form.cleaned_data
    return tried(
        request,
        ticket,
        lambda: timing.stop_timer(ticket.pk, given["work"], by=request.actor, at=clock.now(), free=given["free"]),
        _("The time is written down."),
    )


@on_ticket
def add_time(request: PortalRequest, ticket: Ticket) -> HttpResponse:
    """Write time down by hand."""
    form = TimeForm(request.POST)
    if not form.is_valid():
        return work_page(request, ticket, status=422, time_form=form)
    given = form.cleaned_data
    worked = timing.Work(given["started_at"], given["minutes"] * 60, given["work"], given["free"])
    return tried(
        request,
        ticket,
        lambda: timing.add_time(ticket.pk, worked, by=request.actor, at=clock.now()),
        _("The time is written down."),
    )


@on_ticket
def take_back(request: PortalRequest, ticket: Ticket, pk: int) -> HttpResponse:
    """Take an entry back by a row of its own."""
    if not TimeEntry.objects.filter(pk=pk, ticket_id=ticket.pk).exists():
        raise Http404
    form = TakeBackForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(one) for errors in form.errors.values() for one in errors))
        return redirect("desk:work", ticket.ref)
    reason = form.cleaned_data["reason"]
    return tried(
        request,
        ticket,
        lambda: timing.reverse_time(pk, reason, by=request.actor, at=clock.now()),
        _("The time is taken back; both rows stay on record."),
    )
