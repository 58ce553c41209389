"""The scope of a page: /c/<slug>/ runs as that client, /desk/ as staff, everything else at the door (DESIGN.md 3).

Stands last in MIDDLEWARE, and runs the view itself, so that the whole view with its template stands in one transaction
under the right database role. /accounts/ is left alone: a view that is called here skips every process_exception, which
django-allauth needs.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol
from urllib.parse import urlencode

import structlog
from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import DatabaseError, OperationalError, ProgrammingError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.template import loader
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect
from psycopg2.errors import InsufficientPrivilege

from portal import clock
from portal.actions.tokens import note_use
from portal.actors import VISITOR, Actor
from portal.models import Client, Membership
from portal.problems import RETRY_SOON, is_api, problem
from portal.rules.states import ClientState
from portal.rules.tokens import USE_NOTED_EVERY
from portal.tenancy.again import again
from portal.tenancy.door import ClientChoice, Entry, Holder, clients_of, entry_for, token_holder
from portal.tenancy.scope import NotOnStaff, scope, staff_standing

log = structlog.get_logger(__name__)

NO_NDA = "You have no valid non-disclosure agreement on record, so you cannot see what clients write (CMP-6)."

# A suspended client's people read on, but post nothing.
READS = frozenset({"GET", "HEAD", "OPTIONS"})

Response = HttpResponse
Inside = Callable[[], AbstractContextManager[None]]


class PortalRequest(HttpRequest):
    """A request as every view gets it. `client`, `membership`, `roles` and `choices` (where the person may go instead) are set
    under /c/<slug>/ only, `nda_valid` under /desk/. Under /api/ `token` is the one that was shown, if it works."""

    actor: Actor
    client: Client | None
    membership: Membership | None
    roles: frozenset[str]
    choices: list[ClientChoice]
    nda_valid: bool
    token: Holder | None


class View(Protocol):
    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response: ...


class LostWrite(DatabaseError):
    """A view swallowed a database error: it answered "done" while the transaction could only be rolled back."""


class ScopeMiddleware:
    """Opens the scope that a page's address asks for, and sets request.actor, client, membership and roles."""

    def __init__(self, get_response: Callable[[HttpRequest], Response]) -> None:
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> Response:
        if holds_nul(request):
            raise BadRequest("NUL in the query")
        request.actor = VISITOR
        request.client = request.membership = None
        request.roles = frozenset()
        request.choices = []
        request.nda_valid = False
        request.token = None
        return self.get_response(request)

    def process_view(
        self, request: PortalRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Response | None:
        try:
            if request.path_info.startswith("/desk/"):
                return self.as_staff(request, view, args, kwargs)
            if request.path_info.startswith("/c/") and "slug" in kwargs:
                return self.as_client(request, view, args, kwargs)
            if is_api(request):
                return self.as_holder(request, view, args, kwargs)
        except OperationalError as error:
            return out_of_service(request, error)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> Response | None:
        """For pages at the door, which Django itself runs."""
        return out_of_service(request, exception) if isinstance(exception, OperationalError) else None

    def as_client(self, request: PortalRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Response:
        if not request.user.is_authenticated:
            return to_sign_in(request, f"/c/{kwargs['slug']}/")
        entry = entry_for(request.user.pk, kwargs["slug"], clock.now())
        if entry is None:
            raise Http404
        enter(request, entry)
        if request.method in READS and not is_htmx(request):
            # Only the door can answer it, and the page's frame is drawn inside the client's scope.
            request.choices = clients_of(request.user.pk, clock.now())
        return inside(lambda: scope("client", entry.client.pk), request, view, args, kwargs)

    def as_holder(
        self, request: PortalRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Response | None:
        """As the one whose token is shown; without one the view runs at the door, where it can read nothing and says 401.

        A session's cookie counts for nothing here, so no other site can make a browser post.
        """
        now = clock.real_now()
        holder = token_holder(shown, real_at=now, at=clock.now()) if (shown := bearer(request)) else None
        if holder is None:
            return None
        request.token, request.user, request.actor = holder, holder.user, holder.actor
        if holder.last_used_at is None or now - holder.last_used_at >= USE_NOTED_EVERY:
            note_use(holder.token_id)
        if holder.entry is not None:
            enter(request, holder.entry)
            client_id = holder.entry.client.pk
            return inside(lambda: scope("client", client_id), request, view, args, kwargs)
        request.nda_valid = holder.nda_valid
        if holder.nda_valid:
            return inside(lambda: scope("staff"), request, view, args, kwargs)
        return without_content(request, view, args, kwargs)

    def as_staff(self, request: PortalRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Response:
        user = request.user
        if not user.is_authenticated:
            return to_sign_in(request, "/desk/")
        person = Actor(kind="staff", label=str(user), user_id=user.pk)
        try:
            standing = staff_standing(person, clock.now())
        except NotOnStaff:
            raise Http404 from None
        if not has_second_factor(request):
            return redirect(request, reverse("mfa_activate_totp"))
        request.actor = Actor(
            kind="staff", label=standing.label, user_id=user.pk, staff_id=standing.staff_id, role=standing.grade
        )
        request.nda_valid = standing.nda_valid
        if standing.nda_valid:
            return inside(lambda: scope("staff"), request, view, args, kwargs)
        return without_content(request, view, args, kwargs)


def enter(request: PortalRequest, entry: Entry) -> None:
    """Note as whom and for which client the person comes in. Raises PermissionDenied for a post of a suspended client."""
    if entry.client.state == ClientState.SUSPENDED and request.method not in READS:
        sentence = f"The access of {entry.client.name} is suspended. {entry.client.suspended_reason}"
        raise PermissionDenied(sentence.strip())
    request.actor, request.client = entry.actor, entry.client
    request.membership, request.roles = entry.membership, entry.roles


def holds_nul(request: HttpRequest) -> bool:
    """Whether the address asks for a NUL after its "?": no person types one, and PostgreSQL can neither keep nor compare it."""
    asked = request.META.get("QUERY_STRING", "")
    return "%00" in asked or "\x00" in asked


def bearer(request: HttpRequest) -> str:
    """The token that a programme shows; "" without one."""
    way, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if way.lower() == "bearer" else ""


def inside(place: Inside, request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Response:
    """Run and render a view in a scope, again if it lost against another one's lock. What fails is rolled back, also when
    the failure came as an answer."""
    return again(request, lambda: inside_once(place, request, view, args, kwargs))


def inside_once(
    place: Inside, request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Response:
    with place():
        response = view(request, *args, **kwargs)
        if isinstance(response, SimpleTemplateResponse):
            response = response.render()
        if response.status_code >= 500 or getattr(response, "exception", False):
            transaction.set_rollback(True)
        elif transaction.get_rollback() and response.status_code < 400:
            raise LostWrite(f"{request.path_info} answered {response.status_code}, but its transaction had failed.")
    return response


def without_content(request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Response:
    """Run a view for staff without a valid NDA: where it reaches for content, the database refuses and so do we (CMP-6)."""
    try:
        return inside(lambda: scope("staff_plain"), request, view, args, kwargs)
    except ProgrammingError as error:
        if not isinstance(error.__cause__, InsufficientPrivilege):
            raise
        raise PermissionDenied(NO_NDA) from error


def has_second_factor(request: PortalRequest) -> bool:
    """Staff sign in with a second factor, always; a door of the demo counts as one."""
    if request.session.get("demo_door"):
        return True
    if any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user)):
        return True
    return is_mfa_enabled(request.user)


def to_sign_in(request: HttpRequest, section: str) -> Response:
    """To the sign-in page, and afterwards back: to the page itself, or, after a post, to the section it belongs to."""
    back = request.get_full_path() if request.method in ("GET", "HEAD") and not is_htmx(request) else section
    return redirect(request, f"{resolve_url('account_login')}?{urlencode({'next': back})}")


def redirect(request: HttpRequest, url: str) -> Response:
    """A redirect of the whole page, also when htmx asked for a part of it."""
    return HttpResponseClientRedirect(url) if is_htmx(request) else HttpResponseRedirect(url)


def is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def out_of_service(request: HttpRequest, error: Exception) -> Response:
    """The database is away, or too busy to answer in time. The page needs no database."""
    log.error("database out of service", exc_info=error)
    if is_api(request):
        return problem(503, "The portal is too busy, or its database is away. Please try again in a moment.")
    return HttpResponse(loader.render_to_string("503.html"), status=503, headers=RETRY_SOON)
