"""A PostgreSQL and a Redis for one run of the tests: made in a temporary folder, thrown away at the end."""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

import psycopg2
from django.core.management import call_command

from portal.launcher.account import Account, reachable_binaries, server_account
from portal.launcher.binaries import find_postgres, find_redis
from portal.launcher.child import Child
from portal.launcher.ports import answers, free_port

# Nothing here must survive a crash, so the disk is not waited for.
FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60", "autovacuum=off"]
PATIENCE_SECONDS = 30


@dataclass
class Servers:
    """The servers of one run: planned first, so that settings can name them, and started when a test needs them."""

    folder: Path
    environ: dict[str, str]
    postgres_port: int = 0
    redis_port: int = 0
    password: str = ""
    major: int | None = None
    children: list[Child] = field(default_factory=list)
    started: bool = False

    @classmethod
    def planned(cls, environ: dict[str, str]) -> "Servers":
        """Only what the environment does not name already: PostgreSQL (PORTAL_TEST_POSTGRES picks a major) and Redis."""
        folder = Path(tempfile.gettempdir()) / f"portal-tests-{secrets.token_hex(4)}"
        # Files that tests store go where the run's other traces go, never into a portal that runs here.
        servers = cls(
            folder, {"PORTAL_VAR": str(folder / "var")}, major=int(environ.get("PORTAL_TEST_POSTGRES") or 0) or None
        )
        if not environ.get("DATABASE_URL"):
            servers.postgres_port, servers.password = free_port(), secrets.token_hex(8)
            at = f"127.0.0.1:{servers.postgres_port}"
            servers.environ |= {
                "PORTAL_CLUSTER_URL": f"postgres://postgres:{servers.password}@{at}/postgres",
                "DATABASE_OWNER_URL": f"postgres://portal_owner:{servers.password}@{at}/portal",
                "DATABASE_URL": f"postgres://portal_app:{servers.password}@{at}/portal",
            }
        if not environ.get("REDIS_URL"):
            servers.redis_port = free_port()
            servers.environ["REDIS_URL"] = f"redis://127.0.0.1:{servers.redis_port}/0"
        return servers

    def start(self) -> None:
        """Start them once, and make the roles. Django must have read its settings by then."""
        if self.started:
            return
        self.started = True
        self.folder.mkdir(mode=0o755)
        (self.folder / "var").mkdir()
        try:
            if self.postgres_port:
                start_postgres(self, server_account(), find_postgres(self.major))
            if self.redis_port:
                start_redis(self)
            call_command("roles", "--tests", stdout=StringIO())
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        for child in reversed(self.children):
            child.stop()
        self.children.clear()
        shutil.rmtree(self.folder, ignore_errors=True)


def start_postgres(servers: Servers, account: Account | None, found: Path) -> None:
    programs, data = reachable_binaries(found, account), servers.folder / "data"
    as_account = account.popen_options() if account else {}
    make_data(servers, account, programs, data)
    os.environ["PORTAL_TEST_PROGRAMS"] = str(programs)
    settings = [word for setting in FAST for word in ("-c", setting)]
    where = ["-D", data, "-h", "127.0.0.1", "-p", str(servers.postgres_port), "-k", ""]
    servers.children.append(
        Child(
            [programs / "postgres", *where, *settings],
            log=servers.folder / "postgres.log",
            environ=os.environ,
            stop_signal=signal.SIGINT,
            options={"cwd": "/", **as_account},
        )
    )
    wait(servers, servers.postgres_port, "postgres.log")
    while not takes_sessions(servers.environ["PORTAL_CLUSTER_URL"]):
        time.sleep(0.05)


def make_data(servers: Servers, account: Account | None, programs: Path, data: Path) -> None:
    data.mkdir(mode=0o700)
    secret = servers.folder / "password"
    secret.write_text(servers.password)
    secret.chmod(0o600)
    if account:
        os.chown(data, account.uid, account.gid)
        os.chown(secret, account.uid, account.gid)
    options = ["-U", "postgres", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    subprocess.run(
        [programs / "initdb", "-D", data, "--pwfile", secret, *options],
        check=True,
        capture_output=True,
        cwd="/",
        **(account.popen_options() if account else {}),
    )
    secret.unlink()


def takes_sessions(url: str) -> bool:
    """A port that answers may still belong to a server that is starting up."""
    try:
        psycopg2.connect(url).close()
    except psycopg2.OperationalError as error:
        if "starting up" in str(error):
            return False
        raise
    return True


def start_redis(servers: Servers) -> None:
    options = ["--bind", "127.0.0.1", "--port", str(servers.redis_port), "--save", "", "--appendonly", "no"]
    log = servers.folder / "redis.log"
    servers.children.append(
        Child([find_redis(), *options], log=log, environ=os.environ, options={"cwd": servers.folder})
    )
    wait(servers, servers.redis_port, log.name)


def wait(servers: Servers, port: int, log: str) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not answers(port):
        if time.monotonic() > end or not servers.children[-1].alive():
            raise RuntimeError((servers.folder / log).read_text())
        time.sleep(0.02)
