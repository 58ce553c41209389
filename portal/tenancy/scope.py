"""The scopes of the database: whose rows a piece of work may touch (DESIGN.md 3).

Outside a scope the portal stands at the door: it can sign people in and nothing else. Everything is set for the transaction
only, on the connection of the running thread, so neither a thread nor a pooled connection can hand its scope to another.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connections, transaction

from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.prepared import Prepared
from portal.tenancy import stamps
from portal.tenancy.roles import Name, role

ENTER = Prepared(
    "select current_setting('role'), coalesce(current_setting('portal.client_id', true), ''),"
    f" set_config('role', %s, true), set_config('portal.client_id', %s, true), {stamps.SELECTED}"
)
# Deferred checks must run while the role and the client are still those of the writer; DEFERRED afterwards, because the
# rest of an outer transaction would otherwise have every row checked at once.
LEAVE = (
    "set constraints all immediate; set constraints all deferred;"
    " select set_config('role', %s, true), set_config('portal.client_id', %s, true)"
)
STANDING = Prepared("select staff_id, grade, label, nda_valid from public.door_staff(%s, %s)")
ROLE = "select set_config('role', %s, true), set_config('portal.client_id', '', true)"


class NotOnStaff(Refused):
    """The person is not on the staff at this instant: a leaver, suspended, not yet begun, or never."""

    def __init__(self, actor: Actor) -> None:
        super().__init__("CMP-6", f"{actor.label} is not on the staff at the moment.")


@dataclass(frozen=True, slots=True)
class Standing:
    """What the staff register says about a person at one instant."""

    staff_id: int
    grade: str
    label: str
    nda_valid: bool


@contextmanager
def scope(name: Name, client_id: int | None = None, *, using: str = "default") -> Iterator[None]:
    """Work as a role, in a transaction. On an exception the rollback itself restores what stood before.

    So does the commit of a transaction that is ours alone: it runs the deferred checks before it forgets role and client.
    """
    connection = connections[using]
    inside_another, before = connection.in_atomic_block, stamps.signs(using)
    after: stamps.Signs = ()
    try:
        with transaction.atomic(using=using):
            with connection.cursor() as cursor:
                ENTER.run(cursor, [role(name), "" if client_id is None else str(client_id)])
                outer_role, outer_client, _, _, *found = cursor.fetchone()
            stamps.note(tuple(found), using)
            yield
            if inside_another and not connection.needs_rollback:
                with connection.cursor() as cursor:
                    cursor.execute(LEAVE, [outer_role, outer_client])
        after = stamps.signs(using) if before else ()
    finally:
        stamps.note(after, using)


class Alone:
    """One statement that is a whole scope: several statements that are sent at once are one transaction, so role, statement
    and commit take one trip instead of four. Inside another transaction it is a scope like any."""

    def __init__(self, statement: Prepared) -> None:
        self.statement = statement
        self.with_role = Prepared(f"{ROLE}; {statement.text}")

    def run(self, name: Name, values: Sequence[Any], *, using: str = "default") -> tuple[Any, ...]:
        """Its one row, committed when this returns. What raises has done nothing."""
        connection = connections[using]
        if connection.in_atomic_block:
            with scope(name, using=using), connection.cursor() as cursor:
                self.statement.run(cursor, values)
                return tuple(cursor.fetchone())
        with connection.cursor() as cursor:
            self.with_role.run(cursor, [role(name), *values])
            return tuple(cursor.fetchone())


@contextmanager
def act_as(client_id: int, *, using: str = "default") -> Iterator[None]:
    """Work on one client's rows, and on no other's."""
    with scope("client", client_id, using=using):
        yield


@contextmanager
def act_as_staff(actor: Actor, at: datetime | None = None, *, using: str = "default") -> Iterator[None]:
    """Work across clients, as a member of staff or as the portal's own jobs.

    Staff without an NDA valid `at` this instant (now, when not given) see no content (CMP-6). Raises NotOnStaff.
    """
    if actor.kind == "system":
        name: Name = "staff"
    else:
        standing = staff_standing(actor, at or clock.now(), using=using)
        name = "staff" if standing.nda_valid else "staff_plain"
    with scope(name, using=using):
        yield


@contextmanager
def act_as_sealer(*, using: str = "default") -> Iterator[None]:
    """Work on the seals of the audit trail, and on nothing else."""
    with scope("sealer", using=using):
        yield


@contextmanager
def act_as_retention(*, using: str = "default") -> Iterator[None]:
    """Work as the portal's own retention: it blanks payloads and files, never hashes (D25)."""
    with scope("retention", using=using):
        yield


def staff_standing(actor: Actor, at: datetime, *, using: str = "default") -> Standing:
    """The person's place on the staff at an instant. Raises NotOnStaff."""
    with connections[using].cursor() as cursor:
        STANDING.run(cursor, [actor.user_id, at])
        row = cursor.fetchone()
    if row is None:
        raise NotOnStaff(actor)
    return Standing(*row)
