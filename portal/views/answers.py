"""How a page with a form answers: shown, refused with its sentence, or done and led on."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render

from portal.actors import VISITOR
from portal.errors import Refused
from portal.guarded.process import Busy
from portal.problems import RETRY_SOON
from portal.rules.people import Power, require


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: an empty post is a post, and is told what is missing."""
    return request.POST if request.method == "POST" else None


def form_page(
    request: HttpRequest,
    template: str,
    form: forms.Form,
    act: Callable[[dict[str, Any]], str],
    *,
    said: str = "",
    **context: Any,
) -> HttpResponse:
    """Show the form; when it was posted and is sound, `act` does it and gives the address to go to.

    A refusal stands on the page with what was typed, as 422, and so does a guarded reader for which too many wait, as 503;
    `said` is the sentence on the next page.
    """
    problem, clause_id, status = "", "", 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                where = act(form.cleaned_data)
        except Refused as refused:
            problem, clause_id = refused.sentence, refused.clause
        except Busy as busy:
            problem, status = str(busy), 503
        else:
            if said:
                messages.success(request, said)
            return HttpResponseRedirect(where)
    facts = {"form": form, "problem": problem, "clause_id": clause_id}
    page = render(request, template, {**facts, **context}, status=status)
    for name, value in RETRY_SOON.items() if status == 503 else ():
        page.headers[name] = value
    return page


def done(request: HttpRequest, act: Callable[[], object], where: str, said: str) -> HttpResponse:
    """Answer a post without a page of its own: led on, with what was done or why not."""
    try:
        with transaction.atomic():
            act()
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, said)
    return HttpResponseRedirect(where)


def first_error(form: forms.Form) -> str:
    """One sentence for a form that has no page of its own."""
    return " ".join(str(error) for errors in form.errors.values() for error in errors)


def need(request: HttpRequest, power: Power) -> None:
    """Raises PermissionDenied (403, with the sentence) for a page that the person's grade may not open."""
    try:
        require(getattr(request, "actor", VISITOR), power)
    except Refused as refused:
        raise PermissionDenied(refused.sentence) from refused
