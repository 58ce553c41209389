"""Sessions and sign-in attempts: rows that let somebody in, or count how often somebody tried."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from portal.models import LoginAttempt
from portal.rules.people import account_hash


def end_sessions(*, user_id: int, but: str = "") -> int:
    """Sign a person out everywhere, apart from the session with the key `but`. Returns how many sessions ended.

    Works at the door and as staff.
    """
    rows = UserSession.objects.filter(user_id=user_id).exclude(session_key=but)
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    rows.delete()
    return len(keys)


def note_attempt(*, email: str, ip: str, succeeded: bool, at: datetime) -> None:
    """Keep a try to sign in, whether or not such an account exists. Real time."""
    LoginAttempt.objects.create(account=account_hash(email), ip=ip, at=at, succeeded=succeeded)
