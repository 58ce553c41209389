"""A portal of its own for the benchmark: servers, a world of so many requests, and the web part, started by the launcher's parts.

Settings are production's, with three exceptions: programmes are not slowed, the world is the demo's (but PORTAL_DEMO is off when the web part runs, so
that no page carries the banner), and the web part says how many statements each answer cost (benchmarks/wsgi.py).
"""

import os
import shutil
import tempfile
import time
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg2

from portal import clock
from portal.launcher.folder import remember, remembered
from portal.launcher.parts import Part, web
from portal.launcher.plan import Plan, read_plan
from portal.launcher.ports import free_port
from portal.launcher.preparation import collect_static, fingerprint, manage, prepare_database, schema_files
from portal.launcher.run import Launcher
from portal.launcher.servers import kept_secret, open_folder

WEB_PATIENCE_SECONDS = 60
LOADING_SECONDS = 3600
WORKERS = 3
WARMED_BYTES = 1 << 20


class House:
    """`with House(tickets) as house:` serves at house.port. BENCH_FOLDER keeps the worlds there for the next run."""

    def __init__(self, tickets: int) -> None:
        kept = os.environ.get("BENCH_FOLDER")
        self.throwaway = not kept
        parent = Path(kept) if kept else Path(tempfile.mkdtemp(prefix="portal-bench-"))
        self.tickets = tickets
        self.plan = self.planned(parent / str(tickets))
        self.launcher = Launcher(self.plan)
        self.web: Part | None = None

    def planned(self, folder: Path) -> Plan:
        given = {
            "PATH": os.environ["PATH"],
            "PORTAL_VAR": str(folder),
            "PORTAL_PORT": os.environ.get("PORTAL_PORT") or str(free_port()),
            "PORTAL_SMTP_PORT": os.environ.get("PORTAL_SMTP_PORT") or str(free_port()),
            "PORTAL_DEMO": "0",
            "PORTAL_LOG_LEVEL": "WARNING",
            "PORTAL_API_PER_MINUTE": "1000000",
        }
        return read_plan(given)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        plan = self.plan
        # PostgreSQL's own account must get through, or its data would lie elsewhere and outlive us.
        open_folder(plan.folder.parent, passable=True)
        open_folder(plan.folder, passable=True)
        open_folder(plan.logs)
        plan.environ.setdefault("PORTAL_SECRET_KEY", kept_secret(plan.folder / "key"))
        self.launcher.start_servers()
        prepare_database(plan)
        self.fill()
        self.warm()
        collect_static(plan)
        self.web = serving(plan)
        self.web.launch()
        limit = time.monotonic() + WEB_PATIENCE_SECONDS
        while not self.web.ready():
            if time.monotonic() > limit:
                raise RuntimeError(f"The web part did not answer; its log is {self.web.log}.")
            time.sleep(0.2)

    def fill(self) -> None:
        """Load the world as of now, unless an earlier run left the same; then let PostgreSQL tidy up, as it does by itself."""
        stamp = f"{self.tickets} {fingerprint(schema_files())}"
        if remembered(self.plan.folder).get("world") == stamp:
            return
        first = [] if "world" in remembered(self.plan.folder) else ["--first-start"]
        now = clock.real_now().isoformat(timespec="seconds")
        self.plan.environ["PORTAL_DEMO"] = "1"
        words = [*first, "--tickets", str(self.tickets), "--at", now]
        manage(self.plan, "demo", *words, patience_seconds=LOADING_SECONDS)
        self.plan.environ["PORTAL_DEMO"] = "0"
        remember(self.plan.folder, remembered(self.plan.folder) | {"world": "loaded"})
        with closing(psycopg2.connect(self.plan.owner_environ["DATABASE_OWNER_URL"])) as connection:
            connection.autocommit = True
            connection.cursor().execute("vacuum (analyze)")
        remember(self.plan.folder, remembered(self.plan.folder) | {"world": stamp})

    def warm(self) -> None:
        """Read the world's files once: a kept world lies on the disk only, one that has served for a day is in memory."""
        for file in sorted((self.plan.folder / "postgres").rglob("base/**/*")):
            if file.is_file():
                with file.open("rb") as data:
                    while data.read(WARMED_BYTES):
                        pass

    def environ(self) -> dict[str, str]:
        """What a benchmark's own process gets."""
        return self.plan.with_owner() | {
            "BENCH_WEB_PID": str(self.web.child.process.pid if self.web and self.web.child else 0)
        }

    def stop(self) -> None:
        if self.web is not None:
            self.web.stop()
        self.launcher.stop()
        if self.throwaway:
            shutil.rmtree(self.plan.folder.parent, ignore_errors=True)


def serving(plan: Plan) -> Part:
    """The launcher's web part, with three processes and the counting entry."""
    part = web(plan)
    part.words = ["benchmarks.wsgi" if word == "portal.wsgi" else word for word in part.words]
    part.words[part.words.index("--workers") + 1] = str(WORKERS)
    return part
