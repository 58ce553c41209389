"""A lost second step: asking on the sign-in page; checking, resetting and dismissing at the desk."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock, stepup
from portal.actions.lostfactors import KIND, ask_reset, dismiss_lost, record_check
from portal.forms.lostfactors import CheckForm, LostForm
from portal.idempotency import once
from portal.queries.lostfactors import case, open_cases
from portal.rules.people import Power
from portal.sametime import same_time
from portal.tenancy.middleware import PortalRequest
from portal.views.answers import done, form_page, need, posted


@same_time
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The answer is the same whether or not we know the address."""
    form = LostForm(posted(request))
    if request.method == "POST" and form.is_valid():
        ask_reset(email=form.cleaned_data["email"], at=clock.now())
        return render(request, "accounts/lost_asked.html")
    return render(request, "accounts/lost.html", {"form": form}, status=422 if request.method == "POST" else 200)


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """Who waits to be let in anew."""
    need(request, Power.MANAGE_CLIENTS)
    return render(request, "desk/lost.html", {"cases": open_cases(KIND), "own_id": request.actor.user_id})


@stepup.required
@once("identity checked")
def check(request: PortalRequest, pk: int) -> HttpResponse:
    """Record how the person was recognised; that resets it, or proposes it to a second person."""
    need(request, Power.MANAGE_CLIENTS)
    row = case(pk)
    if row is None:
        raise Http404

    def act(given: dict[str, Any]) -> str:
        record_check(lost_id=pk, by=request.actor, at=clock.now(), **given)
        return reverse("desk:lost")

    said = _(
        "The check is recorded. For managers and staff a second person confirms it; anybody else gets their link now."
    )
    words = _("%(name)s lost their second step") % {"name": row.user.name}
    form = CheckForm(posted(request))
    return form_page(request, "desk/staff_form.html", form, act, said=said, heading=words, button=_("Record the check"))


@require_POST
@once("lost second step dismissed")
def dismiss(request: PortalRequest, pk: int) -> HttpResponse:
    need(request, Power.MANAGE_CLIENTS)
    return done(
        request,
        lambda: dismiss_lost(lost_id=pk, by=request.actor, at=clock.now()),
        reverse("desk:lost"),
        _("It is closed; nothing was reset."),
    )
