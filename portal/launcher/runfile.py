"""run.json in PORTAL_VAR: how other commands find the parts of a portal that is running now.

It holds passwords, so only its owner may read it, and it is gone when the portal has stopped.
Web and workers never read it: they get what they need in their environment, and the owner's database URL is not in it.
"""

import json
import os
from collections.abc import MutableMapping
from pathlib import Path

from portal.env import Reader
from portal.launcher.child import is_running

NAME = "run.json"
HOLDER = "PORTAL_LAUNCHER"
BASE = Path(__file__).resolve().parents[2]


def var_folder(environ: MutableMapping[str, str]) -> Path:
    """The folder of everything that the portal keeps on this machine."""
    return Reader(environ).folder("PORTAL_VAR", BASE / "var")


def write(folder: Path, settings: dict[str, str]) -> None:
    """Write run.json whole and readable by its owner only, never half. It counts only while this process runs."""
    fresh = folder / f"{NAME}.new"
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(settings | {HOLDER: str(os.getpid())}, file, indent=1)
    fresh.replace(folder / NAME)


def read(folder: Path) -> dict[str, str]:
    """The settings of the running portal; empty when none runs or they are not ours to read."""
    try:
        content = json.loads((folder / NAME).read_text())
    except (FileNotFoundError, PermissionError, NotADirectoryError):
        return {}
    settings = {str(name): str(value) for name, value in content.items()}
    return settings if is_running(int(settings.pop(HOLDER, "0"))) else {}


def remove(folder: Path) -> None:
    (folder / NAME).unlink(missing_ok=True)


def adopt(environ: MutableMapping[str, str]) -> None:
    """Let this process find the database of the portal that runs, unless it was given one."""
    if environ.get("DATABASE_URL"):
        return
    for name, value in read(var_folder(environ)).items():
        environ.setdefault(name, value)
