"""What is planned on a request: its page at the desk, planning, and taking a plan back."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal import clock
from portal.idempotency import once
from portal.queries.contract import calendar_at, worktime_of
from portal.templatetags.times import london_banner
from portal.tenancy.middleware import PortalRequest
from portal.views.posting import attempt, posted
from tickets.actions.base import EditConflict
from tickets.actions.followups import cancel_follow_up, plan_follow_up
from tickets.forms.followups import FollowUpForm
from tickets.models import FollowUp, Ticket
from tickets.queries.followups import follow_ups_of
from tickets.queries.people import staff_on
from tickets.rules.followups import Plan
from tickets.rules.states import ENDED_STATES
from tickets.views.acts import on_ticket
from tickets.views.conflict import conflict
from tickets.views.queue import found

MOST_SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@once("follow-up planned")
def follow_ups(request: PortalRequest, ref: str) -> HttpResponse:
    """What is planned and what became of it; a post plans something."""
    ticket, at = found(ref), clock.now()
    calendar = worktime_of(calendar_at(at))
    form = FollowUpForm(
        posted(request)[0], staff=staff_on(calendar.local_date(at)), at=at, calendar=calendar,
        initial={"version": ticket.version},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            row = attempt(request, lambda: _plan(request, ticket, form))
        except EditConflict:
            return conflict(request, found(ref))
        if row is not None:
            said = _("Planned for %(when)s.") % {"when": london_banner(row.due_at)}
            messages.success(request, said)
            return redirect("desk:ticket", ticket.ref)
    context = {
        "ticket": ticket,
        "rows": list(follow_ups_of(ticket)[:MOST_SHOWN]),
        "form": form,
        "may_plan": ticket.state not in ENDED_STATES,
    }
    return render(request, "desk/follow_ups.html", context, status=422 if request.method == "POST" else 200)


def _plan(request: PortalRequest, ticket: Ticket, form: FollowUpForm) -> FollowUp:
    given = form.cleaned_data
    return plan_follow_up(
        ticket.pk, Plan(given["plan"]), due_at=given["due_at"], words=given["words"], to=given["to"],
        told_client=given["told_client"], by=request.actor, at=clock.now(), seen=given["version"],
    )  # fmt: skip


@on_ticket
def cancel(request: PortalRequest, ticket: Ticket, pk: int) -> HttpResponse:
    """Take a plan back."""
    try:
        done = attempt(request, lambda: cancel_follow_up(ticket.pk, pk, by=request.actor, at=clock.now()))
    except FollowUp.DoesNotExist:
        raise Http404 from None
    if done is not None:
        messages.success(request, _("The follow-up is cancelled."))
    return redirect("desk:ticket", ticket.ref)
