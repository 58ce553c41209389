"""A warm child process that may be killed: it does dangerous work within a time and a memory limit, one request at a time."""

import atexit
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, BinaryIO, Generic, Protocol, TypeVar, cast

from django.utils.translation import gettext as _

from portal.guarded.frames import Frame, FrameError, read_frame, write_frame

BASE_DIR = Path(__file__).resolve().parent.parent.parent


class ChildError(Exception):
    """Work for a child was not done; the text is a sentence for staff."""


class TookTooLong(ChildError):
    """The child passed its time limit and was killed."""


class ChildFailed(ChildError):
    """The child refused, ran out of memory or died."""


class GuardedChild:
    """One child running `python -m module`, started on first use and replaced after a kill or `requests` answers.

    `seconds` is the limit on the wall clock, `work` what it works on in the sentences for staff. Calls from several threads queue. The child gets none of our environment: no database address, no key, no proxy.
    """

    def __init__(
        self,
        module: str,
        *,
        seconds: float = 60,
        requests: int = 200,
        work: str = "document",
        arguments: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.module = module
        self.seconds = seconds
        self.requests = requests
        self.work = work
        self.arguments = tuple(arguments)
        self.environment = dict(environment or {})
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._served = 0

    def call(self, request: Frame) -> Frame:
        """The child's answer. Raises TookTooLong or ChildFailed; the next call then starts a fresh child."""
        with self._lock:
            process = self._running()
            started = time.monotonic()
            guard = threading.Timer(self.seconds, process.kill)
            guard.start()
            try:
                reply = self._exchange(process, request)
            except (FrameError, BrokenPipeError) as error:
                timed_out = time.monotonic() - started >= self.seconds
                self._discard()
                raise self._death(timed_out, process.returncode) from error
            finally:
                guard.cancel()
            self._served += 1
        if "error" in reply.header:
            raise ChildFailed(reply.header["error"])
        return reply

    def warm_up(self) -> int:
        """Start the child if it is not running, and give its process id."""
        with self._lock:
            return self._running().pid

    def stop(self) -> None:
        """End the child; a later call starts another."""
        with self._lock:
            self._discard()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and (self._served >= self.requests or self._process.poll() is not None):
            self._discard()
        if self._process is None:
            self._process = self._start()
            self._served = 0
        return self._process

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", self.module, *self.arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=BASE_DIR,
            env={"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONHASHSEED": "0", **self.environment},
        )

    def _exchange(self, process: subprocess.Popen[bytes], request: Frame) -> Frame:
        write_frame(cast(BinaryIO, process.stdin), request)
        return read_frame(cast(BinaryIO, process.stdout))

    def _discard(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        _wait_or_kill(process)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                _close(pipe)

    def _death(self, timed_out: bool, returncode: int) -> ChildError:
        if timed_out or returncode == -signal.SIGPROF:
            return TookTooLong(_("The %(work)s took too long and was stopped.") % {"work": self.work})
        return ChildFailed(
            _("The %(work)s's process ended before it was finished (code %(returncode)s).")
            % {"work": self.work, "returncode": returncode}
        )


def _wait_or_kill(process: subprocess.Popen[bytes]) -> None:
    """A child that died by itself keeps its own exit code; one that lives gets no time to say goodbye."""
    try:
        process.wait(timeout=0.2)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _close(pipe: IO[bytes]) -> None:
    """Closing flushes what the dead child never read, which fails by nature and means nothing."""
    with contextlib.suppress(BrokenPipeError):
        pipe.close()


class Stoppable(Protocol):
    def stop(self) -> None: ...


Kept = TypeVar("Kept", bound=Stoppable)


class PerProcess(Generic[Kept]):
    """One of a kind in each process: a forked worker must not share its parent's child. Ended when the process ends."""

    def __init__(self, make: Callable[[], Kept]) -> None:
        self.make = make
        self.kept: Kept | None = None
        self.pid = 0
        atexit.register(self.stop)

    def get(self) -> Kept:
        if self.kept is None or self.pid != os.getpid():
            self.kept = self.make()
            self.pid = os.getpid()
        return self.kept

    def stop(self) -> None:
        if self.kept is not None and self.pid == os.getpid():
            self.kept.stop()
            self.kept = None
