"""`python -m portal.launcher run`: start every part, keep it alive, stop everything on Ctrl C."""

import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

from portal.launcher import runfile
from portal.launcher.faults import Unable
from portal.launcher.folder import check_space, held, remembered
from portal.launcher.parts import Part, Supervised, first_parts, later_parts
from portal.launcher.plan import Plan
from portal.launcher.ports import demand
from portal.launcher.preparation import DATABASE, collect_static, manage, prepare_database
from portal.launcher.screen import say
from portal.launcher.servers import Postgres, Redis, kept_secret, last_line, open_folder

LOOK_SECONDS = 0.2
HEALTHY_SECONDS = 60
LONGEST_PAUSE_SECONDS = 30
WEB_PATIENCE_SECONDS = 30
LOW_SPACE_MEGABYTES = 100
SPACE_LOOK_SECONDS = 60


class Stop(BaseException):
    """Ctrl C, or a polite request to end from the system."""


@dataclass
class Watch:
    """One part under the launcher's eye, with its back-off after deaths."""

    name: str
    part: Supervised
    ready: bool = False
    deaths: int = 0
    launched_at: float = 0.0
    pause_until: float = 0.0

    def launch(self) -> None:
        self.ready = False
        self.launched_at = time.monotonic()
        self.part.launch()

    def look(self) -> None:
        """Notice a death or a first answer; start a dead part again after a growing pause."""
        now = time.monotonic()
        if self.part.child is None:
            if now >= self.pause_until:
                self.launch()
        elif not self.part.child.alive():
            self.bury(now)
        elif not self.ready and self.part.ready():
            self.ready = True
            say(self.name, "ready" if not self.deaths else "ready again")
        elif self.ready and now - self.launched_at > HEALTHY_SECONDS:
            self.deaths = 0

    def bury(self, now: float) -> None:
        child = self.part.child
        if child is None:
            return
        code = child.process.returncode
        child.sweep()
        self.part.child, self.ready = None, False
        pause = min(2**self.deaths, LONGEST_PAUSE_SECONDS)
        self.deaths += 1
        self.pause_until = now + pause
        how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        say(self.name, f"{how}; starts again in {pause} s. Its last line: {last_line(self.part.log)}")


