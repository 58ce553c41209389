"""What a client sees of a charge: the cost on its request's page, and the page on which a manager says yes or no."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal import clock
from portal.idempotency import once
from portal.rules.people import manages
from portal.tenancy.middleware import PortalRequest
from portal.views.posting import attempt
from tickets.actions.charging import answer_charge
from tickets.forms.charging import ChargeAnswerForm
from tickets.models import ChargeApproval, Ticket
from tickets.queries.access import tickets_for_client
from tickets.queries.charges import charge_of_client, offer_of, standing
from tickets.rules.charge import Answer, may_answer
from tickets.rules.scope import NEXT_STEP, OUTCOME_WORDS


def cost_of(request: PortalRequest, ticket: Ticket) -> dict[str, Any]:
    """The ruling, the open question and the cost as the request's page shows them; one query."""
    now = standing(ticket, for_staff=False)
    outcome = now.outcome
    return {
        "now": now,
        "words": OUTCOME_WORDS[outcome] if outcome else "",
        "next_step": NEXT_STEP[outcome] if outcome else "",
        "may_answer": may_answer(is_manager=manages(request.actor, ticket.client_id)),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@once("charge answered")
def charge(request: PortalRequest, slug: str, ref: str, pk: int) -> HttpResponse:
    """The question with rate and estimate; a manager answers it. Of a confidential request only those it names see the words."""
    if not may_answer(is_manager=manages(request.actor, request.actor.client_id or 0)):
        raise PermissionDenied(_("Only a manager of your organisation can say yes or no to a charge."))
    try:
        row = charge_of_client(request.actor.client_id or 0, ref, pk)
    except ChargeApproval.DoesNotExist:
        raise Http404 from None
    shown = tickets_for_client(request.actor).filter(pk=row.ticket_id).exists()
    form = ChargeAnswerForm(request.POST) if request.method == "POST" else ChargeAnswerForm()
    if request.method == "POST" and form.is_valid() and answered(request, row, form.cleaned_data):
        return redirect("client:ticket", slug, ref) if shown else redirect("client:home", slug)
    facts = {"charge": row, "offer": offer_of(row), "shown": shown, "form": form, "is_open": row.answer == Answer.ASKED}
    return render(request, "client/charge.html", facts, status=422 if request.method == "POST" else 200)


def answered(request: PortalRequest, row: ChargeApproval, given: dict[str, Any]) -> bool:
    """Keep the answer; False when it was refused."""
    yes = given["answer"] == "yes"
    done = attempt(
        request, lambda: answer_charge(row.pk, yes=yes, by=request.actor, at=clock.now(), note=given["note"])
    )
    if done:
        messages.success(
            request, _("Thank you. We begin now.") if yes else _("Thank you. We do not begin, and nothing is charged.")
        )
    return done is not None
