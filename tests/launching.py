"""A place to start a whole portal in: its own folder and ports, and the list of every process that it starts."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from portal.launcher.child import is_running
from portal.launcher.ports import free_port
from portal.launcher.runfile import BASE

PATIENCE_SECONDS = 120


@dataclass
class Ground:
    """One folder with two ports. `start` gives a launcher that runs, `run` waits for one that ends by itself."""

    folder: Path
    port: int = field(default_factory=free_port)
    smtp_port: int = field(default_factory=free_port)
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def environ(self, **more: str) -> dict[str, str]:
        ports = {"PORTAL_PORT": str(self.port), "PORTAL_SMTP_PORT": str(self.smtp_port)}
        return {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "PORTAL_VAR": str(self.folder), **ports, **more}

    def start(self, **more: str) -> subprocess.Popen[str]:
        with (self.folder.parent / "output.txt").open("a") as output:
            launcher = subprocess.Popen(
                [sys.executable, "-m", "portal.launcher", "run"],
                env=self.environ(**more), cwd=BASE, stdout=output, stderr=output, text=True,
            )  # fmt: skip
        self.started.append(launcher)
        return launcher

    def run(self, **more: str) -> subprocess.CompletedProcess[str]:
        words = [sys.executable, "-m", "portal.launcher", "run"]
        return subprocess.run(
            words, env=self.environ(**more), cwd=BASE, capture_output=True, text=True, timeout=PATIENCE_SECONDS
        )

    def output(self) -> str:
        return (self.folder.parent / "output.txt").read_text()

    def wait_for(self, condition: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> None:
        limit = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < limit, self.output()
            assert not self.started or self.started[-1].poll() is None, self.output()
            time.sleep(0.05)

    def wait_for_line(self, words: str) -> None:
        self.wait_for(lambda: words in self.output())


@contextmanager
def open_place() -> Iterator[Path]:
    """A folder that the database's account can reach; pytest's own temporary folders are closed to it."""
    place = Path(tempfile.mkdtemp(prefix="portal-launcher-"))
    place.chmod(0o755)
    try:
        yield place
    finally:
        shutil.rmtree(place)


@pytest.fixture
def ground() -> Iterator[Ground]:
    with open_place() as above:
        folder = above / "var"
        folder.mkdir()
        here = Ground(folder)
        yield here
        for launcher in here.started:
            if launcher.poll() is None:
                launcher.send_signal(signal.SIGTERM)
                launcher.wait(PATIENCE_SECONDS)


def family(pid: int) -> set[int]:
    """A process with its children and theirs."""
    found = {pid}
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found |= family(int(child))
    return found


def gone(pids: set[int], seconds: float = 10) -> set[int]:
    """Wait until none of them runs; those that still do at the end."""
    limit = time.monotonic() + seconds
    while (left := {pid for pid in pids if is_running(pid)}) and time.monotonic() < limit:
        time.sleep(0.05)
    return left


def command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def environment(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
