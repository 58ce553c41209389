"""Signing in, proving oneself and linking by an account at the sign-in provider: there, and back again (/accounts/provider/)."""

from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from typing import Any

import structlog
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock, oidc, stepup
from portal.actions.providers import bind_waiting, end_account, link_own, person_behind, unlink_own
from portal.actions.sessions import note_attempt
from portal.actors import SYSTEM
from portal.adapter import PROVIDER
from portal.addresses import client_ip
from portal.idempotency import once
from portal.oidc import Journey, NotProved
from portal.outbound import OutsideFailed
from portal.queries.providers import accounts, bound_account, own_account
from portal.rules.people import Power
from portal.rules.providers import JOURNEY_LIFE, JOURNEYS_AT_ONCE, Identity, is_fresh_proof
from portal.rules.states import SignInWay
from portal.tenancy import act_as_staff
from portal.tenancy.middleware import PortalRequest
from portal.views.answers import done, need
from portal.views.identity import oneself, own_id
from portal.views.stepup import wanted

log = structlog.get_logger(__name__)
JOURNEYS = "portal_provider_journeys"
View = Callable[..., HttpResponse]


def where_set_up(view: View) -> View:
    """404 where no provider is set up."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if oidc.provider() is None:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def known() -> oidc.Provider:
    """The provider. Raises Http404 where none is set up."""
    found = oidc.provider()
    if found is None:
        raise Http404
    return found


def leave(request: HttpRequest, purpose: str, *, anew: bool) -> HttpResponse:
    """Send the browser there; what the answer must fit stays in the session."""
    journey = oidc.new_journey(purpose=purpose, next_page=wanted(request), user_id=request.user.pk)
    try:
        where = oidc.way_there(known(), journey, anew=anew)
    except OutsideFailed as failed:
        return out_of_reach(request, failed)
    request.session[JOURNEYS] = [*under_way(request), asdict(journey)][-JOURNEYS_AT_ONCE:]
    return HttpResponseRedirect(where)


def under_way(request: HttpRequest) -> list[dict[str, Any]]:
    """The journeys of this browser that are not over."""
    oldest = clock.real_now().timestamp() - JOURNEY_LIFE.total_seconds()
    return [one for one in request.session.get(JOURNEYS, []) if one["began"] > oldest]


def taken_up(request: HttpRequest) -> Journey | None:
    """The journey that this answer ends; each ends once, and only in the browser and for the person that began it."""
    waiting, state = under_way(request), request.GET.get("state", "")
    found = next((one for one in waiting if one["state"] == state), None)
    if found is None:
        return None
    request.session[JOURNEYS] = [one for one in waiting if one is not found]
    if found["user_id"] is not None and found["user_id"] != request.user.pk:
        return None
    return Journey(**found)


def refused(request: HttpRequest) -> HttpResponse:
    """One answer for everybody who does not get in: it does not say whether there is such a person here."""
    return render(request, "accounts/provider_refused.html", {"provider": known().name}, status=403)


def out_of_reach(request: HttpRequest, failed: OutsideFailed) -> HttpResponse:
    log.warning("the sign-in provider does not answer as it should", why=str(failed))
    return render(request, "accounts/provider_away.html", {"provider": known().name}, status=503)


@where_set_up
@require_POST
@never_cache
@transaction.non_atomic_requests
def begin(request: HttpRequest) -> HttpResponse:
    """From the sign-in page."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(wanted(request))
    return leave(request, "sign in", anew=False)


@where_set_up
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.non_atomic_requests
def confirm(request: HttpRequest) -> HttpResponse:
    """A fresh proof by one's linked account: the provider asks for it anew."""
    if own_account(own_id(request)) is None:
        return HttpResponseRedirect(reverse("accounts_confirm"))
    if request.method == "POST":
        return leave(request, "confirm", anew=True)
    return render(request, "accounts/provider_confirm.html", {"provider": known().name, "next": wanted(request)})


@where_set_up
@require_POST
@login_required
@transaction.non_atomic_requests
@stepup.required
def link(request: HttpRequest) -> HttpResponse:
    """Link one's account there; it proves itself anew, so that nobody links what lies open on a shared machine."""
    return leave(request, "link", anew=True)


