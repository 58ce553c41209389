"""What the portal may ask before it knows who is there: questions that only definer functions can answer."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import connections
from django.db.models import Model

from portal.actors import Actor
from portal.models import Client, Membership, User
from portal.prepared import Prepared
from portal.rules.people import token_hash

Row = TypeVar("Row", bound=Model)

MEMBERSHIPS = Prepared(
    "select client_id, slug, name, state, suspended_reason, membership_id, role, label, email,"
    " address_id, valid_from, valid_to"
    " from public.door_membership(%s, %s, %s)"
)
CLIENTS = Prepared("select client_id, slug, name, state, roles from public.door_clients(%s, %s)")

HOLDER = Prepared("select * from public.door_token(%s, %s, %s)")


@dataclass(frozen=True)
class Entry:
    """A person at a client: the strongest role that they hold there is the one they act in."""

    client: Client
    membership: Membership
    roles: frozenset[str]

    @property
    def actor(self) -> Actor:
        one = self.membership
        return Actor(
            kind="member",
            label=one.label,
            user_id=one.user_id,
            client_id=one.client_id,
            membership_id=one.pk,
            role=one.role,
        )


@dataclass(frozen=True, slots=True)
class ClientChoice:
    """One client in the list of those that a person may enter."""

    client_id: int
    slug: str
    name: str
    state: str
    roles: tuple[str, ...]


def entry_for(user_id: int, slug: str, at: datetime) -> Entry | None:
    """The person's membership of the client with this slug at an instant; None for strangers and for unknown slugs alike."""
    with connections["default"].cursor() as cursor:
        MEMBERSHIPS.run(cursor, [user_id, slug, at])
        rows = cursor.fetchall()
    if not rows:
        return None
    client_id, slug, name, state, reason, membership_id, role, label, email, address_id, *valid = rows[0]
    client = client_read(client_id, slug, name, state, reason)
    membership = loaded(
        Membership,
        id=membership_id,
        client_id=client_id,
        user_id=user_id,
        role=role,
        label=label,
        email=email,
        address_id=address_id,
        valid_from=valid[0],
        valid_to=valid[1],
    )
    membership.client = client
    return Entry(client, membership, frozenset(row[6] for row in rows))


def client_read(client_id: int, slug: str, name: str, state: str, reason: str) -> Client:
    """A client as the door's functions tell it."""
    return loaded(Client, id=client_id, slug=slug, name=name, state=state, suspended_reason=reason)


def loaded(model: type[Row], **values: Any) -> Row:
    """A row as if read from the database; fields that are not given are read when somebody asks for them."""
    known = [field.attname for field in model._meta.concrete_fields if field.attname in values]
    return model.from_db("default", known, [values[name] for name in known])


def clients_of(user_id: int, at: datetime) -> list[ClientChoice]:
    """The clients that a person may enter at an instant, by name."""
    with connections["default"].cursor() as cursor:
        CLIENTS.run(cursor, [user_id, at])
        rows = cursor.fetchall()
    return [ClientChoice(pk, slug, name, state, tuple(roles)) for pk, slug, name, state, roles in rows]


@dataclass(frozen=True)
class Holder:
    """Whose token it is, and what it may be used for; `entry` for a person of a client, else a member of staff."""

    token_id: int
    scopes: frozenset[str]
    last_used_at: datetime | None
    user: User
    actor: Actor
    entry: Entry | None
    nda_valid: bool


def token_holder(token: str, *, real_at: datetime, at: datetime) -> Holder | None:
    """Whose token this is, while it works and its person belongs there; None for every other text. One query.

    A token's own life is reckoned in real time, its person's place at the portal's instant.
    """
    with connections["default"].cursor() as cursor:
        HOLDER.run(cursor, [token_hash(token), real_at, at])
        row = cursor.fetchone()
    if row is None:
        return None
    token_id, scopes, last_used_at, user_id, name = row[:5]
    user = loaded(User, id=user_id, name=name, is_active=True)
    entry = None if row[10] is None else token_entry(user_id, row[5:15])
    staff_id, grade, label, nda_valid = row[15:]
    actor = entry.actor if entry else Actor("staff", label, user_id, staff_id=staff_id, role=grade)
    scopes = frozenset(json.loads(scopes) if isinstance(scopes, str) else scopes)
    return Holder(token_id, scopes, last_used_at, user, actor, entry, bool(nda_valid))


def token_entry(user_id: int, row: tuple[Any, ...]) -> Entry:
    """The one membership that a token acts in: not the strongest of its person, but the one it was made for."""
    client_id, slug, name, state, reason, membership_id, role, label, email, address_id = row
    client = client_read(client_id, slug, name, state, reason)
    membership = loaded(
        Membership,
        id=membership_id,
        client_id=client_id,
        user_id=user_id,
        role=role,
        label=label,
        email=email,
        address_id=address_id,
    )
    membership.client = client
    return Entry(client, membership, frozenset({role}))
