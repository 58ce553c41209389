"""The store: random names in one folder a day, behind Django's storage setting, so that S3 is a setting away."""

import errno
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, cast

import structlog
from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from portal import clock
from portal.files.storage import DRAFT, make_folder
from portal.files.taken import NoRoom, Taken

log = structlog.get_logger(__name__)

NAME = re.compile(r"\d{4}-\d{2}-\d{2}/[0-9a-f]{32}")
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
INCOMING = "incoming"
# The sweep looks no further back: what it missed in a week of standing still is listed by hand, not by every sweep.
SWEPT_DAYS = 7
OLDER_THAN = timedelta(hours=3)
BATCH = 500


def new_name() -> str:
    """A day's folder (real time, UTC) and 128 random bits: nothing of the sender's name reaches the disk."""
    return f"{clock.real_now():%Y-%m-%d}/{secrets.token_hex(16)}"


def keep(path: Path, name: str) -> str:
    """Store a file whole and return its storage name. Raises NoRoom when it does not fit."""
    with no_room_said(name), path.open("rb") as source:
        return default_storage.save(new_name(), File(source))


def open_stored(storage_name: str) -> BinaryIO:
    """The stored bytes, from the start. Raises FileNotFoundError, also for a name that is none of ours."""
    if not NAME.fullmatch(storage_name):
        raise FileNotFoundError(storage_name)
    return cast(BinaryIO, default_storage.open(storage_name, "rb").file)


def is_stored(storage_name: str) -> bool:
    return bool(NAME.fullmatch(storage_name)) and default_storage.exists(storage_name)


def discard(storage_name: str) -> None:
    """Remove a stored file; one that is gone already is fine."""
    if NAME.fullmatch(storage_name):
        default_storage.delete(storage_name)


@contextmanager
def discarded_on_failure(files: Sequence[Taken]) -> Iterator[None]:
    """Remove these files when the work on them fails; what dies harder than by an exception is left to `orphans`."""
    try:
        yield
    except BaseException:
        for taken in files:
            discard(taken.storage_name)
        raise


@contextmanager
def no_room_said(name: str) -> Iterator[None]:
    """Turn a full disk into a sentence for the sender."""
    try:
        yield
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        log.error("no room for files", exc_info=error)
        raise no_room(name) from error


def no_room(name: str) -> NoRoom:
    return NoRoom(
        _(
            "“%(name)s” could not be kept, because our disk is full. We have been told. What you wrote is still here: send it without the file now, and the file later."
        )
        % {"name": name}
    )


def orphans(known: Callable[[list[str]], set[str]], older_than: timedelta = OLDER_THAN) -> int:
    """Remove stored files that no row knows, and leftovers of uploads that were cut off. Returns how many.

    `known` is given storage names and answers which of them have a row. Keep `older_than` above the two hours for which a
    form may hand a file back (portal.files.tokens).
    """
    before = clock.real_now() - older_than
    gone = sweep_incoming(before)
    for names in batches(list(aged(before))):
        lost = set(names) - known(names)
        for name in lost:
            default_storage.delete(name)
        gone += len(lost)
    return gone


def aged(before: datetime) -> Iterator[str]:
    """Stored names of the last days that were written before this instant, drafts of killed writers included."""
    today = clock.real_now().date()
    for back in range(SWEPT_DAYS + 1):
        folder = f"{today - timedelta(days=back):%Y-%m-%d}"
        for name in listed(folder):
            path = f"{folder}/{name}"
            ours = NAME.fullmatch(path) or name.startswith(DRAFT)
            if ours and default_storage.get_modified_time(path).astimezone(UTC) < before:
                yield path


def listed(folder: str) -> list[str]:
    try:
        return default_storage.listdir(folder)[1]
    except FileNotFoundError:
        return []


def batches(names: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(names), BATCH):
        yield names[start : start + BATCH]


def incoming() -> Path:
    """Where uploads wait while they are looked at: always a local folder, on the disk of the files."""
    folder = Path(settings.PORTAL_FILES) / INCOMING
    make_folder(folder)
    return folder


def sweep_incoming(before: datetime) -> int:
    """Uploads whose process was killed."""
    old = [path for path in incoming().iterdir() if path.is_file() and path.stat().st_mtime < before.timestamp()]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
