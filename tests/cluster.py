"""A PostgreSQL and a Redis for one run of the tests: made in a temporary folder, thrown away at the end."""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2

from portal.launcher.account import Account, reachable_binaries, server_account
from portal.launcher.binaries import find_postgres, find_redis, postgres_major
from portal.launcher.child import Child
from portal.launcher.ports import answers, free_port

# Nothing here must survive a crash, so the disk is not waited for.
FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60", "autovacuum=off"]
PATIENCE_SECONDS = 30


@dataclass
class Servers:
    """The running servers, and the environment that leads the portal to them."""

    folder: Path
    children: list[Child] = field(default_factory=list)
    environ: dict[str, str] = field(default_factory=dict)

    def stop(self) -> None:
        for child in reversed(self.children):
            child.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def start_servers(environ: dict[str, str], major: int | None = None) -> Servers:
    """Start what the environment does not name: PostgreSQL (of one major version, if asked) and Redis."""
    account = server_account()
    servers = Servers(Path(tempfile.mkdtemp(prefix="portal-tests-")))
    servers.folder.chmod(0o755)
    try:
        if not environ.get("DATABASE_URL"):
            start_postgres(servers, account, find_postgres(major))
        if not environ.get("REDIS_URL"):
            start_redis(servers)
    except BaseException:
        servers.stop()
        raise
    return servers


def start_postgres(servers: Servers, account: Account | None, found: Path) -> None:
    programs, port, password = reachable_binaries(found, account), free_port(), secrets.token_hex(8)
    data, as_account = servers.folder / "data", account.popen_options() if account else {}
    data.mkdir(mode=0o700)
    secret = servers.folder / "password"
    secret.write_text(password)
    if account:
        os.chown(data, account.uid, account.gid)
        os.chown(secret, account.uid, account.gid)
    options = ["-U", "postgres", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    subprocess.run(
        [programs / "initdb", "-D", data, "--pwfile", secret, *options],
        check=True, capture_output=True, cwd="/", **as_account,
    )  # fmt: skip
    secret.unlink()
    settings = [word for setting in FAST for word in ("-c", setting)]
    command = [programs / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", "", *settings]
    servers.children.append(
        Child(
            command,
            log=servers.folder / "postgres.log",
            environ=os.environ,
            stop_signal=signal.SIGINT,
            options={"cwd": "/", **as_account},
        )
    )
    at = f"127.0.0.1:{port}"
    servers.environ |= {
        "PORTAL_CLUSTER_URL": f"postgres://postgres:{password}@{at}/postgres",
        "DATABASE_OWNER_URL": f"postgres://portal_owner:{password}@{at}/portal",
        "DATABASE_URL": f"postgres://portal_app:{password}@{at}/portal",
        "PORTAL_TEST_POSTGRES": str(postgres_major(found)),
    }
    wait_for_postgres(servers)


def wait_for_postgres(servers: Servers) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            psycopg2.connect(servers.environ["PORTAL_CLUSTER_URL"]).close()
            return
        except psycopg2.OperationalError:
            if time.monotonic() > end or not servers.children[-1].alive():
                raise RuntimeError((servers.folder / "postgres.log").read_text()) from None
            time.sleep(0.05)


def start_redis(servers: Servers) -> None:
    port = free_port()
    command = [find_redis(), "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    servers.children.append(
        Child(command, log=servers.folder / "redis.log", environ=os.environ, options={"cwd": servers.folder})
    )
    end = time.monotonic() + PATIENCE_SECONDS
    while not answers(port):
        if time.monotonic() > end or not servers.children[-1].alive():
            raise RuntimeError((servers.folder / "redis.log").read_text())
        time.sleep(0.02)
    servers.environ["REDIS_URL"] = f"redis://127.0.0.1:{port}/0"
