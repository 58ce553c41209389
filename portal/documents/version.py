"""What decides how a snapshot looks, as one short number: same snapshot and same version, same bytes."""

import hashlib
import importlib.metadata
import platform
from functools import cache
from pathlib import Path

from portal.documents import fonts

_PACKAGES = ("weasyprint", "pydyf", "fonttools", "django", "segno", "tinycss2", "tinyhtml5", "pyphen", "pillow")
_OWN_CODE = ("engine.py", "tags.py", "charts.py", "qr.py", "codes.py", "text.py", "xmp.py", "snapshot.py")
_SHOWN_DIGITS = 16


@cache
def template_version(template: str, extra_folders: tuple[Path, ...] = ()) -> str:
    """16 hex digits over the template's folder, the shared parts, style sheet, faces, our code and the engines' versions.

    Kept for the life of the process: a deployment replaces the process.
    """
    seal = hashlib.sha256()
    for file in _files(template, extra_folders):
        seal.update(f"{file.name}\0".encode() + file.read_bytes() + b"\0")
    for package in _PACKAGES:
        seal.update(f"{package} {importlib.metadata.version(package)}\0".encode())
    seal.update(f"python {platform.python_version()} {_system_libraries()}".encode())
    return seal.hexdigest()[:_SHOWN_DIGITS]


def _files(template: str, extra_folders: tuple[Path, ...]) -> list[Path]:
    roots = [fonts.BASE_DIR / "templates", *extra_folders]
    found: list[Path] = []
    for root in roots:
        found.extend((root / template).parent.glob("*.html"))
        found.extend((root / "pdf").glob("*.html"))
        found.extend((root / "pdf" / "parts").glob("*.html"))
    found.extend((fonts.BASE_DIR / "static" / "pdf").glob("*.css"))
    found.extend(fonts.FOLDER / face[0] for face in fonts.FACES)
    for folder in fonts.FALLBACK_FOLDERS:
        found.extend(folder.glob("DejaVuSans*.ttf"))
    found.extend(Path(__file__).parent / name for name in _OWN_CODE)
    return sorted(set(found))


def _system_libraries() -> str:
    """The real file names of the layout libraries carry their versions."""
    names = ("libpango-1.0.so.0", "libharfbuzz.so.0", "libfontconfig.so.1", "libfreetype.so.6")
    folders = ("/lib", "/usr/lib", "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu")
    found = {
        (Path(folder) / name).resolve().name for folder in folders for name in names if (Path(folder) / name).exists()
    }
    return " ".join(sorted(found))
