"""PostgreSQL and Redis as our own foreground children on free loopback ports (the embedded default).

    with Postgres(folder) as database:
        database.url("postgres", "postgres")

The wheels' managers are never used: they start orphans, trust everybody and open root's home to all.
"""

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import psycopg2

from portal.launcher.account import reachable_binaries, reachable_folder, server_account
from portal.launcher.binaries import find_postgres, find_redis
from portal.launcher.child import Child, command_of, is_running, running_in
from portal.launcher.faults import Unable
from portal.launcher.ports import LOOPBACK, kept_port

START_SECONDS = 60
STOP_SECONDS = 30
PLAIN_ENVIRON = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
# Throwaway clusters may lose everything in a power cut, and are about twice as quick for it.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "200",
}
# After a checkpoint the first change of each page writes it whole to the log: with a million requests that is most pages.
# A new file of the log is filled with noughts while a commit waits, a third of a second: so used ones are kept and used again.
LASTING = {
    "shared_buffers": "512MB",
    "max_wal_size": "2GB",
    "min_wal_size": "512MB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "max_connections": "120",
}
ALWAYS = {
    "unix_socket_directories": "",
    "jit": "off",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "listen_addresses": LOOPBACK,
}


class Server:
    """What both servers share: a folder of their own, a port, a log, a child."""

    word = ""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder
        self.child: Child | None = None
        self.port = 0

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def start(self) -> Self:
        """Prepare, start and wait until it answers. Raises Unable with the reason."""
        self.prepare()
        self.launch()
        self.wait_until(self.ready, START_SECONDS)
        return self

    def prepare(self) -> None:
        """Everything before the program itself; safe to run again."""
        raise NotImplementedError

    def launch(self) -> None:
        """Start the program; from the main thread only."""
        raise NotImplementedError

    def ready(self) -> bool:
        raise NotImplementedError

    def stop(self) -> None:
        if self.child is not None:
            self.child.stop(STOP_SECONDS)
            self.child = None

    def wait_until(self, condition: Callable[[], bool], seconds: float) -> None:
        limit = time.monotonic() + seconds
        while not condition():
            if self.child is None or not self.child.alive():
                raise Unable(f"{self.word} stopped while it was starting: {last_line(self.log)}")
            if time.monotonic() > limit:
                raise Unable(f"{self.word} did not answer within {seconds:.0f} s; its log is {self.log}.")
            time.sleep(0.02)

    def password(self) -> str:
        """The server's own password, made at its first start; only we may read it."""
        return kept_secret(self.folder / "password")

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class Postgres(Server):
    """A PostgreSQL cluster in `folder`; `fast` gives up durability, for tests."""

    word = "PostgreSQL"

    def __init__(self, folder: Path, *, binaries: Path | None = None, fast: bool = False) -> None:
        super().__init__(folder)
        self.binaries = binaries
        self.fast = fast
        self.account = server_account()
        open_folder(folder, passable=self.account is not None)
        self.home = reachable_folder(folder, self.account)
        self.data = self.home / "data"

    def prepare(self) -> None:
        open_folder(self.home, passable=self.account is not None)
        source = self.binaries or find_postgres(self.written_by())
        self.binaries = reachable_binaries(source, self.account)
        if not self.data.exists():
            self.initialise()
        self.wait_for_predecessor()
        self.port = kept_port(self.folder / "port")

    def written_by(self) -> int | None:
        """The major version that wrote the data folder, None while there is none."""
        try:
            return int((self.data / "PG_VERSION").read_text())
        except FileNotFoundError:
            if self.data.exists():
                raise Unable(f"{self.data} is not a PostgreSQL data folder; move it away and start again.") from None
            return None

    def initialise(self) -> None:
        """Make the cluster beside its place and move it there whole, so that a kill leaves no half of one."""
        fresh, words = self.home / "data.new", self.home / "password.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        words.unlink(missing_ok=True)
        words.touch(mode=0o600)
        words.write_text(f"{self.password()}\n")
        if self.account is not None:
            os.chown(fresh, self.account.uid, self.account.gid)
            os.chown(words, self.account.uid, self.account.gid)
        try:
            self.run_initdb(fresh, words)
        finally:
            words.unlink(missing_ok=True)
        fresh.rename(self.data)

    def run_initdb(self, fresh: Path, words: Path) -> None:
        options = ["-U", "postgres", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums"]
        speed = ["--no-sync"] if self.fast else []
        command = [str(self.program("initdb")), "-D", str(fresh), f"--pwfile={words}", *options, *speed]
        answer = subprocess.run(
            command, env=PLAIN_ENVIRON, cwd="/", capture_output=True, text=True, check=False, **self.identity()
        )
        if answer.returncode != 0:
            raise Unable(f"PostgreSQL could not make its data folder {self.data}: {last_words(answer.stderr)}")

    def program(self, name: str) -> Path:
        """One of PostgreSQL's programs, such as pg_dump, of the version that serves."""
        if self.binaries is None:
            self.binaries = reachable_binaries(find_postgres(self.written_by()), self.account)
        return self.binaries / name

    def identity(self) -> dict[str, Any]:
        return self.account.popen_options() if self.account else {}

    def wait_for_predecessor(self) -> None:
        """After a kill -9 the old server may still be stopping, or lie dead and uncollected with its lock file in place."""
        lock = self.data / "postmaster.pid"
        if not lock.exists():
            return
        pid = int(lock.read_text().split("\n", 1)[0].strip() or 0)
        limit = time.monotonic() + STOP_SECONDS
        while is_running(pid) and str(self.data) in command_of(pid):
            if time.monotonic() > limit:
                raise Unable(f"Another PostgreSQL (process {pid}) still uses {self.data}; stop it and start again.")
            os.kill(pid, signal.SIGINT)
            time.sleep(0.2)
        lock.unlink(missing_ok=True)
        self.end_orphans(limit)

    def end_orphans(self, limit: float) -> None:
        """Those that served a killed server work on until they notice, in the memory that the next one would need."""
        while orphans := running_in(self.data.resolve()):
            if time.monotonic() > limit:
                raise Unable(
                    f"Processes {orphans} of a PostgreSQL that was killed still use {self.data}; end them and start again."
                )
            for pid in orphans:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGTERM)
            time.sleep(0.05)

    def launch(self) -> None:
        settings = ALWAYS | (FAST if self.fast else LASTING) | {"port": str(self.port)}
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self.child = Child(
            [self.program("postgres"), "-D", self.data, *words],
            log=self.log,
            environ=PLAIN_ENVIRON,
            stop_signal=signal.SIGINT,
            options={"cwd": "/", **self.identity()},
        )

    def ready(self) -> bool:
        try:
            psycopg2.connect(self.url("postgres", "postgres"), connect_timeout=2).close()
        except psycopg2.OperationalError as error:
            if "password authentication failed" in str(error):
                raise Unable(f"PostgreSQL does not accept the password kept in {self.folder / 'password'}.") from error
            return False
        return True

    def url(self, user: str, database: str, password: str | None = None) -> str:
        """The URL of a database for a login; the superuser postgres needs no password named."""
        word = self.password() if password is None else password
        return f"postgres://{quote(user)}:{quote(word, safe='')}@{LOOPBACK}:{self.port}/{quote(database)}"

    def version(self) -> str:
        answer = subprocess.run(
            [self.program("postgres"), "--version"], capture_output=True, text=True, check=True
        ).stdout
        found = re.search(r"\d+(\.\d+)?", answer)
        return f"PostgreSQL {found.group(0)}" if found else answer.strip()


