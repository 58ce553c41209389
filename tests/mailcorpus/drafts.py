"""What every builder of the corpus works with."""

import base64
import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

SCRIPT = "alert('marker-script')"


class Kind(StrEnum):
    NEW = "new"
    REPLY = "reply"
    MALFORMED = "malformed"
    AUTO_REPLY = "auto-reply"
    GENERATED = "generated"
    BULK = "bulk"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    NOBODY = "nobody"
    HOSTILE = "hostile"


@dataclass
class Draft:
    """What a builder works with: dice, and the words that must be found again."""

    dice: random.Random
    number: int
    sender: str
    desk: str
    answers_to: str

    @property
    def words(self) -> str:
        return f"Marker words {self.number} about the printer."

    @property
    def hidden(self) -> tuple[str, ...]:
        return f"bcc-{self.number}@hidden.example", f"header-marker-{self.number}"

    def head(self, *more: str, subject: str = "", sender: str = "", message_id: bool = True) -> bytes:
        bcc, marker = self.hidden
        lines = [
            f"Received: from mx.example by desk.example; {marker}",
            f"From: {sender or f'Ann Example <{self.sender}>'}",
            f"To: {self.desk}",
            f"Bcc: {bcc}",
            f"X-Internal: {marker}",
            f"Subject: {subject or f'Printer {self.number}'}",
            "Date: Sun, 22 Nov 2026 10:00:00 +0000",
            *([f"Message-ID: <corpus.{self.number}@sender.example>"] if message_id else []),
            *more,
        ]
        return "".join(f"{line}\r\n" for line in lines).encode("utf-8", "surrogateescape")

    def plain(self, body: str = "", *more: str, **how: object) -> bytes:
        return self.head(*more, **how) + b"\r\n" + (body or self.words).encode() + b"\r\n"  # type: ignore[arg-type]


Builder = Callable[[Draft], bytes]
BUILDERS: list[tuple[str, Kind, bool, Builder]] = []


def builds(kind: Kind, *, words: bool = True) -> Callable[[Builder], Builder]:
    """Registers a builder. words=False: its words cannot be found in the text."""

    def register(builder: Builder) -> Builder:
        BUILDERS.append((builder.__name__, kind, words, builder))
        return builder

    return register


def multipart(
    draft: Draft, sub: str, *parts: bytes, boundary: str = "", close: bool = True, more: tuple[str, ...] = ()
) -> bytes:
    boundary = boundary or f"=_{draft.number}"
    head = draft.head("MIME-Version: 1.0", f'Content-Type: multipart/{sub}; boundary="{boundary}"', *more)
    mark = b"--" + boundary.encode()
    body = b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts)
    return head + b"\r\n" + body + (mark + b"--\r\n" if close else b"")


def part(kind: str, body: bytes, *more: str) -> bytes:
    return "".join(f"{line}\r\n" for line in (f"Content-Type: {kind}", *more)).encode() + b"\r\n" + body


def text(draft: Draft, words: str = "") -> bytes:
    return part("text/plain; charset=utf-8", (words or draft.words).encode())


def page(draft: Draft, body: str = "") -> bytes:
    return part("text/html; charset=utf-8", f"<html><body>{body or f'<p>{draft.words}</p>'}</body></html>".encode())


def b64(data: bytes) -> bytes:
    return base64.encodebytes(data)
