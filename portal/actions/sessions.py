"""Sessions and sign-in attempts: rows that let somebody in, or count how often somebody tried."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection

from portal import audit
from portal.actors import Actor
from portal.models import LoginAttempt, ProviderAccount
from portal.rules.people import account_hash
from portal.rules.states import SignInWay


def end_sessions(*, user_id: int, but: str = "") -> int:
    """Sign a person out everywhere, apart from the session with the key `but`. Returns how many sessions ended.

    Works at the door and as staff.
    """
    rows = UserSession.objects.filter(user_id=user_id).exclude(session_key=but)
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    rows.delete()
    return len(keys)


def end_own_session(*, session_id: int, by: Actor, at: datetime) -> str | None:
    """End one of a person's own sessions. Returns its key; None when they have no such session. Runs at the door."""
    row = UserSession.objects.select_for_update().filter(pk=session_id, user_id=by.user_id or 0).first()
    if row is None:
        return None
    Session.objects.filter(session_key=row.session_key).delete()
    row.delete()
    facts = {"ip": row.ip, "browser": row.user_agent[:120]}
    audit.record("session ended", by=by, at=at, client_id=None, payload=facts)
    return row.session_key


def end_own_sessions(*, but: str, by: Actor, at: datetime) -> int:
    """End all of a person's own sessions apart from the present one. Returns how many. Runs at the door."""
    count = end_sessions(user_id=by.user_id or 0, but=but)
    if count:
        audit.record("sessions ended", by=by, at=at, client_id=None, payload={"count": count})
    return count


def end_provider_accounts(*, user_id: int, by: Actor, at: datetime) -> int:
    """Let no account at the sign-in provider open this person's any more. Returns how many did. Needs the staff's rights."""
    ended = ProviderAccount.objects.filter(user_id=user_id, ended_at=None).update(ended_at=at)
    if ended:
        facts = {"user": user_id, "count": ended}
        audit.record("sign-in account ended", by=by, at=at, client_id=None, payload=facts)
    return ended


def note_attempt(*, email: str, ip: str, succeeded: bool, at: datetime, way: SignInWay = SignInWay.PASSWORD) -> None:
    """Keep a try to sign in, whether or not such an account exists. Real time."""
    LoginAttempt.objects.create(account=account_hash(email), ip=ip, at=at, succeeded=succeeded, way=way)


def claim_try(*, email: str, ip: str) -> bool:
    """Let one try of an account from an address run at a time, until its transaction ends: many sent at once would all be
    judged before the first is counted. False when another is running; nobody waits. `ip` "" means from anywhere."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtextextended(%s, 78))", [f"{account_hash(email)} {ip}"])
        return bool(cursor.fetchone()[0])