class Redis(Server):
    """A Redis (Valkey) in `folder`, appended to disk each second."""

    word = "Redis"

    def prepare(self) -> None:
        open_folder(self.folder)
        self.port = kept_port(self.folder / "port")
        settings = {
            "bind": LOOPBACK,
            "port": str(self.port),
            "dir": f'"{self.folder}"',
            "appendonly": "yes",
            "appendfsync": "everysec",
            "maxmemory-policy": "noeviction",
            "requirepass": self.password(),
            "daemonize": "no",
        }
        # A file and not the command line, which everybody on the machine can read.
        configuration = self.folder / "redis.conf"
        configuration.touch(mode=0o600)
        configuration.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))

    def launch(self) -> None:
        self.child = Child([find_redis(), self.folder / "redis.conf"], log=self.log, environ=PLAIN_ENVIRON)

    def ready(self) -> bool:
        """Asks by hand: importing the client library takes longer than the whole start of the server."""
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=2) as line:
                line.sendall(f"AUTH {self.password()}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\n") < 2 and (more := line.recv(200)):
                    answer += more
        except OSError:
            return False
        return b"+PONG" in answer

    def url(self, database: int = 0) -> str:
        return f"redis://:{quote(self.password(), safe='')}@{LOOPBACK}:{self.port}/{database}"


def open_folder(folder: Path, *, passable: bool = False) -> None:
    """Make a folder that others cannot list; `passable` lets an account that knows a name below pass through."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711 if passable else 0o700)


def kept_secret(record: Path) -> str:
    """The random word kept in `record`, made when it is not there yet; readable by us only."""
    if not record.exists():
        fresh = record.with_name(f"{record.name}.new")
        fresh.unlink(missing_ok=True)
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48))
        fresh.replace(record)
    return record.read_text().strip()


def last_words(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it gave no reason"


def last_line(log: Path) -> str:
    return (
        f"{last_words(log.read_text(errors='replace'))} (the whole log: {log})" if log.exists() else "it gave no reason"
    )
