"""The database roles and the database itself, made once per cluster (DESIGN.md 3).

The two logins take their names and passwords from DATABASE_OWNER_URL and DATABASE_URL; the roles without login are named
after the setting PORTAL_ROLE_PREFIX, so that several portals can share one cluster.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import psycopg2
from django.conf import settings
from psycopg2 import sql

Name = Literal["app", "owner", "client", "staff", "staff_plain", "retention", "sealer", "definer"]
"""The portal's word for a role; `role()` gives the name in the database."""

APP_MAY_BECOME: tuple[Name, ...] = ("client", "staff", "staff_plain", "retention", "sealer")
OWNER_MAY_BECOME: tuple[Name, ...] = ("staff", "definer")
WITHOUT_LOGIN: tuple[Name, ...] = (*APP_MAY_BECOME, "definer")
# One number for every portal of a cluster: roles belong to the cluster, so two installations must queue too.
ROLES_LOCK = 7_405_001


@dataclass(frozen=True)
class Login:
    """A login role as the database URL names it."""

    name: str
    password: str


def role(name: Name) -> str:
    """The database's name of a role, prefix included.

    Web and workers run without the owner's URL and still load the migrations (/readyz counts them), so a missing URL is
    no error here.
    """
    alias = {"app": "default", "owner": "owner"}.get(name)
    if alias in settings.DATABASES:
        return str(settings.DATABASES[alias]["USER"])
    return f"{settings.PORTAL_ROLE_PREFIX}_{name}"


def make_roles(cluster_url: str, *, owner: Login, app: Login, database: str, owner_may_create: bool = False) -> None:
    """Make or repair every role and the database. May run often and from several processes at once.

    `cluster_url` is a superuser's or a CREATEROLE login's; `owner_may_create` gives the owner CREATEDB, which only tests need.
    """
    with _maintenance(cluster_url) as cursor:
        for name in WITHOUT_LOGIN:
            _make_role(cursor, role(name))
        _make_login(cursor, owner, "createdb" if owner_may_create else "nocreatedb")
        _make_login(cursor, app, "nocreatedb")
        _make_members(cursor, owner.name, [role(name) for name in OWNER_MAY_BECOME])
        _make_members(cursor, app.name, [role(name) for name in APP_MAY_BECOME])
        _make_database(cursor, database, owner.name)


@contextmanager
def _maintenance(cluster_url: str) -> Iterator[Any]:
    """A cursor in the maintenance database, alone: advisory locks belong to one database, so everybody locks in this one."""
    connection = psycopg2.connect(cluster_url, dbname="postgres")
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(%s)", [ROLES_LOCK])
            yield cursor
    finally:
        connection.close()


def _exists(cursor: Any, name: str) -> bool:
    cursor.execute("select 1 from pg_catalog.pg_roles where rolname = %s", [name])
    return cursor.fetchone() is not None


def _make_role(cursor: Any, name: str) -> None:
    if not _exists(cursor, name):
        cursor.execute(sql.SQL("create role {} nologin noinherit").format(sql.Identifier(name)))


def _make_login(cursor: Any, login: Login, createdb: str) -> None:
    """NOINHERIT comes before any grant: from PostgreSQL 16 on the grant remembers it."""
    verb = "alter" if _exists(cursor, login.name) else "create"
    statement = sql.SQL("{} role {} login noinherit {} password {}")
    cursor.execute(
        statement.format(sql.SQL(verb), sql.Identifier(login.name), sql.SQL(createdb), sql.Literal(login.password))
    )


def _make_members(cursor: Any, member: str, roles: list[str]) -> None:
    for name in roles:
        cursor.execute(
            "select 1 from pg_catalog.pg_auth_members m"
            " join pg_catalog.pg_roles r on r.oid = m.roleid join pg_catalog.pg_roles u on u.oid = m.member"
            " where r.rolname = %s and u.rolname = %s",
            [name, member],
        )
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("grant {} to {}").format(sql.Identifier(name), sql.Identifier(member)))


def _make_database(cursor: Any, name: str, owner: str) -> None:
    """Only a missing database is made: an existing one belongs to whoever made it."""
    cursor.execute("select 1 from pg_catalog.pg_database where datname = %s", [name])
    if cursor.fetchone() is not None:
        return
    # A maker that is no superuser must be a member of the role that it gives the database to.
    cursor.execute("select rolsuper from pg_catalog.pg_roles where rolname = current_user")
    if not cursor.fetchone()[0]:
        cursor.execute(sql.SQL("grant {} to current_user").format(sql.Identifier(owner)))
    cursor.execute(
        sql.SQL("create database {} owner {} encoding 'UTF8' template template0").format(
            sql.Identifier(name), sql.Identifier(owner)
        )
    )
