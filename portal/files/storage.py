"""Django's file storage, made safe against a crash: a file is there whole, or it is not there (TRUST F11)."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import FileSystemStorage

DRAFT = ".draft-"


class WholeFiles(FileSystemStorage):
    """Writes beside the final place, flushes to the disk, then renames. Nobody but the portal's account may read."""

    def __init__(self, location: str | os.PathLike[str], **options: Any) -> None:
        super().__init__(location, file_permissions_mode=0o600, directory_permissions_mode=0o700, **options)

    def _save(self, name: str, content: File) -> str:
        place = Path(self.path(name))
        make_folder(place.parent)
        with draft_beside(place) as draft:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, place)
        flush_folder(place.parent)
        return name


def make_folder(folder: Path) -> None:
    """The folder and those above it that are missing, each closed to other accounts."""
    missing = [step for step in (folder, *folder.parents) if not step.exists()]
    for step in reversed(missing):
        step.mkdir(mode=0o700, exist_ok=True)


@contextmanager
def draft_beside(place: Path) -> Iterator[Path]:
    """A name for a file in the making, which is gone afterwards whatever happened."""
    draft = place.with_name(f"{DRAFT}{secrets.token_hex(8)}")
    try:
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def flush_folder(folder: Path) -> None:
    """Make a rename outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
