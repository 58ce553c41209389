"""The demo's API tokens: two that work and one that was revoked. Nobody knows what they are: make your own."""

import secrets
from datetime import timedelta

from portal import clock
from portal.demo.facts import Fact
from portal.demo.ground import Ground, actor_of, member_actor
from portal.models import ApiToken, Membership, Staff
from portal.rules.people import token_hash
from portal.rules.tokens import HINT_LENGTH, PREFIX, Scope

IMPORT = [Scope.TICKETS_READ, Scope.TICKETS_WRITE]
MONITORING = [Scope.ALARMS_READ, Scope.TICKETS_READ]


def write_tokens(ground: Ground) -> None:
    """For the first client's first manager and for the first of the staff."""
    manager, agent = ground.clients[0].members[0], ground.staff["megan"]
    write_token(ground, manager, "Import from our monitoring", IMPORT, days=40, used_hours=3)
    write_token(ground, manager, "Trial", IMPORT, days=62, revoked_days=55)
    write_token(ground, agent, "Wallboard", MONITORING, days=20, used_hours=0)


def write_token(
    ground: Ground,
    of: Membership | Staff,
    name: str,
    scopes: list[Scope],
    *,
    days: int,
    used_hours: int | None = None,
    revoked_days: int | None = None,
) -> None:
    """One token, made so many days ago; tokens live in real time, what is told of them in the demo's."""
    now, secret = clock.real_now(), PREFIX + secrets.token_urlsafe(32)
    member = of if isinstance(of, Membership) else None
    row = ApiToken.objects.create(
        user_id=of.user_id,
        client_id=member.client_id if member else None,
        membership=member,
        staff=None if isinstance(of, Membership) else of,
        name=name,
        token_hash=token_hash(secret),
        hint=secret[:HINT_LENGTH],
        scopes=sorted(scopes),
        made_at=now - timedelta(days=days),
        expires_at=now + timedelta(days=180 - days),
        last_used_at=None if used_hours is None else now - timedelta(hours=used_hours),
        revoked_at=None if revoked_days is None else now - timedelta(days=revoked_days),
        revoked_why="" if revoked_days is None else "revoked by its person",
    )
    by = member_actor(of) if isinstance(of, Membership) else actor_of(of)
    client_id = row.client_id
    said = {"name": name, "scopes": sorted(scopes)}
    at = ground.at - timedelta(days=days)
    ground.facts.append(Fact(at, "API token made", by, client_id, row, said, client_id is not None))
    if revoked_days is not None:
        ended = {"name": name, "why": row.revoked_why}
        at = ground.at - timedelta(days=revoked_days)
        ground.facts.append(Fact(at, "API token ended", by, client_id, row, ended, client_id is not None))
