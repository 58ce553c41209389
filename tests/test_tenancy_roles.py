"""The database roles: made once, safely by several at a time, and with no more rights than they need."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from io import StringIO
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import override_settings
from psycopg2 import sql

from portal.tenancy.roles import APP_MAY_BECOME, OWNER_MAY_BECOME, WITHOUT_LOGIN, Login, make_roles, role


@dataclass
class Installation:
    """A second portal in the same cluster, under a prefix of its own."""

    prefix: str

    def make(self, url: str = "") -> None:
        make_roles(
            url or settings.PORTAL_CLUSTER_URL,
            owner=Login(f"{self.prefix}_owner", "secret one"),
            app=Login(f"{self.prefix}_app", "secret's two"),
            database=self.prefix,
        )

    def url(self, user: str, password: str, database: str) -> dict[str, Any]:
        own = settings.DATABASES["owner"]
        return {"host": own["HOST"], "port": own["PORT"], "user": user, "password": password, "dbname": database}


@pytest.fixture
def cluster(running_servers: None) -> Iterator[Any]:
    """A superuser's cursor in the maintenance database."""
    if not settings.PORTAL_CLUSTER_URL:
        pytest.skip("PORTAL_CLUSTER_URL is not set, so this run may make no roles")
    with closing(psycopg2.connect(settings.PORTAL_CLUSTER_URL, dbname="postgres")) as session:
        session.autocommit = True
        yield session.cursor()


@pytest.fixture
def installation(cluster: Any) -> Iterator[Installation]:
    second = Installation(f"second_{secrets.token_hex(3)}")
    with override_settings(PORTAL_ROLE_PREFIX=second.prefix):
        yield second
        cluster.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(second.prefix)))
        cluster.execute("select rolname from pg_roles where starts_with(rolname, %s)", [second.prefix])
        for (name,) in cluster.fetchall():
            cluster.execute(sql.SQL("drop owned by {0} cascade; drop role {0}").format(sql.Identifier(name)))


def members(cluster: Any, prefix: str) -> set[tuple[str, str]]:
    cluster.execute(
        "select u.rolname, r.rolname from pg_auth_members m join pg_roles u on u.oid = m.member"
        " join pg_roles r on r.oid = m.roleid where starts_with(u.rolname, %s)",
        [prefix],
    )
    return set(cluster.fetchall())


def test_roles_and_database_are_made_and_made_again(cluster, installation):
    installation.make()
    installation.make()
    cluster.execute(
        "select rolname, rolcanlogin, rolinherit, rolcreatedb from pg_roles where starts_with(rolname, %s)",
        [installation.prefix],
    )
    found = {name: rest for name, *rest in cluster.fetchall()}
    assert found.pop(f"{installation.prefix}_owner") == [True, False, False]
    assert found.pop(f"{installation.prefix}_app") == [True, False, False]
    assert found == {role(name): [False, False, False] for name in WITHOUT_LOGIN}
    assert members(cluster, installation.prefix) == {
        *((f"{installation.prefix}_app", role(name)) for name in APP_MAY_BECOME),
        *((f"{installation.prefix}_owner", role(name)) for name in OWNER_MAY_BECOME),
    }


def test_passwords_are_those_of_the_urls(cluster, installation):
    installation.make()
    for user, password in (("owner", "secret one"), ("app", "secret's two")):
        psycopg2.connect(**installation.url(f"{installation.prefix}_{user}", password, installation.prefix)).close()


def test_six_at_once_do_not_trip_over_each_other(cluster, installation):
    faults: list[Exception] = []

    def make() -> None:
        try:
            with override_settings(PORTAL_ROLE_PREFIX=installation.prefix):
                installation.make()
        except Exception as error:  # collected for the assertion: a thread's exception would be lost
            faults.append(error)

    threads = [threading.Thread(target=make) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_a_login_that_may_create_roles_is_enough(cluster, installation):
    maker = f"{installation.prefix}_maker"
    cluster.execute(
        sql.SQL("create role {} login createrole createdb noinherit password 'm'").format(sql.Identifier(maker))
    )
    where = installation.url(maker, "m", "postgres")
    url = f"postgres://{maker}:m@{where['host']}:{where['port']}/postgres"
    installation.make(url)
    installation.make(url)
    cluster.execute("select pg_get_userbyid(datdba) from pg_database where datname = %s", [installation.prefix])
    assert cluster.fetchone() == (f"{installation.prefix}_owner",)


def test_the_app_cannot_become_the_one_who_answers_at_the_door(cluster, installation):
    installation.make()
    app = installation.url(f"{installation.prefix}_app", "secret's two", installation.prefix)
    with closing(psycopg2.connect(**app)) as session, session.cursor() as cursor, pytest.raises(psycopg2.Error):
        cursor.execute(sql.SQL("set role {}").format(sql.Identifier(role("definer"))))


def test_the_command_says_what_it_did(cluster):
    out = StringIO()
    call_command("roles", "--tests", stdout=out)
    assert out.getvalue() == f"Roles and database {settings.DATABASES['owner']['NAME']} are ready.\n"


def test_a_missing_cluster_url_is_named(monkeypatch):
    monkeypatch.setattr(settings, "PORTAL_CLUSTER_URL", "")
    with pytest.raises(CommandError, match=r"^PORTAL_CLUSTER_URL is not set"):
        call_command("roles")


@pytest.mark.parametrize("command", ["roles", "migrate"])
def test_a_missing_owner_is_named(monkeypatch, command):
    monkeypatch.setattr(settings, "PORTAL_CLUSTER_URL", "postgres://somebody@localhost/postgres")
    monkeypatch.setattr(settings, "DATABASES", {"default": settings.DATABASES["default"]})
    with pytest.raises(CommandError, match=r"^DATABASE_OWNER_URL is not set"):
        call_command(command)


def test_migrations_load_without_the_owners_url(monkeypatch):
    """Web and workers have no owner's URL, and /readyz counts migrations there."""
    monkeypatch.setattr(settings, "DATABASES", {"default": settings.DATABASES["default"]})
    assert (role("owner"), role("app")) == ("portal_owner", settings.DATABASES["default"]["USER"])
