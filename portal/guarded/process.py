"""A warm child process that may be killed: it does dangerous work within a time and a memory limit, one request at a time."""

import atexit
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, Generic, Protocol, TypeVar, cast

from django.utils.translation import gettext as _

from portal.guarded.frames import Frame, FrameError, read_frame, write_frame

# So many may wait before one who comes is told that there are too many.
QUEUE = 4
BASE_DIR = Path(__file__).resolve().parent.parent.parent


class ChildError(Exception):
    """Work for a child was not done; the text is a sentence for staff."""


class TookTooLong(ChildError):
    """The child passed its time limit and was killed."""


class ChildFailed(ChildError):
    """The child refused, ran out of memory or died."""


class Busy(ChildError):
    """Too many wait for the child; nothing was tried."""


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
        """The child's answer. Raises Busy, TookTooLong or ChildFailed; after the last two the next call starts a fresh child."""
        with self.begun(request) as answer:
            return answer()

    @contextmanager
    def begun(self, request: Frame) -> Iterator[Callable[[], Frame]]:
        """The child works while the block does something else; `answer()` then gives what `call` gives, or raises it.

        A child whose answer nobody asks for is ended.
        """
        # Calls from several threads queue, and none waits for ever: each before it takes its own limit at most.
        if not self._lock.acquire(timeout=QUEUE * self.seconds):
            raise Busy(_("Too many wait to have a %(work)s looked at. Try again in a moment.") % {"work": self.work})
        try:
            talk = Talk(self._running(), time.monotonic() + self.seconds)
            talk.send(request)
            try:
                yield lambda: self._answered(talk)
            finally:
                if not talk.is_over:
                    talk.process.kill()
                    self._discard()
        finally:
            self._lock.release()

    def _answered(self, talk: "Talk") -> Frame:
        # What the caller did meanwhile is not the child's time; its own limit is on its processor's time.
        talk.limit = max(talk.limit, time.monotonic() + self.seconds)
        try:
            reply = talk.receive()
        except (FrameError, BrokenPipeError, TimeoutError) as error:
            timed_out = isinstance(error, TimeoutError)
            if timed_out:
                talk.process.kill()
            self._discard()
            raise self._death(timed_out, talk.process.returncode) from error
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
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=BASE_DIR,
            env={"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONHASHSEED": "0", **self.environment},
        )

    def _discard(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        _wait_or_kill(process)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

    def _death(self, timed_out: bool, returncode: int) -> ChildError:
        if timed_out or returncode == -signal.SIGPROF:
            return TookTooLong(_("The %(work)s took too long and was stopped.") % {"work": self.work})
        return ChildFailed(
            _("The %(work)s's process ended before it was finished (code %(returncode)s).")
            % {"work": self.work, "returncode": returncode}
        )


class Talk:
    """One question to a child and its answer, both before an instant of the monotonic clock."""

    def __init__(self, process: subprocess.Popen[bytes], limit: float) -> None:
        self.process = process
        self.limit = limit
        self.is_over = False
        self.fault: OSError | None = None

    def send(self, request: Frame) -> None:
        """What breaks here is raised by `receive`."""
        try:
            write_frame(cast(BinaryIO, PatientPipe(cast(IO[bytes], self.process.stdin), self.limit)), request)
        except (BrokenPipeError, TimeoutError) as error:
            self.fault = error

    def receive(self) -> Frame:
        """The answer. Raises TimeoutError when it takes too long, FrameError or BrokenPipeError when the child ends."""
        self.is_over = True
        if self.fault is not None:
            raise self.fault
        return read_frame(cast(BinaryIO, PatientPipe(cast(IO[bytes], self.process.stdout), self.limit)))


class PatientPipe:
    """One end of a pipe that waits until an instant of the monotonic clock, and then raises TimeoutError."""

    def __init__(self, pipe: IO[bytes], limit: float) -> None:
        self.number = pipe.fileno()
        self.limit = limit
        os.set_blocking(self.number, False)

    def write(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            self._wait(select.POLLOUT)
            left = left[os.write(self.number, left) :]

    def flush(self) -> None:
        """Nothing is held back."""

    def read(self, count: int) -> bytes:
        """So many bytes, or fewer at the end of the stream."""
        found = bytearray()
        while len(found) < count:
            self._wait(select.POLLIN)
            part = os.read(self.number, count - len(found))
            if not part:
                break
            found += part
        return bytes(found)

    def _wait(self, event: int) -> None:
        ready = select.poll()
        ready.register(self.number, event)
        if not ready.poll(max(0.0, self.limit - time.monotonic()) * 1000):
            raise TimeoutError


def _wait_or_kill(process: subprocess.Popen[bytes]) -> None:
    """A child that died by itself keeps its own exit code; one that lives gets no time to say goodbye."""
    try:
        process.wait(timeout=0.2)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


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
