"""The only place that reads the time. In the demo the clock can be moved ahead, and keeps its offset over restarts."""

import json
import os
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

DEMO_START = datetime(2026, 11, 24, 10, 40, tzinfo=ZoneInfo("Europe/London"))

_seen: tuple[int, float] = (0, 0.0)


def real_now() -> datetime:
    """The true instant, in UTC: for sessions, one-time passwords and leases."""
    return datetime.now(UTC)


def now() -> datetime:
    """The instant that the contract lives in, in UTC: the true one, or the demo's."""
    return real_now() + timedelta(seconds=offset())


def offset() -> float:
    """Seconds by which the demo's clock is ahead of the true one; 0 outside the demo."""
    global _seen
    if not settings.PORTAL_DEMO:
        return 0.0
    try:
        changed = _file().stat().st_mtime_ns
    except FileNotFoundError:
        return 0.0
    if _seen[0] != changed:
        _seen = (changed, float(json.loads(_file().read_text())["offset_seconds"]))
    return _seen[1]


def set_offset(seconds: float) -> None:
    """Move the demo's clock to this many seconds ahead of the true one. Raises RuntimeError outside the demo."""
    if not settings.PORTAL_DEMO:
        raise RuntimeError("Only the demo's clock can be moved.")
    handle, name = tempfile.mkstemp(dir=settings.PORTAL_VAR)
    with os.fdopen(handle, "w") as stream:
        json.dump({"offset_seconds": seconds}, stream)
    os.replace(name, _file())


def set_now(at: datetime) -> None:
    """Set the demo's clock to an instant."""
    set_offset((at - real_now()).total_seconds())


def monotonic() -> float:
    """Seconds that only grow, for measuring how long something took."""
    return time.monotonic()


def _file() -> Path:
    return Path(settings.PORTAL_VAR) / "demo-clock.json"
