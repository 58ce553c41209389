"""The test database: made once as a template by the owner, copied for each worker and after each test that commits."""

import hashlib
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg2 import sql

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE_LOCK = 7_405_003
PATIENCE_SECONDS = 10
# What a migration is made of, or imports.
SOURCES = ("*/migrations/*.py", "portal/tenancy/*.py", "*/models/*.py", "*/models.py", "*/rules/*.py", "*/rules.py")
# Migrating takes seconds and restoring a dump half of one, so a throwaway cluster keeps what the last run migrated.
KEPT = ROOT / ".pytest_cache" / "template"


@contextmanager
def as_owner() -> Iterator[Any]:
    """A cursor of the owner in the maintenance database, each statement on its own."""
    owner = settings.DATABASES["owner"]
    connection = psycopg2.connect(
        host=owner["HOST"], port=owner["PORT"], user=owner["USER"], password=owner["PASSWORD"], dbname="postgres"
    )
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def template_name() -> str:
    """Changes with every migration, with the SQL helpers, and with the packages that bring migrations along."""
    digest = hashlib.sha256()
    sources = [path for part in SOURCES for path in ROOT.glob(part)]
    for path in sorted(sources):
        digest.update(path.read_bytes())
    for package in ("django", "django-allauth"):
        digest.update(version(package).encode())
    digest.update(settings.PORTAL_ROLE_PREFIX.encode())
    return f"tpl_portal_{digest.hexdigest()[:16]}"


def ensure_template() -> str:
    """Make the template unless it stands; workers that come at the same time wait for the first."""
    name = template_name()
    with as_owner() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [TEMPLATE_LOCK])
        cursor.execute("select 1 from pg_database where datname = %s", [name])
        if cursor.fetchone() is None:
            fresh = f"{name}_new"
            cursor.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(fresh)))
            cursor.execute(
                sql.SQL("create database {} template template0 encoding 'UTF8'").format(sql.Identifier(fresh))
            )
            fill(fresh, name)
            cursor.execute(
                sql.SQL("alter database {} rename to {}").format(sql.Identifier(fresh), sql.Identifier(name))
            )
    return name


def fill(database: str, name: str) -> None:
    """Migrate, or restore what an earlier run migrated from the same sources, on the same PostgreSQL."""
    programs = os.environ.get("PORTAL_TEST_PROGRAMS")
    if not programs:
        migrate(database)
        return
    kept = KEPT / f"{name}-{Path(programs).parent.parent.name}.sql"
    if kept.exists():
        run(
            programs, "psql", "-q", "-1", "-X", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, "-f", kept, database=database
        )
        return
    migrate(database)
    KEPT.mkdir(parents=True, exist_ok=True)
    for old in KEPT.glob(f"*-{Path(programs).parent.parent.name}.sql"):
        old.unlink(missing_ok=True)
    fresh = kept.with_suffix(f".{os.getpid()}")
    run(programs, "pg_dump", "-f", fresh, database=database)
    fresh.rename(kept)


def run(programs: str, program: str, *words: str | Path, database: str) -> None:
    url = urlsplit(settings.PORTAL_CLUSTER_URL)._replace(path=f"/{database}").geturl()
    subprocess.run([Path(programs) / program, *words, "-d", url], check=True, cwd="/")


def migrate(database: str) -> None:
    owner = connections["owner"]
    usual = owner.settings_dict["NAME"]
    owner.close()
    owner.settings_dict["NAME"] = database
    try:
        call_command("migrate", database="owner", verbosity=0, interactive=False)
    finally:
        owner.close()
        owner.settings_dict["NAME"] = usual


def remake(name: str, template: str) -> None:
    """Throw the database away with everything committed to it, and copy it anew (about 50 ms)."""
    connections.close_all()
    with as_owner() as cursor:
        drop(cursor, name)
        cursor.execute(
            sql.SQL("create database {} template {} strategy wal_log").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        database = sql.Identifier(name)
        cursor.execute(sql.SQL("revoke temporary on database {} from public").format(database))


def drop(cursor: Any, name: str) -> None:
    """The owner may not throw others out, so it waits a moment for connections that are just closing."""
    assert name.startswith("test_"), f"{name} is not a test database"
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            cursor.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(name)))
            return
        except psycopg2.errors.ObjectInUse:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
