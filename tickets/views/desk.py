"""Drafts, saved answers and saved views at the desk."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock
from portal.idempotency import once
from portal.models import Client
from portal.tenancy.middleware import PortalRequest
from portal.views.posting import attempt, posted
from tickets.actions import desk
from tickets.forms.triage import DraftForm, SavedAnswerForm, SavedViewForm
from tickets.models import SavedAnswer, SavedView
from tickets.queries.desk import answers_for, views_for
from tickets.rules.answers import unknown_placeholders
from tickets.rules.states import MessageKind
from tickets.views.queue import View, address, found


@require_POST
def draft(request: PortalRequest, ref: str) -> HttpResponse:
    """Keep what stands in the composer. Said twice it is the same, so it wears no key: that one is for sending."""
    form = DraftForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    given, ticket = form.cleaned_data, found(ref)
    desk.save_draft(ticket, given["body"], MessageKind(given["kind"]), by=request.actor, at=clock.now())
    return HttpResponse(status=204)


@require_safe
def answers(request: PortalRequest) -> HttpResponse:
    """The saved answers that this person may use."""
    rows = [(answer, unknown_placeholders(answer.body)) for answer in answers_for(request.actor)]
    return render(request, "desk/answers.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@once("answer saved")
def answer(request: PortalRequest, pk: int | None = None) -> HttpResponse:
    """Write a saved answer, or change one."""
    old = _answer(request, pk) if pk else None
    start = {"label": old.label, "body": old.body, "shared": old.owner_id is None} if old else {"shared": True}
    form = SavedAnswerForm(posted(request)[0], initial=start)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        done = attempt(
            request,
            lambda: desk.save_answer(**given, by=request.actor, at=clock.now(), answer_id=old.pk if old else None),
        )
        if done:
            messages.success(request, _("“%(label)s” is saved.") % {"label": done.label})
            return redirect("desk:answers")
    status = 422 if request.method == "POST" else 200
    return render(request, "desk/answer_form.html", {"form": form, "old": old}, status=status)


@require_POST
@once("answer retired")
def retire(request: PortalRequest, pk: int) -> HttpResponse:
    """Take a saved answer out of use."""
    old = _answer(request, pk)
    if attempt(request, lambda: desk.retire_answer(old.pk, by=request.actor, at=clock.now())):
        messages.success(request, _("“%(label)s” is no longer offered.") % {"label": old.label})
    return redirect("desk:answers")


def _answer(request: PortalRequest, pk: int) -> SavedAnswer:
    return _one(lambda: answers_for(request.actor).get(pk=pk))


def _one(fetch: Callable[[], Any]) -> Any:
    """A row of this person's or everybody's; 404 for a colleague's as for one that never was."""
    try:
        return fetch()
    except (SavedAnswer.DoesNotExist, SavedView.DoesNotExist):
        raise Http404 from None


@require_POST
@once("view saved")
def save_view(request: PortalRequest) -> HttpResponse:
    """Keep the queue's filters under a name."""
    form = SavedViewForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("desk:queue")
    given = form.cleaned_data
    client = Client.objects.filter(slug=given.pop("client")).first()
    shown = View(given["name"], client.slug if client else "", given["tag"])
    if attempt(request, lambda: desk.save_view(**given, client=client, by=request.actor, at=clock.now())):
        messages.success(request, _("“%(label)s” stands with the tabs now.") % {"label": given["label"]})
    return redirect(f"/desk/?{address(shown)}")


@require_POST
@once("view removed")
def remove_view(request: PortalRequest, pk: int) -> HttpResponse:
    """Forget a saved view."""
    old = _one(lambda: views_for(request.actor).get(pk=pk))
    attempt(request, lambda: desk.remove_view(old.pk, by=request.actor, at=clock.now()))
    return redirect("desk:queue")
