"""The editor of ready-made forms (/desk/forms/): the list, one form with its preview, its order, and what is offered."""

from collections.abc import Callable

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock
from portal.errors import Refused
from portal.idempotency import once
from portal.queries.people import contract_day
from portal.rules.people import Power
from portal.tenancy.middleware import PortalRequest
from portal.views.answers import done, need, posted
from tickets.actions import requestforms as actions
from tickets.forms.formeditor import Editor
from tickets.forms.requestforms import FillForm
from tickets.models import FormVersion, RequestForm
from tickets.queries.requestforms import newest_version, newest_versions
from tickets.rules.requestforms import LEADS_WORDS, Leads


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """Every form, in the order in which clients see them; those that are not on offer behind."""
    need(request, Power.MANAGE_FORMS)
    rows = list(newest_versions())
    offered = [row for row in rows if row.form.retired_at is None]
    return render(
        request, "desk/forms.html", {"offered": offered, "retired": [row for row in rows if row not in offered]}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once("request form saved")
def edit(request: PortalRequest, pk: int | None = None) -> HttpResponse:
    """One form: what it says, what it asks, its checklist. Saving makes a new version; looking at it first saves nothing."""
    need(request, Power.MANAGE_FORMS)
    old = found(pk) if pk is not None else None
    editor = Editor(posted(request), old=old)
    if request.method != "POST":
        return show(request, editor, old)
    if not editor.is_valid():
        return show(request, editor, old, status=422)
    if request.POST.get("go") != "save":
        return show(request, editor, old, preview=preview_of(editor))
    seen = editor.face.cleaned_data["seen"] or 0
    try:
        with transaction.atomic():
            version = actions.save_form(editor.definition(), by=request.actor, at=clock.now(), form_id=pk, seen=seen)
    except Refused as refused:
        return show(request, editor, old, problem=refused, status=422)
    said = {"name": version.name, "number": version.number}
    messages.success(request, _("“%(name)s” is saved as version %(number)s.") % said)
    return redirect("desk:forms")


def show(
    request: PortalRequest,
    editor: Editor,
    old: FormVersion | None,
    *,
    preview: FillForm | None = None,
    problem: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "editor": editor,
        "old": old,
        "leads_words": "" if editor.leads == Leads.NOTHING else LEADS_WORDS[editor.leads],
        "preview": preview,
        "problem": problem.sentence if problem else "",
        "clause_id": problem.clause if problem else "",
    }
    return render(request, "desk/form_edit.html", context, status=status)


def preview_of(editor: Editor) -> FillForm:
    """The form as a client would meet it, with nobody to choose from."""
    return FillForm(definition=editor.definition(), people=[], today=contract_day(clock.now()))


def found(pk: int) -> FormVersion:
    """The present version of a form. Raises Http404."""
    try:
        return newest_version(pk)
    except FormVersion.DoesNotExist:
        raise Http404 from None


def changed(request: PortalRequest, pk: int, act: Callable[..., RequestForm], said: str) -> HttpResponse:
    """Do one thing with one form, and go back to the list."""
    need(request, Power.MANAGE_FORMS)
    row = found(pk)
    return done(
        request, lambda: act(pk, by=request.actor, at=clock.now()), reverse("desk:forms"), said % {"name": row.name}
    )


@require_POST
@once("request form retired")
def retire(request: PortalRequest, pk: int) -> HttpResponse:
    """Offer a form no longer."""
    return changed(request, pk, actions.retire_form, _("“%(name)s” is no longer offered."))


@require_POST
@once("request form offered")
def offer(request: PortalRequest, pk: int) -> HttpResponse:
    """Offer a retired form again."""
    return changed(request, pk, actions.offer_form, _("“%(name)s” is offered again."))


@require_POST
@once("request form moved")
def up(request: PortalRequest, pk: int) -> HttpResponse:
    """Put a form one place higher."""
    return changed(request, pk, actions.raise_form, _("“%(name)s” stands one place higher."))
