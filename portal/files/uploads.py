"""How a post's files reach us: on the disk of the files, bounded while they arrive, and a full disk loses no typed word."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, NoReturn

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from django.utils.translation import gettext

from portal.files.limits import FILE_BYTES, POST_BYTES, in_words, too_large
from portal.files.names import clean_name
from portal.files.store import incoming, no_room, no_room_said
from portal.files.taken import BadFile, TooLarge


class NotKept(UploadedFile):
    """An upload that arrived and was not kept. Whoever reads it gets the reason as BadFile."""

    def __init__(self, name: str | None, size: int, reason: BadFile) -> None:
        super().__init__(None, name, "application/octet-stream", size)
        self.reason = reason

    def refuse(self, *_: Any) -> NoReturn:
        raise self.reason

    chunks = read = open = refuse  # type: ignore[assignment]

    def close(self) -> None:
        """The end of the request closes every upload, and there is nothing to close."""


class Incoming(UploadedFile):
    """An upload in the folder of the files rather than in /tmp: the room that is checked is the room that is used."""

    file: Any

    def __init__(self, name: str | None, content_type: str | None) -> None:
        super().__init__(tempfile.NamedTemporaryFile(dir=incoming()), name, content_type, 0)  # noqa: SIM115 - Django closes it with the request

    def temporary_file_path(self) -> str:
        return str(self.file.name)

    def close(self) -> None:
        """Gone with its handle; the orphan sweep may have been there first."""
        with suppress(FileNotFoundError):
            self.file.close()


class SpoolHandler(FileUploadHandler):
    """Spools to disk up to the caps and swallows the rest: the other fields of the form still arrive.

    Without this a full disk would be a bare error page, and the words typed with the file would be gone.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.arrived = self.seen = 0
        self.draft: Incoming | None = None
        self.refused: BadFile | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.seen, self.draft, self.refused = 0, None, None
        with self.said():
            self.draft = Incoming(self.file_name, self.content_type)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.seen += len(raw_data)
        self.arrived += len(raw_data)
        if self.draft is not None:
            with self.said():
                self.check_caps()
                self.draft.file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        if self.draft is not None:
            with self.said():
                self.draft.file.flush()
        if self.draft is None:
            return NotKept(self.file_name, self.seen, self.refused or no_room(self.shown))
        self.draft.file.seek(0)
        self.draft.size = file_size
        return self.draft

    def upload_interrupted(self) -> None:
        self.drop()

    @property
    def shown(self) -> str:
        return clean_name(self.file_name or "")

    def check_caps(self) -> None:
        if self.seen > FILE_BYTES:
            raise too_large(self.shown)
        if self.arrived > POST_BYTES:
            raise TooLarge(
                gettext("“%(shown)s” is over %(in_words)s in all. Please send it in a second message.")
                % {"shown": self.shown, "in_words": in_words(POST_BYTES)}
            )

    @contextmanager
    def said(self) -> Iterator[None]:
        """Remember the reason and give the space back at once."""
        try:
            with no_room_said(self.shown):
                yield
        except BadFile as reason:
            self.refused = reason
            self.drop()

    def drop(self) -> None:
        if self.draft is not None:
            self.draft.close()
            self.draft = None
