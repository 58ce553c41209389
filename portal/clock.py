"""The only place that reads the time. `now` is the portal's time, which the demo can move; `real_now` is never moved.

The demo's offset lives in PORTAL_VAR/demo-clock.json, so that web, workers and commands agree and it outlives a restart.
"""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from zoneinfo import ZoneInfo

from django.conf import settings

FILE_NAME = "demo-clock.json"
DEMO_START = datetime(2026, 11, 24, 10, 40, tzinfo=ZoneInfo("Europe/London"))

_lock = Lock()
_known: dict[Path, tuple[tuple[int, int, int], int]] = {}


def real_now() -> datetime:
    """The real instant in UTC, for sessions, one-time codes and leases."""
    return datetime.now(UTC)


def now() -> datetime:
    """The portal's instant in UTC: real time, moved by the demo's offset when this is the demo."""
    return real_now() + timedelta(seconds=offset())


def is_demo() -> bool:
    """Whether the settings say demo. Pure code may run without settings, and that is no demo."""
    return bool((settings.configured or os.environ.get("DJANGO_SETTINGS_MODULE")) and settings.PORTAL_DEMO)


def offset() -> int:
    """Seconds by which the demo runs ahead of real time; 0 outside the demo. Raises ValueError for a broken file."""
    if not is_demo():
        return 0
    file = offset_file()
    try:
        state = os.stat(file)
    except FileNotFoundError:
        return 0
    # Each write makes a new file: two writes in one tick of the disk's clock still differ.
    stamp = (state.st_mtime_ns, state.st_ino, state.st_size)
    known = _known.get(file)
    if known is None or known[0] != stamp:
        known = _known[file] = (stamp, read_offset(file))
    return known[1]


def set_offset(seconds: int) -> None:
    """Move the demo's clock to so many whole seconds from real time. Raises RuntimeError outside the demo."""
    if not is_demo():
        raise RuntimeError("Only the demo's clock can be moved.")
    file = offset_file()
    draft = file.with_name(f"{FILE_NAME}.{os.getpid()}.draft")
    with _lock:
        draft.write_text(json.dumps({"offset_seconds": int(seconds)}) + "\n", encoding="utf-8")
        os.replace(draft, file)


def move_to(instant: datetime) -> None:
    """Make the demo's clock show this instant now, to the second."""
    set_offset(round((instant - real_now()).total_seconds()))


def offset_file() -> Path:
    return Path(settings.PORTAL_VAR) / FILE_NAME


def read_offset(file: Path) -> int:
    content = json.loads(file.read_text(encoding="utf-8"))
    seconds = content.get("offset_seconds") if isinstance(content, dict) else None
    if not isinstance(seconds, int) or isinstance(seconds, bool):
        raise ValueError(f'{FILE_NAME} should read {{"offset_seconds": 0}} with a whole number of seconds.')
    return seconds
