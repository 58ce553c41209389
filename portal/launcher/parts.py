"""The parts of a running portal besides its two servers: web, workers, beats and the mail receiver."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Protocol

from portal.launcher.child import Child
from portal.launcher.plan import Plan
from portal.launcher.ports import LOOPBACK, answers

LOG_BYTES = 5_000_000
SETTLED_SECONDS = 3
CELERY = ["-m", "celery", "-A", "portal"]
# Nobody but us talks to the workers, so they need no chatter among themselves.
QUIET = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO"]


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
    launched_at: float = 0.0

    @property
    def log(self) -> Path:
        return self.plan.logs / f"{self.name}.log"

    def launch(self) -> None:
        turn_over(self.log)
        self.launched_at = time.monotonic()
        self.child = Child([sys.executable, *self.words], log=self.log, environ=self.plan.environ)

    def ready(self) -> bool:
        """Whether it answers; a part without a door counts as ready when it has lived for a moment."""
        if self.answers is not None:
            return self.answers()
        return time.monotonic() - self.launched_at > SETTLED_SECONDS

    def stop(self) -> None:
        if self.child is not None:
            self.child.stop(patience_seconds=15)
            self.child = None


def turn_over(log: Path) -> None:
    """Keep one older log beside the current one, so that logs never fill the disk."""
    log.parent.mkdir(mode=0o700, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".old.log"))


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
    return Part("web", words + load, plan, answers=lambda: web_answers(plan))


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