@where_set_up
@require_POST
@login_required
@stepup.required
@once("sign-in account removed")
def unlink(request: HttpRequest) -> HttpResponse:
    return done(
        request,
        lambda: unlink_own(user_id=own_id(request), by=oneself(request), at=clock.now()),
        reverse("accounts_history"),
        _("That account signs you in here no longer."),
    )


@where_set_up
@require_safe
@never_cache
@transaction.non_atomic_requests
def back(request: HttpRequest) -> HttpResponse:
    """Back from the provider. No transaction is open while its server is asked."""
    journey = taken_up(request)
    if journey is None or not request.GET.get("code"):
        return refused(request)
    try:
        identity = oidc.identity_of(known(), journey, request.GET["code"])
    except OutsideFailed as failed:
        return out_of_reach(request, failed)
    except NotProved as not_proved:
        log.warning("the sign-in provider's answer proves nothing", why=str(not_proved))
        return refused(request)
    with transaction.atomic():
        return ENDS[journey.purpose](request, journey, identity)


def end_sign_in(request: HttpRequest, journey: Journey, identity: Identity) -> HttpResponse:
    """In, if the account opens somebody's; our own second step follows, unless the settings believe the provider's."""
    user = person_behind(identity=identity, at=clock.now())
    if user is None:
        now = clock.real_now()
        note_attempt(email=identity.email, ip=client_ip(request), succeeded=False, at=now, way=SignInWay.PROVIDER)
        return refused(request)
    logout(request)
    # When they proved themselves there counts as their proof here; what the provider does not say is long ago.
    proof: dict[str, Any] = {"at": float(identity.proved_at or 0), "type": PROVIDER}
    if known().believes_second_factor and identity.second_factor:
        record_authentication(request, user, "mfa", **proof)
    else:
        record_authentication(request, user, PROVIDER, **proof)
    return perform_login(request, Login(user=user, email=user.email, redirect_url=journey.next))


def end_confirm(request: HttpRequest, journey: Journey, identity: Identity) -> HttpResponse:
    """A proof only by the person's own account, and only one that was given because we asked."""
    with act_as_staff(SYSTEM):
        account = bound_account(identity.issuer, identity.subject)
    if account is None or account.user_id != own_id(request) or not is_fresh_proof(identity, asked_at=journey.began):
        return refused(request)
    record_authentication(request, account.user, PROVIDER, reauthenticated=True)
    return HttpResponseRedirect(journey.next)


def end_link(request: HttpRequest, journey: Journey, identity: Identity) -> HttpResponse:
    if not is_fresh_proof(identity, asked_at=journey.began):
        return refused(request)
    return done(
        request,
        lambda: link_own(user_id=own_id(request), identity=identity, by=oneself(request), at=clock.now()),
        reverse("accounts_history"),
        _("Your %(name)s account signs you in here from now on.") % {"name": known().name},
    )


ENDS: dict[str, Callable[[HttpRequest, Journey, Identity], HttpResponse]] = {
    "sign in": end_sign_in,
    "confirm": end_confirm,
    "link": end_link,
}


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """Staff: the accounts that wait for somebody's word, and those that open somebody's."""
    need(request, Power.MANAGE_CLIENTS)
    return render(request, "desk/accounts.html", {"accounts": accounts(), "own_id": request.actor.user_id})


@require_POST
@stepup.required
@once("sign-in account bound")
def bind(request: PortalRequest, pk: int) -> HttpResponse:
    need(request, Power.MANAGE_CLIENTS)
    return done(
        request,
        lambda: bind_waiting(account_id=pk, by=request.actor, at=clock.now()),
        reverse("desk:accounts"),
        _("The account is bound; the person is told by mail."),
    )


@require_POST
@once("sign-in account ended")
def end(request: PortalRequest, pk: int) -> HttpResponse:
    need(request, Power.MANAGE_CLIENTS)
    return done(
        request,
        lambda: end_account(account_id=pk, by=request.actor, at=clock.now()),
        reverse("desk:accounts"),
        _("The account opens nothing."),
    )
