"""What changes how a person signs in: on record, and told to them by mail, so that nobody else does it unseen."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from portal import audit
from portal.actions.lostfactors import own_address, tell
from portal.actors import SYSTEM, Actor
from portal.models import User
from portal.tenancy import act_as_staff


class Change(StrEnum):
    """A change, in the words of the audit trail."""

    PASSWORD_CHANGED = "password changed"  # noqa: S105 - words, no secret
    PASSWORD_RESET = "password reset"  # noqa: S105
    APP_ADDED = "authenticator app added"
    APP_REMOVED = "authenticator app removed"
    PASSKEY_ADDED = "passkey added"
    PASSKEY_REMOVED = "passkey removed"
    CODES_MADE = "recovery codes made"
    CODES_REMOVED = "recovery codes removed"
    CODE_USED = "recovery code used"
    ACCOUNT_LINKED = "sign-in account linked"
    ACCOUNT_ENDED = "sign-in account ended"


def sentence_for(change: Change) -> str:
    """What the person's mail says, also its subject."""
    return {
        Change.PASSWORD_CHANGED: _("Your password was changed"),
        Change.PASSWORD_RESET: _("Your password was set anew by a link"),
        Change.APP_ADDED: _("An authenticator app was added to your account"),
        Change.APP_REMOVED: _("The authenticator app was removed from your account"),
        Change.PASSKEY_ADDED: _("A passkey was added to your account"),
        Change.PASSKEY_REMOVED: _("A passkey was removed from your account"),
        Change.CODES_MADE: _("New recovery codes were made for your account"),
        Change.CODES_REMOVED: _("The recovery codes of your account were removed"),
        Change.CODE_USED: _("A recovery code was used for your account"),
        Change.ACCOUNT_LINKED: _("An account elsewhere now signs you in here"),
        Change.ACCOUNT_ENDED: _("An account elsewhere signs you in here no longer"),
    }[change]


def note_change(
    change: Change, *, user: User, by: Actor, at: datetime, facts: Mapping[str, Any] | None = None, ip: str = ""
) -> None:
    """Put it on record and write to the person, in the caller's transaction. Runs at the door."""
    with act_as_staff(SYSTEM):
        payload = {"name": user.name, "ip": ip, **(facts or {})}
        audit.record(change.value, by=by, at=at, client_id=None, subject=user, payload=payload)
        told = {
            "name": user.name,
            "sentence": sentence_for(change),
            "ip": ip,
            "at": at,
            "email": payload.get("email", ""),
        }
        tell(own_address(user), "signin_changed", told, by=by, at=at)
