"""What stands between an answering database and a portal that can serve: roles, tables, demo world, static files.

Each step is skipped when an earlier start has done it for the same code. A start that was killed half-way through making
a new database begins that database again.
"""

import hashlib
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import psycopg2
from psycopg2 import sql

from portal.launcher.faults import Unable
from portal.launcher.folder import remember, remembered
from portal.launcher.plan import Plan
from portal.launcher.runfile import BASE
from portal.launcher.screen import say
from portal.launcher.servers import last_words

DATABASE = "portal"
APPS = ("portal", "tickets", "compliance")
# htmx's extensions import htmx by a name that is not there, and we use none; documents read their fonts from the disk.
NOT_SERVED = ("*/ext/*", "*/pdf-fonts/*")
# The new database is not whole yet; a later start may throw it away.
MAKING, READY = "making", "ready"


def manage(plan: Plan, *words: str, patience_seconds: int = 1800) -> str:
    """Run a Django command with the owner's rights. Raises Unable with the command's last line."""
    answer = subprocess.run(
        [sys.executable, str(BASE / "manage.py"), *words],
        env=plan.with_owner(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=patience_seconds,
    )
    log = plan.logs / "setup.log"
    with log.open("a") as file:
        file.write(f"$ manage.py {' '.join(words)}\n{answer.stdout}{answer.stderr}")
    if answer.returncode != 0:
        raise Unable(
            f"`manage.py {words[0]}` failed: {last_words(answer.stderr or answer.stdout)} (the whole log: {log})"
        )
    return answer.stdout


def fingerprint(files: Iterable[Path]) -> str:
    """A hash of names and contents: equal for equal code."""
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(f"{file.relative_to(BASE)}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def schema_files() -> list[Path]:
    """Everything that decides what the tables and rights look like."""
    migrations = [file for app in APPS for file in (BASE / app / "migrations").glob("*.py")]
    return [*migrations, *(BASE / "portal" / "tenancy").glob("*.py"), BASE / "requirements" / "base.lock"]


def prepare_database(plan: Plan) -> bool:
    """Make roles and tables what this code needs; True when nothing was to do."""
    facts, stamp = remembered(plan.folder), fingerprint(schema_files())
    if plan.external_database:
        if "PORTAL_CLUSTER_URL" in plan.owner_environ:
            manage(plan, "roles")
        manage(plan, "migrate", "--no-input")
        return False
    if facts.get("database") == READY and facts.get("schema") == stamp:
        return True
    new = facts.get("database") != READY
    if facts.get("database") == MAKING:
        drop_database(plan)
    remember(plan.folder, facts | {"database": MAKING if new else READY})
    if new:
        say("tables", "are being made, this once")
    manage(plan, "roles")
    manage(plan, "migrate", "--no-input")
    demo = load_demo(plan) if new else facts.get("demo", "0")
    remember(plan.folder, facts | {"database": READY, "schema": stamp, "demo": demo})
    return False


def load_demo(plan: Plan) -> str:
    """Fill the database that this start made empty; "1" when it is now a demo."""
    if not plan.demo_wanted or not any((BASE / app / "management/commands/demo.py").exists() for app in APPS):
        return "0"
    plan.environ["PORTAL_DEMO"] = "1"
    say("demo world", "is being made, this once; it takes about a minute")
    manage(plan, "demo", "--first-start")
    return "1"


def drop_database(plan: Plan) -> None:
    """Throw away a database that an interrupted first start left half made; nobody has used it."""
    connection = psycopg2.connect(plan.owner_environ["PORTAL_CLUSTER_URL"])
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(DATABASE)))
    finally:
        connection.close()


def collect_static(plan: Plan) -> bool:
    """Put the hashed static files where the web part serves them; True when nothing was to do."""
    facts = remembered(plan.folder)
    sources = [file for file in (BASE / "static").rglob("*") if file.is_file()]
    stamp = fingerprint([*sources, BASE / "requirements" / "base.lock"])
    if facts.get("static") == stamp and (plan.folder / "static" / "staticfiles.json").exists():
        return True
    leave_out = [word for pattern in NOT_SERVED for word in ("--ignore", pattern)]
    manage(plan, "collectstatic", "--no-input", "--clear", "--verbosity", "0", *leave_out)
    remember(plan.folder, remembered(plan.folder) | {"static": stamp})
    return False
