"""Acts on many rows of the queue, and what came of them."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock
from portal.idempotency import once
from portal.tenancy.middleware import PortalRequest
from portal.views.posting import attempt
from tickets.actions.bulk import act_on_many, undo_many
from tickets.forms.triage import BulkForm
from tickets.models import BulkAct, Ticket
from tickets.queries.people import staff_on
from tickets.queries.problems import unresolved
from tickets.queries.related import tag_words
from tickets.rules.references import normal_reference
from tickets.rules.states import BulkKind
from tickets.rules.triage import MOST_AT_ONCE, UNDO_BULK
from tickets.views.panel import today


@require_http_methods(["GET", "HEAD", "POST"])
@once("acted on many")
def bulk(request: PortalRequest) -> HttpResponse:
    """What can be done to the chosen rows (GET, a part of the queue's page); doing it to every one of them (POST)."""
    colleagues = staff_on(today(clock.now()))
    if request.method != "POST":
        facts = {"staff": colleagues, "tag_words": tag_words(), "problems": unresolved()[:50]}
        return render(request, "desk/parts/bulk_bar.html", facts)
    form = BulkForm(request.POST, staff=colleagues)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("desk:queue")
    refs = [normal_reference(said) or "" for said in request.POST.getlist("refs")[: MOST_AT_ONCE + 1]]
    chosen = list(Ticket.objects.filter(ref__in=refs).values_list("pk", flat=True))
    kind, value = BulkKind(form.cleaned_data["act"]), form.value()
    act = attempt(request, lambda: act_on_many(chosen, kind, value, by=request.actor, at=clock.now()))
    return redirect("desk:bulk-result", act.pk) if act else redirect("desk:queue")


@require_safe
def result(request: PortalRequest, pk: int) -> HttpResponse:
    """What came of it, for the person who did it."""
    act = own(request, pk)
    may_undo = act.undone_at is None and clock.now() <= act.made_at + UNDO_BULK
    return render(request, "desk/bulk.html", {"act": act, "may_undo": may_undo})


@require_POST
@once("acted on many undone")
def undo(request: PortalRequest, pk: int) -> HttpResponse:
    """Put it all back."""
    if attempt(request, lambda: undo_many(own(request, pk).pk, by=request.actor, at=clock.now())):
        messages.success(request, _("Undone."))
    return redirect("desk:bulk-result", pk)


def own(request: PortalRequest, pk: int) -> BulkAct:
    """The person's own act; 404 for a colleague's as for one that never was."""
    act = BulkAct.objects.filter(pk=pk, by_staff_id=request.actor.staff_id or 0).first()
    if act is None:
        raise Http404
    return act
