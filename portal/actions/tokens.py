"""Tokens of the interface: made, revoked, ended with whose they were. Their instants are of real time, events are not."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from portal import audit, clock, outbox
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.models import ApiToken, User
from portal.queries.tokens import Place
from portal.rules.people import TOKEN_BYTES, token_hash
from portal.rules.tokens import HINT_LENGTH, LIVES_DAYS, MOST_TOKENS, PREFIX, Scope, scopes_for
from portal.tenancy import act_as_staff


def make_token(
    *, place: Place, user_id: int, name: str, scopes: Sequence[str], days: int, by: Actor, at: datetime
) -> tuple[ApiToken, str]:
    """A token and its secret, which is shown once and kept nowhere; its person is told by mail. Raises Refused. At the door."""
    now, given = clock.real_now(), sorted(set(scopes))
    if not given or not set(given) <= set(scopes_for(staff=place.staff is not None)) or days not in LIVES_DAYS:
        raise Refused("CMP-6", _("Choose what the token may do, and for how long."))
    secret = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    with act_as_staff(SYSTEM):
        User.objects.select_for_update().get(pk=user_id)
        living = ApiToken.objects.filter(user_id=user_id, revoked_at__isnull=True, expires_at__gt=now).count()
        if living >= MOST_TOKENS:
            raise Refused("CMP-6", _("You have %(most)s tokens already. Revoke one first.") % {"most": MOST_TOKENS})
        row = ApiToken.objects.create(
            user_id=user_id,
            client_id=place.membership.client_id if place.membership else None,
            membership=place.membership,
            staff=place.staff,
            name=name,
            token_hash=token_hash(secret),
            hint=secret[:HINT_LENGTH],
            scopes=given,
            made_at=now,
            expires_at=now + timedelta(days=days),
        )
        record("API token made", row, by=by, at=at, scopes=given, expires_at=row.expires_at)
        tell(row, place, by=by, at=at)
    return row, secret


def tell(row: ApiToken, place: Place, *, by: Actor, at: datetime) -> None:
    """Its person learns that there is a token in their name, and where to end it."""
    to = place.membership or place.staff
    if to is None:
        raise LookupError("A token acts in a membership or on the staff.")
    facts = {
        "name": to.label,
        "token": row.name,
        "scopes": [str(Scope(scope)) for scope in row.scopes],
        "days": (row.expires_at - row.made_at).days,
        "link": settings.PORTAL_URL + reverse("accounts_tokens"),
    }
    subject, text, html = outbox.compose("token_made", facts)
    outbox.queue(to=to, kind="token_made", subject=subject, text=text, html=html, client_id=row.client_id, at=at, by=by)


def revoke_token(*, token_id: int, by: Actor, at: datetime) -> ApiToken | None:
    """End one of a person's own tokens; at once. None when they have no such token that works. Runs at the door."""
    with act_as_staff(SYSTEM):
        rows = ApiToken.objects.select_for_update().filter(pk=token_id, user_id=by.user_id or 0)
        row = rows.filter(revoked_at__isnull=True).first()
        if row is not None:
            end(row, why="revoked by its person", by=by, at=at)
        return row


def end_tokens(of: Q, *, why: str, by: Actor, at: datetime) -> int:
    """End every token that meets a condition, because its person left or lost their way in. Needs the staff's rights."""
    rows = list(ApiToken.objects.select_for_update().filter(of, revoked_at__isnull=True).order_by("id"))
    for row in rows:
        end(row, why=why, by=by, at=at)
    return len(rows)


def end(row: ApiToken, *, why: str, by: Actor, at: datetime) -> None:
    row.revoked_at, row.revoked_why = clock.real_now(), why
    row.save(update_fields=["revoked_at", "revoked_why"])
    record("API token ended", row, by=by, at=at, why=why)


def note_use(token_id: int) -> None:
    """Keep when a token was last used. Runs at the door, outside of the request's own transaction."""
    with act_as_staff(SYSTEM):
        ApiToken.objects.filter(pk=token_id).update(last_used_at=clock.real_now())


def record(kind: str, row: ApiToken, *, by: Actor, at: datetime, **facts: object) -> None:
    """The event names the token by what its person called it: neither the secret nor its hash is ever written there."""
    payload = {"name": row.name, **facts}
    shown = row.client_id is not None
    audit.record(kind, by=by, at=at, client_id=row.client_id, subject=row, payload=payload, client_visible=shown)
