"""`render_pdf`: the one door through which every document is printed."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from portal.documents import fonts
from portal.documents.snapshot import canonical, digest, instant
from portal.documents.version import template_version
from portal.guarded.frames import Frame
from portal.guarded.process import GuardedChild, PerProcess


@dataclass(frozen=True)
class Attached:
    """A further file inside the PDF, beside the snapshot."""

    name: str
    description: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Rendered:
    """A printed, not yet signed document. `sha256` is of these bytes, which stay the beginning of the signed file."""

    pdf: bytes = field(repr=False)
    sha256: str
    pages: int
    template_version: str
    snapshot_sha256: str


class Renderer:
    """Prints through one warm child, which caps its memory and its processor time (`seconds` a document) itself.

    After `wall_seconds` on the clock it is killed from outside; that includes the second or more of its own start.
    """

    def __init__(
        self,
        *,
        seconds: float = 20,
        wall_seconds: float = 60,
        documents: int = 200,
        template_folders: Sequence[Path] = (),
    ) -> None:
        self.template_folders = tuple(template_folders)
        arguments = [f"--seconds={seconds}", *(f"--templates={folder}" for folder in self.template_folders)]
        self.child = GuardedChild(
            "portal.documents.child",
            seconds=wall_seconds,
            requests=documents,
            arguments=arguments,
            environment={"FONTCONFIG_FILE": str(fonts.FOLDER / fonts.FINDER), "XDG_CACHE_HOME": str(fonts.FOLDER)},
        )

    def render(
        self,
        template: str,
        snapshot: dict[str, Any],
        *,
        kind: str,
        number: str,
        created: datetime,
        attachments: Sequence[Attached] = (),
    ) -> Rendered:
        """See render_pdf."""
        ensure_fonts()
        frozen = canonical(snapshot)
        version = template_version(template, self.template_folders)
        header = {
            "template": template,
            "kind": kind,
            "number": number,
            "created": instant(created.replace(microsecond=0).astimezone(UTC)),
            "template_version": version,
            "snapshot_bytes": len(frozen),
            "attachments": [(item.name, item.description, len(item.data)) for item in attachments],
        }
        reply = self.child.call(Frame(header, b"".join([frozen, *(item.data for item in attachments)])))
        return Rendered(reply.body, digest(reply.body), reply.header["pages"], version, digest(frozen))

    def stop(self) -> None:
        """End the child; the next document starts another."""
        self.child.stop()


def ensure_fonts() -> None:
    """Cut the faces if set-up has not; in a process of its own, because it takes memory that a web worker should not keep."""
    if not fonts.is_complete():
        subprocess.run([sys.executable, "-m", "portal.documents.fontcutting"], cwd=fonts.BASE_DIR, check=True)


_OURS = PerProcess(Renderer)


def render_pdf(
    template: str,
    snapshot: dict[str, Any],
    *,
    kind: str,
    number: str,
    created: datetime,
    attachments: Sequence[Attached] = (),
) -> Rendered:
    """Print a snapshot through a template under templates/ (for example "pdf/report/report.html").

    `created` becomes the file's date; give the snapshot's own instant, never the time of rendering. The same snapshot with
    the same template version gives the same bytes. Raises SnapshotError, TookTooLong or ChildFailed (portal/guarded/process.py).
    """
    return _OURS.get().render(template, snapshot, kind=kind, number=number, created=created, attachments=attachments)


def stop_renderer() -> None:
    """End this process's child, for shutdown and tests."""
    _OURS.stop()
