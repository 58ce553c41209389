"""A person's own sign-in history: tries for their addresses, and the sessions that are open."""

from collections.abc import Sequence

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from portal.models import Address, LoginAttempt
from portal.rules.people import account_hash

SHOWN = 50


def attempts_of(user_id: int) -> Sequence[LoginAttempt]:
    """The last fifty tries for any address that is or was the person's, newest first. Runs at the door."""
    emails = Address.objects.filter(user_id=user_id).values_list("email", flat=True)
    accounts = [account_hash(email) for email in emails]
    return list(LoginAttempt.objects.filter(account__in=accounts).order_by("-at", "-id")[:SHOWN])


def sessions_of(user_id: int) -> Sequence[UserSession]:
    """The person's open sessions, newest first. Runs at the door."""
    rows = list(UserSession.objects.filter(user_id=user_id).order_by("-created_at", "-id")[:SHOWN])
    keys = Session.objects.filter(session_key__in=[row.session_key for row in rows])
    alive = set(keys.values_list("session_key", flat=True))
    return [row for row in rows if row.session_key in alive]
