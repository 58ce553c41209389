"""The loop of every guarded child: orders from standard input, answers on standard output, within its own limits."""

import os
import sys
from collections.abc import Callable
from typing import BinaryIO

from portal.guarded.frames import Frame, FrameError, read_frame, write_frame
from portal.guarded.limits import die_after, limit_memory

Answer = Callable[[Frame], Frame]


def serve(answer: Answer, *, memory_mb: int, seconds: float, between: Callable[[], object] | None = None) -> None:
    """Answer one order after another until the input ends; `seconds` of processor time for each, `between` after each."""
    # Nothing but our frames may reach the parent: whatever prints goes to standard error.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    limit_memory(memory_mb)
    while _serve_one(sys.stdin.buffer, answers, answer, seconds, between):
        pass


def _serve_one(
    orders: BinaryIO, answers: BinaryIO, answer: Answer, seconds: float, between: Callable[[], object] | None
) -> bool:
    try:
        frame = read_frame(orders)
    except FrameError:
        return False
    die_after(seconds)
    write_frame(answers, answer(frame))
    if between is not None:
        between()
    die_after(0)
    return True
