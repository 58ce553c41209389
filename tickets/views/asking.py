"""A client asks for help: the guided form, and what it becomes."""

from collections.abc import Container
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal import clock
from portal.files import discarded_on_failure
from portal.files.forms import status_of
from portal.idempotency import once
from portal.queries.contract import calendar_at, worktime_of
from portal.tenancy.middleware import PortalRequest
from portal.views.posting import attempt, posted
from portal.worktime import hours_in_words
from tickets.actions.intake import raise_request
from tickets.forms import AskForm, asked
from tickets.queries.articles import seen_by_client
from tickets.queries.clock_inputs import promise_ahead
from tickets.queries.seen import asking_choices
from tickets.rules.promise import TARGET_WORDS
from tickets.rules.states import Channel, Target
from tickets.views.attachments import keeping_files
from tickets.views.client import member


@require_http_methods(["GET", "HEAD", "POST"])
@once("request raised")
def ask(request: PortalRequest, slug: str) -> HttpResponse:
    """The form. It says before sending what will be promised."""
    form = keeping_files(request, AskForm(*posted(request), **choices(request, given=request.POST)))
    if request.method == "POST" and form.is_valid():
        given = asked(form.cleaned_data)
        with discarded_on_failure(given.files):
            ticket = attempt(
                request,
                lambda: raise_request(given, requester=member(request), by=request.actor, at=clock.now()),
                refuses_first=True,
            )
        if ticket:
            messages.success(request, _("We have your request. Its reference is %(ref)s.") % {"ref": ticket.ref})
            return redirect("client:ticket", slug, ticket.ref)
    return render(
        request, "client/ask.html", page(request, form), status=status_of(form) if request.method == "POST" else 200
    )


def choices(request: PortalRequest, **given: Container[str]) -> dict[str, Any]:
    return asking_choices(request.actor.client_id or 0, clock.now(), without_user=request.actor.user_id or 0, **given)


def page(request: PortalRequest, form: AskForm) -> dict[str, Any]:
    """The form with the promise that it will get."""
    at = clock.now()
    target = Target.FOUR_HOURS if promise_ahead(request.actor.client_id or 0, at) else Target.ONE_DAY
    return {
        "form": form.drawn(**choices(request)),
        "promise": TARGET_WORDS[target],
        "hours": hours_in_words(worktime_of(calendar_at(at))),
        "channel": Channel.PORTAL,
        "has_articles": seen_by_client(request.actor.client_id or 0).exists(),
    }
