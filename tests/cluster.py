"""A PostgreSQL and a Redis for one run of the tests: made in a temporary folder, thrown away at the end."""

import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import TypeVar

from django.core.management import call_command

from portal.launcher.binaries import find_postgres
from portal.launcher.ports import kept_port
from portal.launcher.servers import Postgres, Redis, Server, kept_secret, open_folder

Kind = TypeVar("Kind", bound=Server)


@dataclass
class Servers:
    """The servers of one run: planned first, so that settings can name them, and started when a test needs them."""

    folder: Path
    environ: dict[str, str]
    postgres: Postgres | None = None
    redis: Redis | None = None
    started: list[Server] = field(default_factory=list)
    asked: bool = False

    @classmethod
    def planned(cls, environ: dict[str, str]) -> "Servers":
        """Only what the environment does not name already: PostgreSQL (PORTAL_TEST_POSTGRES picks a major) and Redis."""
        folder = Path(tempfile.gettempdir()) / f"portal-tests-{secrets.token_hex(4)}"
        open_folder(folder, passable=True)
        # Files that tests store go where the run's other traces go, never into a portal that runs here.
        servers = cls(folder, {"PORTAL_VAR": str(folder / "var")})
        if not environ.get("DATABASE_URL"):
            servers.plan_postgres(int(environ.get("PORTAL_TEST_POSTGRES") or 0) or None)
        if not environ.get("REDIS_URL"):
            servers.redis = planned(Redis(folder / "redis"))
            servers.environ["REDIS_URL"] = servers.redis.url()
        return servers

    def plan_postgres(self, major: int | None) -> None:
        binaries = find_postgres(major) if major else None
        self.postgres = planned(Postgres(self.folder / "postgres", binaries=binaries, fast=True))
        words = {name: kept_secret(self.folder / name) for name in ("owner", "app")}
        self.environ |= {
            "PORTAL_CLUSTER_URL": self.postgres.url("postgres", "postgres"),
            "DATABASE_OWNER_URL": self.postgres.url("portal_owner", "portal", words["owner"]),
            "DATABASE_URL": self.postgres.url("portal_app", "portal", words["app"]),
        }

    def start(self) -> None:
        """Start them once, and make the roles. Django must have read its settings by then."""
        if self.asked:
            return
        self.asked = True
        (self.folder / "var").mkdir()
        try:
            for server in (self.postgres, self.redis):
                if server is not None:
                    self.started.append(server)
                    server.start()
            if self.postgres is not None:
                os.environ["PORTAL_TEST_PROGRAMS"] = str(self.postgres.program("postgres").parent)
            call_command("roles", "--tests", stdout=StringIO())
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        for server in reversed(self.started):
            server.stop()
        self.started.clear()
        shutil.rmtree(self.folder, ignore_errors=True)


def planned(server: Kind) -> Kind:
    """The server with the port that it will start on."""
    open_folder(server.folder, passable=True)
    server.port = kept_port(server.folder / "port")
    return server
