"""What the portal may ask before it knows who is there: questions that only definer functions can answer."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connections

from portal.actors import Actor
from portal.models import Client, Membership

MEMBERSHIPS = (
    "select client_id, slug, name, state, suspended_reason, membership_id, role, label, email, valid_from, valid_to"
    " from public.door_membership(%s, %s, %s)"
)
CLIENTS = "select client_id, slug, name, state, roles from public.door_clients(%s, %s)"


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
        cursor.execute(MEMBERSHIPS, [user_id, slug, at])
        rows = cursor.fetchall()
    if not rows:
        return None
    client_id, *client, membership_id, role, label, email, valid_from, valid_to = rows[0]
    return Entry(
        Client.from_db("default", ["id", "slug", "name", "state", "suspended_reason"], [client_id, *client]),
        Membership.from_db(
            "default",
            ["id", "client_id", "user_id", "role", "label", "email", "valid_from", "valid_to"],
            [membership_id, client_id, user_id, role, label, email, valid_from, valid_to],
        ),
        frozenset(row[6] for row in rows),
    )


def clients_of(user_id: int, at: datetime) -> list[ClientChoice]:
    """The clients that a person may enter at an instant, by name."""
    with connections["default"].cursor() as cursor:
        cursor.execute(CLIENTS, [user_id, at])
        return [ClientChoice(*row[:4], tuple(row[4])) for row in cursor.fetchall()]
