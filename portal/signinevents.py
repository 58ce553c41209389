"""The sign-in library's own news, put on record (portal.actions.signins): it offers no other place to hear of them."""

from typing import Any

from allauth.account.signals import authentication_step_completed, password_changed, password_reset
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset, authenticator_used
from django.db import transaction
from django.http import HttpRequest

from portal import audit, clock
from portal.actions.signins import Change, note_change
from portal.actors import Actor
from portal.addresses import client_ip
from portal.models import User
from portal.queries.people import is_staff_person

ADDED = {
    Authenticator.Type.TOTP: Change.APP_ADDED,
    Authenticator.Type.WEBAUTHN: Change.PASSKEY_ADDED,
    Authenticator.Type.RECOVERY_CODES: Change.CODES_MADE,
}
REMOVED = {
    Authenticator.Type.TOTP: Change.APP_REMOVED,
    Authenticator.Type.WEBAUTHN: Change.PASSKEY_REMOVED,
    Authenticator.Type.RECOVERY_CODES: Change.CODES_REMOVED,
}


def themselves(user: User) -> Actor:
    """The person as the author of what they change on their own pages."""
    staff = is_staff_person(user.pk, clock.now())
    return Actor(kind="staff" if staff else "member", label=user.name, user_id=user.pk)


def note(change: Change, user: User, request: HttpRequest) -> None:
    # The library tells of some changes only after its transaction has ended.
    with transaction.atomic():
        note_change(change, user=user, by=themselves(user), at=clock.now(), ip=client_ip(request))


def on_password_changed(request: HttpRequest, user: User, **given: Any) -> None:
    note(Change.PASSWORD_CHANGED, user, request)


def on_password_reset(request: HttpRequest, user: User, **given: Any) -> None:
    note(Change.PASSWORD_RESET, user, request)


def on_added(request: HttpRequest, user: User, authenticator: Authenticator, **given: Any) -> None:
    note(ADDED[Authenticator.Type(authenticator.type)], user, request)


def on_removed(request: HttpRequest, user: User, authenticator: Authenticator, **given: Any) -> None:
    note(REMOVED[Authenticator.Type(authenticator.type)], user, request)


def on_codes_made(request: HttpRequest, user: User, **given: Any) -> None:
    note(Change.CODES_MADE, user, request)


def on_used(request: HttpRequest, user: User, authenticator: Authenticator, **given: Any) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        note(Change.CODE_USED, user, request)


def on_proof(request: HttpRequest, user: User, method: str, reauthenticated: bool = False, **given: Any) -> None:
    """A fresh proof before a weighty page. Signing in stands in the person's own history."""
    if not reauthenticated:
        return
    with transaction.atomic():
        facts = {"with": str(given.get("type", method)), "ip": client_ip(request)}
        audit.record("step-up done", by=themselves(user), at=clock.now(), client_id=None, payload=facts)


def listen() -> None:
    """Called once, when the portal starts."""
    password_changed.connect(on_password_changed)
    password_reset.connect(on_password_reset)
    authenticator_added.connect(on_added)
    authenticator_removed.connect(on_removed)
    authenticator_reset.connect(on_codes_made)
    authenticator_used.connect(on_used)
    authentication_step_completed.connect(on_proof)
