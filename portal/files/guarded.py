"""Runs a child that opens a stranger's bytes: bounded in time, memory and disk, without the portal's environment."""

import json
import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from django.utils.translation import gettext as _

from portal.files.limits import FILE_BYTES, PICTURE_MEMORY_BYTES, PICTURE_SECONDS

CHILDREN = Path(__file__).parent / "children"
# One at a time in each web process: four large pictures at once would need the memory of the whole machine.
turn = BoundedSemaphore(1)


class GaveUp(Exception):
    """The child was stopped, or died, before it had an answer."""


def run_child(script: str, *arguments: str | int) -> dict[str, Any]:
    """The child's answer. Raises GaveUp when it took too long, too much, or crashed; OSError when its disk was full."""
    words = [*arguments, PICTURE_MEMORY_BYTES, PICTURE_SECONDS, FILE_BYTES * 2]
    # PATH is all it gets: no password and no key of the portal is in its environment.
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
    command = [sys.executable, "-B", "-E", "-s", str(CHILDREN / script), *(str(word) for word in words)]
    with turn:
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, timeout=PICTURE_SECONDS,
                env=environment, close_fds=True, check=False, cwd="/",
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise GaveUp(
                _("%(script)s took more than %(PICTURE_SECONDS)s seconds")
                % {"script": script, "PICTURE_SECONDS": PICTURE_SECONDS}
            ) from error
    if done.returncode != 0 or not done.stdout:
        raise GaveUp(
            _("%(script)s ended with %(returncode)s: %(decode)s")
            % {"script": script, "returncode": done.returncode, "decode": done.stderr[-300:].decode(errors="replace")}
        )
    answer: dict[str, Any] = json.loads(done.stdout)
    if "errno" in answer:
        raise OSError(answer["errno"], "a child could not write")
    return answer
