"""The header block of a mail or of a part: split, unfolded, capped, decoded. Linear in its length; never raises.

Written by hand because the library's parser was measured to raise on 21 of 2,025 mails, and its expressions for encoded
words and addresses go back and forth over hostile lines.
"""

import binascii
import re
from dataclasses import dataclass, field
from gettext import gettext as _

from tickets.rules.mail.charsets import decoded
from tickets.rules.mail.limits import HEADER_BYTES, HEADER_COUNT, VALUE_BYTES
from tickets.rules.mail.notes import Notes

NAME = re.compile(rb"([!-9;-~]{1,200})[ \t]{0,10}:")
NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?")


@dataclass(frozen=True)
class Headers:
    """Names in small letters, values as bytes in one line, in the order of the mail (the topmost first)."""

    fields: tuple[tuple[str, bytes], ...]
    index: dict[str, list[bytes]] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        index: dict[str, list[bytes]] = {}
        for name, value in self.fields:
            index.setdefault(name, []).append(value)
        object.__setattr__(self, "index", index)

    def all(self, name: str) -> list[bytes]:
        return self.index.get(name, [])

    def first(self, name: str) -> bytes:
        """The topmost value, or nothing."""
        return (self.index.get(name) or [b""])[0]

    def has(self, name: str) -> bool:
        return name in self.index


def split(raw: bytes, start: int, end: int, notes: Notes) -> tuple[Headers, int]:
    """The headers that begin at `start`, and where the body begins. A line that can be no header begins the body."""
    fields: list[tuple[str, bytearray]] = []
    at, stop = start, min(end, start + HEADER_BYTES)
    while at < stop:
        line_end = raw.find(b"\n", at, end)
        after = end if line_end < 0 else line_end + 1
        line = raw[at : min(after, at + VALUE_BYTES)].rstrip(b"\r\n")
        if not line:
            return _headers(fields, notes), after
        if not _take(line, fields, notes, first=at == start):
            notes.odd(_("The headers ended without an empty line."))
            return _headers(fields, notes), at
        at = after
    if at < end:
        notes.limit(_("The headers were too long; only their beginning was read."))
    return _headers(fields, notes), _body_after(raw, at, end)


def _take(line: bytes, fields: list[tuple[str, bytearray]], notes: Notes, *, first: bool) -> bool:
    """Add a line to the fields; False when it belongs to no header."""
    if line[:1] in b" \t":
        if fields and len(fields[-1][1]) < VALUE_BYTES:
            fields[-1][1].extend(b" " + line.strip())
        return bool(fields) or not line.strip()
    found = NAME.match(line)
    if not found:
        return first and line.startswith((b"From ", b">From "))
    if len(fields) < HEADER_COUNT:
        fields.append((found.group(1).decode("ascii").lower(), bytearray(line[found.end() :].strip())))
    else:
        notes.limit(_("There were more than a thousand headers; only the first were read."))
    return True


def _headers(fields: list[tuple[str, bytearray]], notes: Notes) -> Headers:
    if any(b"\0" in value for _name, value in fields):
        notes.odd(_("Null bytes were taken out of the headers."))
    if any(len(value) >= VALUE_BYTES for _name, value in fields):
        notes.limit(_("A header was very long; only its beginning was read."))
    return Headers(tuple((name, _one_line(value[:VALUE_BYTES])) for name, value in fields))


def _one_line(value: bytearray) -> bytes:
    return bytes(value).replace(b"\0", b"").replace(b"\r", b" ").replace(b"\n", b" ")


def _body_after(raw: bytes, at: int, end: int) -> int:
    ends = [found + len(mark) for mark in (b"\n\r\n", b"\n\n") if (found := raw.find(mark, at - 1, end)) >= 0]
    return min(ends, default=end)


def plain(value: bytes, notes: Notes) -> str:
    """A raw value as text, its encoded words untouched."""
    if value.isascii():
        return value.decode("ascii")
    return decoded(value, "", notes)


def text_of(value: bytes, notes: Notes) -> str:
    """A raw value as people read it: encoded words decoded. May hold line ends and anything else that was encoded."""
    return decode_words(plain(value, notes), notes)


def decode_words(text: str, notes: Notes) -> str:
    """Encoded words (RFC 2047) to text. Neighbours of one charset are joined as bytes first: mailers cut letters in two."""
    if "=?" not in text:
        return text
    pieces: list[tuple[str, bytes, str]] = []  # charset, bytes, and plain text when it was no encoded word
    at = 0
    for gap, charset, data, ends in _words(text):
        at = ends
        if gap.strip() or not pieces:
            pieces.append(("", b"", gap))
        if pieces and not pieces[-1][2] and pieces[-1][0] == charset:
            pieces[-1] = (charset, pieces[-1][1] + data, "")
        else:
            pieces.append((charset, data, ""))
    pieces.append(("", b"", text[at:]))
    return "".join(given or decoded(data, charset, notes) for charset, data, given in pieces)


def _words(text: str) -> list[tuple[str, str, bytes, int]]:
    """Each encoded word: the plain text before it, its charset, its bytes, where it ends."""
    found: list[tuple[str, str, bytes, int]] = []
    at = search = 0
    while (start := WORD.search(text, search)) is not None:
        end = text.find("?=", start.end())
        if end < 0:
            break
        # "=?utf-8?Q?=C3=A9?=": the end mark may touch an encoded character, but never begins one.
        body = text[start.end() : end]
        charset = start.group(1).partition("*")[0].lower()
        found.append((text[at : start.start()], charset, _unpacked(start.group(2), body), end + 2))
        at = search = end + 2
    return found


def _unpacked(encoding: str, body: str) -> bytes:
    raw = body.encode("utf-8", "replace")
    if encoding in "bB":
        return base64_bytes(raw)
    return binascii.a2b_qp(raw, header=True)


def base64_bytes(raw: bytes) -> bytes:
    """One run of base64, whatever stands between its letters; a lone letter at the end means nothing."""
    letters = raw.translate(None, NOT_BASE64)
    letters = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
