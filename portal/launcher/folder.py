"""PORTAL_VAR: the folder of everything that a portal keeps on this machine. One launcher at a time holds it."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.launcher.faults import Unable
from portal.launcher.servers import open_folder

MARK = "portal.json"
LOCK = "launcher.lock"
NEEDED_MEGABYTES = 500
MEGABYTE = 1024 * 1024
# What a folder without our mark may hold: single commands and tests make these before the first start.
HARMLESS = {"files", "static", "log", LOCK, f"{MARK}.new"}


def claim_checks(folder: Path, needed_megabytes: int = NEEDED_MEGABYTES) -> None:
    """Raise Unable when the folder cannot be ours: another's, unwritable, or on a full disk."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(existing, os.W_OK | os.X_OK):
        raise Unable(f"{existing} cannot be written to; make it yours or choose another folder with PORTAL_VAR.")
    if folder.exists() and folder.stat().st_uid != os.geteuid():
        raise Unable(
            f"{folder} belongs to another account; start the portal as that account or choose another PORTAL_VAR."
        )
    if folder.exists() and not (folder / MARK).exists() and set(os.listdir(folder)) - HARMLESS:
        raise Unable(f"{folder} holds files that are not the portal's; choose an empty folder with PORTAL_VAR.")
    check_space(existing, needed_megabytes)


def check_space(folder: Path, needed_megabytes: int = NEEDED_MEGABYTES) -> None:
    """Raise Unable when the disk of `folder` has too little room for a database to run safely."""
    free = shutil.disk_usage(folder).free // MEGABYTE
    if free < needed_megabytes:
        raise Unable(
            f"The disk of {folder} has {free} MB left and the portal needs {needed_megabytes} MB; free some space or choose"
            " another disk with PORTAL_VAR."
        )


@contextmanager
def held(folder: Path) -> Iterator[Path]:
    """Hold the folder while the portal runs. The kernel lets go of the lock even after kill -9, so it is never stale."""
    claim_checks(folder)
    open_folder(folder, passable=os.geteuid() == 0)
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        take_lock(handle, folder)
        if not (folder / MARK).exists():
            remember(folder, {})
        yield folder
    finally:
        os.close(handle)


def take_lock(handle: int, folder: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(handle, 20).decode(errors="replace").strip() or "unknown"
        raise Unable(
            f"Another launcher (process {holder}) already runs in {folder}; use that one, or choose another folder with"
            " PORTAL_VAR and another port with PORTAL_PORT."
        ) from None
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)


def remembered(folder: Path) -> dict[str, str]:
    """What earlier starts left for later ones: what is done already and need not be done again."""
    try:
        content = json.loads((folder / MARK).read_text())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise Unable(
            f"{folder / MARK} is damaged; move it away if {folder} is really the portal's, and start again."
        ) from error
    return {str(name): str(value) for name, value in content.items()}


def remember(folder: Path, facts: dict[str, str]) -> None:
    """Replace the remembered facts, whole or not at all."""
    fresh = folder / f"{MARK}.new"
    with fresh.open("w") as file:
        json.dump(facts, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / MARK)
