"""A program started as our direct child: it dies with us, is stopped gently, and leaves nothing behind."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def dies_with_us(parent: int, farewell: signal.Signals) -> Callable[[], None]:
    """For the child, before it becomes the program: ask the kernel for `farewell` when its parent is killed."""

    def ask_kernel() -> None:
        if LIBC is not None:
            LIBC.prctl(PR_SET_PDEATHSIG, int(farewell))
            if os.getppid() != parent:  # killed between the fork and the request
                os._exit(1)

    return ask_kernel


class Child:
    """One running program with its log.

    Start it from the main thread: the kernel counts the end of the starting thread as the parent's death.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        log: Path,
        environ: Mapping[str, str],
        stop_signal: signal.Signals = signal.SIGTERM,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self.stop_signal = stop_signal
        with log.open("ab") as output:
            # Its own session: Ctrl C in the terminal reaches the launcher only, which stops the parts in order.
            self.process = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(environ),
                start_new_session=True,
                preexec_fn=dies_with_us(os.getpid(), stop_signal),
                **(options or {}),
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    def alive(self) -> bool:
        return self.process.poll() is None

    def ask_to_stop(self) -> None:
        if self.alive():
            self.process.send_signal(self.stop_signal)

    def stop(self, patience_seconds: float = 10) -> None:
        """Ask, wait, then force; afterwards nothing of its session is left."""
        self.ask_to_stop()
        try:
            self.process.wait(patience_seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.sweep()

    def sweep(self) -> None:
        """Kill what a killed parent left of its own children."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return


def process_state(pid: int) -> str:
    """The kernel's letter for a process; "" when there is none, "Z" for one that is dead but not yet collected."""
    try:
        content = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return content.rpartition(")")[2].split()[0]


def is_running(pid: int) -> bool:
    return process_state(pid) not in ("", "Z", "X")


def running_in(folder: Path) -> list[int]:
    """The processes that work in this folder, as far as we may see them."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and Path(os.readlink(entry / "cwd")) == folder and is_running(int(entry.name)):
                found.append(int(entry.name))
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return found


def command_of(pid: int) -> str:
    """The command line of a process, empty when it is gone or not ours to see."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return ""
