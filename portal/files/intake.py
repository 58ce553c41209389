"""Taking one file: name, size, scan, kind, harmless form, store; in this order, and nothing is left over on the way."""

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from portal.files import names, sniff
from portal.files.boxes import blank_places
from portal.files.gif import BrokenGif, plain_gif
from portal.files.guarded import GaveUp, run_child
from portal.files.limits import (
    ARCHIVE_ENTRIES,
    ARCHIVE_UNPACKED_BYTES,
    FILE_BYTES,
    MB,
    PICTURE_PIXELS,
    too_large,
)
from portal.files.scanner import scan
from portal.files.store import incoming, keep, no_room, no_room_said, open_stored
from portal.files.taken import BadFile, Taken

log = structlog.get_logger(__name__)

HEAD = 4096
RESERVE_BYTES = 256 * MB
Facts = dict[str, Any]
Area = tuple[int, int, int, int]
"""Left, top, right, bottom of a part of a picture, in thousandths of its width and height."""


def take(upload: UploadedFile) -> Taken:
    """Store an upload: pictures drawn anew without place and device, HEIC as JPEG.

    Raises BadFile (TooLarge, NoRoom, ScannerAway) with a sentence that names the file; nothing is kept then.
    """
    name = names.clean_name(upload.name or "")
    names.refuse_programme(name)
    with no_room_said(name), working_folder_entry() as draft:
        copy_in(upload, draft, name)
        scanned = scan(draft, name)
        name, facts = made_harmless(draft, name)
        return stored(draft, name, facts, scanned)


@contextmanager
def working_folder_entry() -> Iterator[Path]:
    """A new file that only we can read, gone afterwards."""
    path = incoming() / secrets.token_hex(16)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def copy_in(upload: UploadedFile, draft: Path, name: str) -> None:
    """The upload's bytes, counted: what a sender claims about the size is not believed."""
    size = 0
    check_room(draft.parent, upload.size or 0, name)
    with draft.open("wb") as file:
        for chunk in upload.chunks():
            size += len(chunk)
            if size > FILE_BYTES:
                raise too_large(name)
            file.write(chunk)
    if size == 0:
        raise BadFile(
            _("“%(name)s” is empty. Perhaps it was still being saved; please choose it again.") % {"name": name}
        )


