"""How a post's files reach us: on the disk of the files, bounded while they arrive, and a full disk loses no typed word."""

from typing import Any, NoReturn

import structlog
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from portal.files.limits import FILE_BYTES, POST_BYTES, in_words
from portal.files.names import clean_name
from portal.files.store import NO_ROOM, incoming, no_room
from portal.files.taken import BadFile, TooLarge

log = structlog.get_logger(__name__)


class NotKept(UploadedFile):
    """An upload that arrived and was not kept. Whoever reads it gets the reason as BadFile."""

    def __init__(self, name: str | None, size: int, reason: BadFile) -> None:
        super().__init__(None, name, "application/octet-stream", size)
        self.reason = reason

    def refuse(self, *_: Any) -> NoReturn:
        raise self.reason

    chunks = read = open = refuse  # type: ignore[assignment]


class Incoming(TemporaryUploadedFile):
    """A temporary file in the folder of the files rather than in /tmp, gone when it is closed."""


class SpoolHandler(TemporaryFileUploadHandler):
    """Spools to disk up to the caps and swallows the rest: the other fields of the form still arrive.

    Without this a full disk would be a bare error page, and the words typed with the file would be gone.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.arrived = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        self.refused: BadFile | None = None
        self.seen = 0
        try:
            incoming()
            super().new_file(*args, **kwargs)
        except OSError as error:
            self.refuse_for(error)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.seen += len(raw_data)
        self.arrived += len(raw_data)
        if self.refused is None and self.seen > FILE_BYTES:
            self.refuse(TooLarge(f"“{self.shown}” is larger than {in_words(FILE_BYTES)}. Please leave it out or share a link."))
        if self.refused is None and self.arrived > POST_BYTES:
            self.refuse(TooLarge(f"“{self.shown}” is too much at once: {in_words(POST_BYTES)} in all. Please send it in a second message."))
        if self.refused is not None:
            return
        try:
            self.file.write(raw_data)
        except OSError as error:
            self.refuse_for(error)

    def file_complete(self, file_size: int) -> UploadedFile | None:
        if self.refused is None:
            try:
                self.file.flush()
            except OSError as error:
                self.refuse_for(error)
        if self.refused is not None:
            return NotKept(self.file_name, self.seen, self.refused)
        return super().file_complete(file_size)

    @property
    def shown(self) -> str:
        return clean_name(self.file_name or "")

    def refuse_for(self, error: OSError) -> None:
        if error.errno not in NO_ROOM:
            raise error
        log.error("no room for an upload", exc_info=error)
        self.refuse(no_room(self.shown))

    def refuse(self, reason: BadFile) -> None:
        """Give the space back at once."""
        self.refused = reason
        if getattr(self, "file", None) is not None:
            self.file.close()