class Launcher:
    """One run of the portal."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.watches: list[Watch] = []
        self.space_looked_at = time.monotonic()

    def run(self) -> None:
        """Start, watch until Stop, and leave nothing behind. Raises Unable when it cannot start."""
        with held(self.plan.folder):
            try:
                self.start()
                self.watch_over()
            finally:
                signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl C must not interrupt the stopping
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                self.stop()

    def start(self) -> None:
        plan = self.plan
        demand(plan.port, "PORTAL_PORT", "web pages")
        demand(plan.smtp_port, "PORTAL_SMTP_PORT", "mail receiver")
        open_folder(plan.logs)
        plan.environ.setdefault("PORTAL_SECRET_KEY", kept_secret(plan.folder / "key"))
        self.start_servers()
        say("tables", "ready, nothing to do" if prepare_database(plan) else "ready")
        self.settle_demo()
        say("static files", "ready, nothing to do" if collect_static(plan) else "ready")
        runfile.write(plan.folder, self.run_settings())
        self.start_parts()

    def start_servers(self) -> None:
        """Start what no setting names; both servers come up side by side."""
        plan = self.plan
        postgres = None if plan.external_database else Postgres(plan.folder / "postgres")
        redis = None if plan.external_redis else Redis(plan.folder / "redis")
        servers = [("Redis", redis), ("database", postgres)]
        for name, server in servers:
            if server is not None:
                server.prepare()
                self.add(name, server)
        for name, server in servers:
            if server is None:
                say(name, "external, as set")
                continue
            server.wait_until(server.ready, 60)
            say(name, f"ready on port {server.port}, in {server.home}")
        if postgres is not None:
            self.name_database(postgres)
        if redis is not None:
            plan.environ["REDIS_URL"] = redis.url()
        for watch in self.watches:
            watch.ready = True

    def name_database(self, postgres: Postgres) -> None:
        plan = self.plan
        passwords = {name: kept_secret(plan.folder / f"{name}.password") for name in ("owner", "app")}
        prefix = plan.environ.get("PORTAL_ROLE_PREFIX", "") or "portal"
        plan.environ["DATABASE_URL"] = postgres.url(f"{prefix}_app", DATABASE, passwords["app"])
        plan.owner_environ |= {
            "DATABASE_OWNER_URL": postgres.url(f"{prefix}_owner", DATABASE, passwords["owner"]),
            "PORTAL_CLUSTER_URL": postgres.url("postgres", "postgres"),
        }

    def settle_demo(self) -> None:
        """The demo's doors open only where this launcher made the database and loaded the demo world into it."""
        is_demo = remembered(self.plan.folder).get("demo") == "1" and not self.plan.external_database
        self.plan.environ["PORTAL_DEMO"] = "1" if is_demo else "0"

    def run_settings(self) -> dict[str, str]:
        """What another `manage.py` needs to speak with the parts that run."""
        names = ["DATABASE_URL", "REDIS_URL", "PORTAL_SECRET_KEY", "PORTAL_URL", "PORTAL_PORT", "PORTAL_SMTP_PORT"]
        shared = {name: self.plan.environ[name] for name in [*names, "PORTAL_SMTP_URL", "PORTAL_DEMO"]}
        return shared | self.plan.owner_environ

    def start_parts(self) -> None:
        for part in first_parts(self.plan):
            self.add(part.name, part)
        limit = time.monotonic() + WEB_PATIENCE_SECONDS
        while not all(watch.ready for watch in self.watches) and time.monotonic() < limit:
            self.look()
        tell_what_to_try(self.plan)
        for part in later_parts(self.plan):
            self.add(part.name, part)

    def add(self, name: str, part: Supervised) -> None:
        watch = Watch(name, part)
        self.watches.append(watch)
        watch.launch()

    def look(self) -> None:
        for watch in self.watches:
            watch.look()
        time.sleep(LOOK_SECONDS)

    def watch_over(self) -> None:
        while True:
            self.look()
            if time.monotonic() - self.space_looked_at > SPACE_LOOK_SECONDS:
                self.space_looked_at = time.monotonic()
                check_space(self.plan.folder, LOW_SPACE_MEGABYTES)

    def stop(self) -> None:
        """Ask all parts at once, wait for each; the servers go last, for the parts still write to them."""
        parts = [watch for watch in self.watches if isinstance(watch.part, Part)]
        for watch in parts:
            if watch.part.child is not None:
                watch.part.child.ask_to_stop()
        for watch in [*parts, *(other for other in self.watches if other not in parts)]:
            watch.part.stop()
        runfile.remove(self.plan.folder)


def tell_what_to_try(plan: Plan) -> None:
    lines = [f"\n  The portal is at {plan.address}"]
    if plan.environ["PORTAL_DEMO"] == "1":
        lines += [
            "  It is a demo with made-up clients. Things to try:",
            "  - open a door on the sign-in page as a client, and raise a request",
            "  - open another as staff, and answer it from the queue before its clock runs out",
            "  - press +1 day in the banner, and see what fell due",
            "  - as a client's manager, ask for the compliance report",
        ]
    else:
        lines.append(f"  {manage(plan, 'staff', 'setup').strip()}")
    print("\n".join([*lines, f"  Logs: {plan.logs}   Stop: Ctrl C\n"]), flush=True)


def stop_on_signals() -> None:
    """Turn the signals that end a program into Stop, so that every `finally` runs."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise Stop

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


def run(read: Callable[[], Plan]) -> int:
    """Run the portal until it is stopped; the exit code."""
    stop_on_signals()
    try:
        plan = read()
        print(f"Starting the portal in {plan.folder}", flush=True)
        Launcher(plan).run()
    except Unable as error:
        print(f"Cannot go on: {error}", file=sys.stderr, flush=True)
        return 1
    except Stop:
        print("Stopped.", flush=True)
    return 0
