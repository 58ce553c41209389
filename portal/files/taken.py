"""What the rest of the portal holds in its hands once a file has been taken, and why one was not."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that lies whole in the store. `name` may be shown and offered for download; `content_type` is what the bytes
    are, never what the sender said; `size` (bytes) and `sha256` (hex) are of the stored bytes."""

    name: str
    content_type: str
    size: int
    sha256: str
    storage_name: str
    width: int | None = None
    height: int | None = None
    scanned: bool = False


class BadFile(Exception):
    """A file that is not taken. `sentence` names it and says what to do instead; `status` is the page's HTTP status."""

    status = 422

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class TooLarge(BadFile):
    """Over a cap of size or number."""

    status = 413


class NoRoom(BadFile):
    """The disk is full. Nothing was kept, and the same file can be sent again later."""

    status = 507


class Infected(BadFile):
    """A virus scanner found something in it. Nothing was kept."""


class ScannerAway(BadFile):
    """A virus scanner is set up and gives no verdict: nothing gets past it unseen."""

    status = 503
