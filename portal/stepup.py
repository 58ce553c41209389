"""Step-up: weighty pages ask for a proof of who is there, not older than 15 minutes (DESIGN.md 4, identity).

    @stepup.required
    def download(request, slug, pk): ...

Signing in is such a proof; later any enrolled factor is, or the password. A form that was posted too late is kept in the
session and offered again after the proof, so that no typed word is lost.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from portal import clock

HELD = "portal_held_form"
# A session row holds it: what is longer is typed again.
LONGEST_HELD = 64 * 1024
# A secret is typed again rather than kept in a session row.
NOT_HELD = frozenset({"csrfmiddlewaretoken", "secret"})

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def is_fresh(request: HttpRequest) -> bool:
    """Whether the newest proof in this session is younger than 15 minutes. Real time."""
    proofs = get_authentication_records(request, request.user)
    newest = max((float(proof.get("at", 0)) for proof in proofs), default=0.0)
    return clock.real_now().timestamp() - newest < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def required(view: View) -> View:
    """Decorate a page of a signed-in person; stands outside of @once, so that a held form is not taken for a repeat."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs) if is_fresh(request) else ask(request)

    return guarded  # type: ignore[return-value]


def ask(request: HttpRequest) -> HttpResponse:
    """To the page that asks for the proof, and from there back."""
    back = request.get_full_path()
    if request.method not in ("GET", "HEAD"):
        hold(request)
        back = reverse("accounts_go_on")
    url = f"{reverse('accounts_confirm')}?{urlencode({'next': back})}"
    return HttpResponseClientRedirect(url) if request.headers.get("HX-Request") == "true" else HttpResponseRedirect(url)


def hold(request: HttpRequest) -> None:
    """Keep the posted form in the session. Raises PermissionDenied for one that cannot be kept whole."""
    fields = [[name, value] for name, values in request.POST.lists() if name not in NOT_HELD for value in values]
    if request.FILES or sum(len(name) + len(str(value)) for name, value in fields) > LONGEST_HELD:
        raise PermissionDenied(
            _("This needs a fresh proof of who you are. Open the page again, confirm, and send it anew.")
        )
    request.session[HELD] = {"path": request.get_full_path(), "fields": fields}


def held(request: HttpRequest) -> dict[str, Any] | None:
    """The form that waits for its proof: its address and [name, value] of every field."""
    return request.session.get(HELD)


def let_go(request: HttpRequest) -> None:
    """Forget the form that waits."""
    request.session.pop(HELD, None)


def prove_by_demo(request: HttpRequest) -> None:
    """Who came in by a door of the demonstration has nothing to prove with but the wish."""
    record_authentication(request, request.user, method="demo", reauthenticated=True)
