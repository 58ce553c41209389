"""Kill points for the tests of "nothing lost, nothing done twice" (TRUST.md 3). Only the tests' settings can switch one on.

PORTAL_FAULT=name:n kills this process, as kill -9 does, when it comes to the point for the n-th time.
"""

import os
import signal
from collections import Counter

from django.conf import settings

_passed: Counter[str] = Counter()


def kill_point(name: str) -> None:
    """Die here if the tests ask for it; nothing at all otherwise."""
    wanted = getattr(settings, "PORTAL_FAULT", "")
    if not wanted:
        return
    point, _, times = wanted.partition(":")
    if point != name:
        return
    _passed[name] += 1
    if _passed[name] == int(times or 1):
        os.kill(os.getpid(), signal.SIGKILL)