def check_room(folder: Path, size: int, name: str) -> None:
    """Files stop before the disk is quite full, so that the database and the mails beside them go on."""
    disk = shutil.disk_usage(folder)
    if disk.free - size < min(RESERVE_BYTES, disk.total // 20):
        log.error("no room for files", free=disk.free)
        raise no_room(name)


def made_harmless(draft: Path, name: str) -> tuple[str, Facts]:
    """The name and the facts (type, width, height) of what now lies in the draft."""
    head, is_text = start_of(draft)
    if sniff.is_programme(head) and not is_text:
        raise BadFile(_("“%(name)s” is a programme, whatever it is called, so we do not take it.") % {"name": name})
    kind = sniff.type_of(head, name, is_text)
    if kind in sniff.PICTURES:
        return redraw(draft, name, kind)
    if kind == "image/gif":
        return strip_gif(draft, name)
    if kind == sniff.ZIP:
        return name, {"type": archive_type(draft, name)}
    if kind in sniff.FILMS:
        with draft.open("r+b") as film:
            blank_places(film, draft.stat().st_size)
    return name, {"type": kind}


def start_of(draft: Path) -> tuple[bytes, bool]:
    """The first 4 KB, and whether the whole file is text (UTF-8 without NUL)."""
    data = draft.read_bytes()
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return data[:HEAD], False
    return data[:HEAD], b"\0" not in data


def redraw(draft: Path, name: str, kind: str, areas: Sequence[Area] = ()) -> tuple[str, Facts]:
    with working_folder_entry() as target:
        black = json.dumps([list(area) for area in areas])
        answer = judged(name, "picture.py", draft, target, sniff.PICTURES[kind], PICTURE_PIXELS, black)
        os.replace(target, draft)
    ending = answer["ending"]
    return name if sniff.ending_agrees(name, ending) else names.with_ending(name, ending), answer


def redacted(storage_name: str, name: str, kind: str, areas: Sequence[Area]) -> Taken:
    """A stored picture once more, its areas black: a new file beside the old one. Raises BadFile for what is no picture
    that we can draw anew."""
    if kind not in sniff.PICTURES:
        raise BadFile(_("“%(name)s” is no picture that we can redact. Withdraw it from view instead.") % {"name": name})
    with working_folder_entry() as draft:
        with open_stored(storage_name) as source:
            draft.write_bytes(source.read())
        called, facts = redraw(draft, name, kind, areas)
        return stored(draft, called, facts, scan(draft, called))


def copied(storage_name: str, name: str, kind: str, *, scanned: bool) -> Taken:
    """A stored file once more under a name of its own, byte for byte: it was made harmless when it came in. Raises NoRoom."""
    with no_room_said(name), working_folder_entry() as draft:
        with open_stored(storage_name) as source, draft.open("wb") as target:
            shutil.copyfileobj(source, target)
        return stored(draft, name, {"type": kind}, scanned)


def strip_gif(draft: Path, name: str) -> tuple[str, Facts]:
    try:
        plain, width, height = plain_gif(draft.read_bytes())
    except BrokenGif as error:
        raise unreadable(name) from error
    if width * height > PICTURE_PIXELS:
        raise BadFile(too_many_pixels(name))
    draft.write_bytes(plain)
    return name, {"type": "image/gif", "width": width, "height": height}


def archive_type(draft: Path, name: str) -> str:
    """An Office document or an archive. Raises BadFile for bombs, and for archives with programmes in them."""
    answer = judged(name, "archive.py", draft, ARCHIVE_ENTRIES, ARCHIVE_UNPACKED_BYTES)
    kind = sniff.zip_type(answer["folders"], name)
    programmes = names.PROGRAMMES.intersection(answer["endings"])
    if programmes and kind == sniff.ZIP:
        raise BadFile(
            _(
                "“%(name)s” holds a programme (.%(min)s), so we do not take it. Tell us what it is about, or send it without the programme."
            )
            % {"name": name, "min": min(programmes)}
        )
    return kind


def judged(name: str, script: str, *arguments: Path | str | int) -> Facts:
    """A child's facts about the file; what it refuses, or dies of, becomes a sentence."""
    try:
        answer = run_child(script, *(str(argument) for argument in arguments))
    except GaveUp as error:
        log.warning("a file could not be judged", name=name, reason=str(error))
        raise unreadable(name) from error
    if "refused" not in answer:
        return answer
    log.info("a file was refused", name=name, refused=answer["refused"], why=answer.get("why", ""))
    match answer["refused"]:
        case "pixels" | "memory":
            raise BadFile(too_many_pixels(name))
        case "many" | "bytes":
            raise BadFile(
                _("“%(name)s” unpacks to more than we take. Please send only the files that matter.") % {"name": name}
            )
        case _:
            raise unreadable(name)


def too_many_pixels(name: str) -> str:
    return _("“%(name)s” has more than %(value)s million pixels. Please send it in a smaller size.") % {
        "name": name,
        "value": PICTURE_PIXELS // 1000000,
    }


def unreadable(name: str) -> BadFile:
    return BadFile(
        _("“%(name)s” is damaged or cannot be read, so we did not take it. A screenshot or a PDF will do as well.")
        % {"name": name}
    )


def stored(draft: Path, name: str, facts: Facts, scanned: bool) -> Taken:
    with draft.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Taken(
        name=name,
        content_type=facts["type"],
        size=draft.stat().st_size,
        sha256=digest,
        storage_name=keep(draft, name),
        width=facts.get("width"),
        height=facts.get("height"),
        scanned=scanned,
    )
