"""Signing in, and accepting an invitation."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.account.views import LoginView, ReauthenticateView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as ReauthenticateByCode
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from portal import clock, oidc
from portal.actions.invitations import accept_invitation, send_again
from portal.actions.sessions import claim_try, note_attempt
from portal.actors import VISITOR
from portal.addresses import client_ip
from portal.errors import Refused
from portal.forms.people import AcceptForm
from portal.models import User
from portal.queries.people import Invited, invited, may_try_at, may_try_code_at
from portal.rules.states import SignInWay
from portal.sametime import same_time
from portal.views.answers import posted


class SignIn(LoginView):
    """The sign-in page: tries are counted in PostgreSQL, whether or not there is such an account."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        known = oidc.provider()
        return {**super().get_context_data(**kwargs), "provider": known.name if known else ""}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        email, ip, now = request.POST.get("login", ""), client_ip(request), clock.real_now()
        held = held_back(request, email)
        if held is not None:
            return held
        response = super().post(request, *args, **kwargs)
        errors = self.get_form().errors
        # An address or a password that is missing or malformed was never tried against an account.
        if not errors or "__all__" in errors:
            note_attempt(email=email, ip=ip, succeeded=not errors, at=now)
        return response


class SecondStep(AuthenticateView):
    """The second step of signing in: wrong codes stand in the person's own history, and are few. A passkey is never held back."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        held = held_back(request, self.stage.login.user.email, code=True) if "code" in request.POST else None
        return held or super().post(request, *args, **kwargs)

    def form_invalid(self, form: Form) -> HttpResponse:
        note_wrong(self.request, self.stage.login.user.email, SignInWay.SECOND_STEP)
        return super().form_invalid(form)


class ProofByPassword(ReauthenticateView):
    """The password as a fresh proof: wrong ones count like wrong ones at sign-in."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return held_back(request, request.user.get_username()) or super().post(request, *args, **kwargs)

    def form_invalid(self, form: Form) -> HttpResponse:
        note_wrong(self.request, self.request.user.get_username(), SignInWay.PASSWORD)
        return super().form_invalid(form)


class ProofByCode(ReauthenticateByCode):
    """A code as a fresh proof: wrong ones count like wrong ones at the second step."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return held_back(request, request.user.get_username(), code=True) or super().post(request, *args, **kwargs)

    def form_invalid(self, form: Form) -> HttpResponse:
        note_wrong(self.request, self.request.user.get_username(), SignInWay.SECOND_STEP)
        return super().form_invalid(form)


def held_back(request: HttpRequest, email: str, *, code: bool = False) -> HttpResponse | None:
    """429 while there were too many wrong tries, or while another is being judged; None when this one may be made."""
    ip, now = client_ip(request), clock.real_now()
    if not claim_try(email=email, ip="" if code else ip):
        return too_many(request, now + timedelta(seconds=1), now)
    wait = may_try_code_at(email, now) if code else may_try_at(email, ip, now)
    return too_many(request, wait, now) if wait is not None else None


def note_wrong(request: HttpRequest, email: str, way: SignInWay) -> None:
    note_attempt(email=email, ip=client_ip(request), succeeded=False, at=clock.real_now(), way=way)


def too_many(request: HttpRequest, wait: datetime, now: datetime) -> HttpResponse:
    """429, in the same words whether or not such an account exists."""
    local = (wait + timedelta(seconds=1)).astimezone(ZoneInfo(settings.TIME_ZONE))
    seconds = max(1, round((wait - now).total_seconds()))
    sentence = _("There were too many tries to sign in. You can try again at %(local)s.") % {
        "local": f"{local:%H:%M:%S}"
    }
    response = render(request, "429.html", {"sentence": sentence, "asks": True}, status=429)
    response["Retry-After"] = str(seconds)
    return response


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites to what; a name and a password, and one is in. A spent or unknown link says so, as 404."""
    guest = invited(token, clock.now())
    if guest is None:
        return render(request, "accounts/invitation_gone.html", {"token": token}, status=404)
    person = User(pk=guest.user_id, email=guest.email, name=guest.name)
    form = AcceptForm(posted(request), user=person, initial={"name": guest.name})
    if request.method == "POST" and form.is_valid():
        return accept(request, token, guest, form.cleaned_data)
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/invitation.html", {"guest": guest, "form": form}, status=status)


def accept(request: HttpRequest, token: str, guest: Invited, given: dict[str, Any]) -> HttpResponse:
    """Use the link, sign the person in (whoever was signed in here before is out), and lead staff to the second factor."""
    try:
        with transaction.atomic():
            user = accept_invitation(token=token, name=given["name"], password=given["password"], at=clock.now())
    except Refused:
        return render(request, "accounts/invitation_gone.html", {"token": token}, status=404)
    logout(request)
    next_page = reverse("mfa_activate_totp" if guest.is_staff else "accounts_advice")
    login = Login(user=user, email=user.email, redirect_url=next_page)
    return perform_password_login(request, {"email": user.email}, login)


@same_time
@require_POST
def invitation_again(request: HttpRequest, token: str) -> HttpResponse:
    """A new link, if there is somebody to send it to. The answer is always the same."""
    send_again(token=token, by=VISITOR, at=clock.now())
    return render(request, "accounts/invitation_asked.html")


@login_required
@never_cache
def advice(request: HttpRequest) -> HttpResponse:
    """What the contract advises everybody: a second step at sign-in (CMP-11)."""
    return render(request, "accounts/advice.html")


def no_sign_up(request: HttpRequest) -> HttpResponse:
    """There is no sign-up: people are invited."""
    return render(request, "account/signup_closed.html", status=404)
