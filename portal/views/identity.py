"""A person's own sign-in history and sessions (/accounts/history/)."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal import clock, oidc
from portal.actions.sessions import end_own_session, end_own_sessions
from portal.actors import Actor
from portal.idempotency import once
from portal.queries.people import is_staff_person
from portal.queries.providers import own_account
from portal.queries.signins import attempts_of, sessions_of


def oneself(request: HttpRequest) -> Actor:
    """The signed-in person on pages that belong to neither the desk nor a client."""
    user_id = own_id(request)
    staff = is_staff_person(user_id, clock.now())
    return Actor(kind="staff" if staff else "member", label=str(request.user), user_id=user_id)


def own_id(request: HttpRequest) -> int:
    """The signed-in person; 0, which is nobody's number, for a visitor."""
    return request.user.pk or 0


@require_safe
@login_required
@never_cache
def history(request: HttpRequest) -> HttpResponse:
    """When and from where somebody tried to sign in as this person, and who is signed in now."""
    sessions, here = sessions_of(own_id(request)), request.session.session_key
    known = oidc.provider()
    linked = {"provider": known.name, "account": own_account(own_id(request))} if known else {}
    facts = {"attempts": attempts_of(own_id(request)), "sessions": sessions, "here": here, **linked}
    return render(request, "accounts/history.html", facts)


@require_POST
@login_required
@once("session ended")
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one session; the present one signs out. Somebody else's is not there."""
    ended = end_own_session(session_id=pk, by=oneself(request), at=clock.now())
    if ended is None:
        raise Http404
    if ended == request.session.session_key:
        logout(request)
        return HttpResponseRedirect(reverse("account_login"))
    messages.success(request, _("That session is ended."))
    return HttpResponseRedirect(reverse("accounts_history"))


@require_POST
@login_required
@once("sessions ended")
def end_others(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere else."""
    count = end_own_sessions(but=request.session.session_key or "", by=oneself(request), at=clock.now())
    messages.success(request, _("You are signed out everywhere else.") if count else _("You were signed in only here."))
    return HttpResponseRedirect(reverse("accounts_history"))
