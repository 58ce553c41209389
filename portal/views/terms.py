"""The terms: change log for everybody, a new version by the administrator, its acceptance by managers (LOG-1)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock
from portal.actions.terms import accept_terms, publish_terms
from portal.actors import Actor
from portal.forms.agreements import AcceptForm
from portal.forms.terms import VersionForm
from portal.idempotency import once
from portal.models import Terms
from portal.queries.contract import calendar_at, terms_at
from portal.queries.terms import (
    asked_until,
    change_log,
    changes_between,
    entry_of,
    hash_of,
    latest_terms,
    parameters_of,
)
from portal.rules.people import Power
from portal.rules.states import Role
from portal.tenancy.middleware import PortalRequest
from portal.views.answers import form_page, need, posted
from portal.views.posting import attempt


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Every version with what it changed, newest first."""
    return render(request, "public/terms_log.html", {"entries": change_log()})


@require_http_methods(["GET", "HEAD", "POST"])
@once("terms published")
def publish(request: PortalRequest) -> HttpResponse:
    """The form; then what would change; then, confirmed, the new version."""
    need(request, Power.MANAGE_SUPPLIER)
    last, now = latest_terms(), clock.now()
    if last is None:
        raise PermissionDenied(_("No terms are published yet: finish the first start at /setup/."))
    form = VersionForm(posted(request), current=parameters_of(last), calendar=calendar_at(now))
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "desk/terms_new.html", {"form": form, "last": last}, status=status)
    if "seen" in request.POST:
        return confirm(request, form)
    return preview(request, form, last)


def preview(request: PortalRequest, form: VersionForm, last: Terms) -> HttpResponse:
    """What would read differently, with the answers as hidden fields."""
    facts = {
        "changes": changes_between(parameters_of(last), form.parameters),
        "summary": form.cleaned_data["summary"],
        "reaccept_by": form.cleaned_data["reaccept_by"],
        "last": last,
        "answers": [(name, request.POST.get(name, "")) for name in form.fields],
    }
    return render(request, "desk/terms_check.html", facts)


def confirm(request: PortalRequest, form: VersionForm) -> HttpResponse:
    """Publish it, if nobody published another one meanwhile."""
    seen, summary = request.POST["seen"], form.cleaned_data["summary"]
    version = int(seen) if seen.isascii() and seen.isdigit() else 0
    row = attempt(
        request,
        lambda: publish_terms(
            form.parameters,
            summary=summary,
            seen=version,
            by=request.actor,
            at=clock.now(),
            reaccept_by=form.cleaned_data["reaccept_by"],
        ),
    )
    if row is None:
        return redirect("desk:terms-new")
    messages.success(
        request,
        _("Version %(version)s of the terms is in force. The clients' managers get a mail.") % {"version": row.version},
    )
    return redirect("public:terms-log")


@require_http_methods(["GET", "HEAD", "POST"])
@once("terms accepted")
def accept(request: PortalRequest, slug: str) -> HttpResponse:
    """The version in force with what it changed; then a manager's word."""
    if request.actor.role != Role.MANAGER:
        raise PermissionDenied(_("Only a manager of your organisation may accept the terms for it."))
    now, client_id = clock.now(), request.actor.client_id or 0
    terms, home = terms_at(now), reverse("client:home", args=[slug])
    shown = request.POST.get("version", "")

    def act(given: dict[str, Any]) -> str:
        version = int(shown) if shown.isascii() and shown.isdigit() else 0
        accept_terms(version, client_id=client_id, by=request.actor, at=now)
        return home

    form = AcceptForm(request.POST if request.method == "POST" else None)
    facts = {"entry": entry_of(terms), "sha256": hash_of(terms), "until": asked_until(client_id, now), "back": home}
    said = _("Your acceptance is on record.")
    return form_page(request, "client/terms_accept.html", form, act, said=said, **facts)


def home_panel(request: HttpRequest) -> dict[str, Any] | None:
    """On a manager's home page, while their word is asked for."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.role != Role.MANAGER:
        return None
    until = asked_until(actor.client_id or 0, clock.now())
    return {"until": until, "slug": request.client.slug} if until else None  # type: ignore[attr-defined]
