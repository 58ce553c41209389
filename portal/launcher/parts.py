"""The parts of a running portal besides its two servers: web, workers, beats and the mail receiver."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Protocol

from portal.launcher import READY_LINE
from portal.launcher.child import Child
from portal.launcher.plan import Plan
from portal.launcher.ports import LOOPBACK, answers

LOG_BYTES = 5_000_000
CELERY = ["-m", "celery", "-A", "portal"]
# Nobody but us talks to the workers, so they need no chatter among themselves.
QUIET = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]


class Supervised(Protocol):
    """What the launcher keeps alive: a part or a server."""

    child: Child | None

    @property
    def log(self) -> Path: ...
    def launch(self) -> None: ...
    def ready(self) -> bool: ...
    def stop(self) -> None: ...


@dataclass
class Part:
    """One Python process of the portal."""

    name: str
    words: list[str]
    plan: Plan
    answers: Callable[[], bool] | None = None
    child: Child | None = None
    log_start: int = 0

    @property
    def log(self) -> Path:
        return self.plan.logs / f"{self.name}.log"

    def launch(self) -> None:
        self.log_start = turn_over(self.log)
        self.child = Child([sys.executable, *self.words], log=self.log, environ=self.plan.environ)

    def ready(self) -> bool:
        """Whether it answers; a part without a door says so in its log."""
        if self.answers is not None:
            return self.answers()
        with self.log.open("rb") as log:
            log.seek(self.log_start)
            return READY_LINE in log.read()

    def stop(self) -> None:
        if self.child is not None:
            self.child.stop(patience_seconds=15)
            self.child = None


def turn_over(log: Path) -> int:
    """Keep one older log beside the current one, so that logs never fill the disk; the size that the log has now."""
    log.parent.mkdir(mode=0o700, exist_ok=True)
    size = log.stat().st_size if log.exists() else 0
    if size <= LOG_BYTES:
        return size
    log.replace(log.with_suffix(".old.log"))
    return 0


def web_answers(plan: Plan) -> bool:
    """Whether the web part answers its health page."""
    connection = HTTPConnection(LOOPBACK, plan.port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": f"localhost:{plan.port}"})
        return connection.getresponse().status < 500
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def web(plan: Plan) -> Part:
    """gunicorn, two processes of four threads; loaded once and then forked, which saves memory and half a second."""
    words = ["-m", "gunicorn", "portal.wsgi", "--bind", f"{plan.bind}:{plan.port}", "--preload", "--no-control-socket"]
    load = [
        "--worker-class",
        "gthread",
        "--workers",
        "2",
        "--threads",
        "4",
        "--timeout",
        "60",
        "--graceful-timeout",
        "10",
    ]
    trust = ["--forwarded-allow-ips", plan.environ.get("PORTAL_TRUSTED_PROXIES", "").replace(" ", "")]
    return Part("web", words + load + trust, plan, answers=lambda: web_answers(plan))


def worker(plan: Plan, queue: str, processes: int) -> Part:
    words = [*CELERY, "worker", "--queues", queue, "--hostname", f"{queue}@portal", "--concurrency", str(processes)]
    return Part(f"worker-{queue}", words + QUIET, plan)


def beat(plan: Plan, number: int) -> Part:
    """One of two clocks: every sweep takes a lock, so the second only matters when the first is dead. It keeps no file."""
    words = [*CELERY, "beat", "--scheduler", "celery.beat:Scheduler", "--loglevel", "WARNING"]
    return Part(f"beat-{number}", words, plan)


def mail_receiver(plan: Plan) -> Part:
    return Part("mail", ["-m", "portal.mailreceiver"], plan, answers=lambda: answers(plan.smtp_port))


def first_parts(plan: Plan) -> list[Part]:
    """What a person at the browser waits for."""
    return [web(plan), mail_receiver(plan)]


def later_parts(plan: Plan) -> list[Part]:
    """What starts once the web answers, so that it need not share the processor with it."""
    return [worker(plan, "default", 2), worker(plan, "documents", 1), beat(plan, 1), beat(plan, 2)]
