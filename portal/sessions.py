"""How long a session lasts: 12 hours in all; idle, 30 minutes for staff and 2 hours for clients. Real time."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from portal import clock
from portal.queries.people import is_staff_person
from portal.rules.people import IDLE_CLIENT, IDLE_STAFF, SESSION_LIFE

BEGAN, SEEN, STAFF = "portal_began", "portal_seen", "portal_staff"
DEMO_DOOR = "demo_door"
# Writing "seen" with every request would cost a write each; a minute is exact enough.
SEEN_EVERY = 60


def begin_session(request: HttpRequest, *, staff: bool) -> None:
    """Note when the session began and whose it is; called at sign-in."""
    now = clock.real_now().timestamp()
    request.session[BEGAN] = request.session[SEEN] = now
    request.session[STAFF] = staff


class SessionLimits:
    """Ends sessions that are over. Stands after the messages, because it says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if SESSION_KEY in request.session:
            self.check(request)
        return self.get_response(request)

    def check(self, request: HttpRequest) -> None:
        now, session = clock.real_now().timestamp(), request.session
        if BEGAN not in session:
            begin_session(request, staff=is_staff_person(int(session[SESSION_KEY]), clock.now()))
        idle = IDLE_STAFF if session[STAFF] else IDLE_CLIENT
        if now - session[BEGAN] >= SESSION_LIFE.total_seconds():
            end(request, _("You were signed out: a session lasts 12 hours. Please sign in again."))
        elif now - session[SEEN] >= idle.total_seconds():
            end(
                request,
                _("You were signed out after %(in_words)s without use. Please sign in again.")
                % {"in_words": in_words(idle)},
            )
        elif now - session[SEEN] >= SEEN_EVERY:
            session[SEEN] = now


def end(request: HttpRequest, sentence: str) -> None:
    logout(request)
    messages.info(request, sentence)


def in_words(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return (
        (_("%(value)s hours") % {"value": minutes // 60})
        if minutes >= 120
        else (_("%(minutes)s minutes") % {"minutes": minutes})
    )
