"""The tree of a mail's parts, by places in the raw bytes and not by copies; capped in depth and number. Never raises."""

import binascii
from dataclasses import dataclass, field
from gettext import gettext as _

from tickets.rules.mail.headers import Headers, base64_bytes, split, text_of
from tickets.rules.mail.limits import BASE64_RUNS, BOUNDARY_TRIES, DEPTH, PARTS
from tickets.rules.mail.notes import Notes
from tickets.rules.mail.parameters import parameters

DEFAULT_TYPE = "text/plain"
PLAIN_ENCODINGS = frozenset({"", "7bit", "8bit", "binary", "7-bit", "8-bit"})
BLANK = b" \t\r\n"


@dataclass
class Part:
    """One part: raw[start:end] is its body as it came, not yet decoded."""

    raw: bytes = field(repr=False)
    headers: Headers
    start: int
    end: int
    type: str = DEFAULT_TYPE
    params: dict[str, str] = field(default_factory=dict)
    disposition: str = ""
    name: str = ""
    parts: list["Part"] = field(default_factory=list)

    @property
    def content_id(self) -> str:
        return self.headers.first("content-id").decode("ascii", "replace").strip().strip("<>")


class Reader:
    """Reads one mail; counts its parts over all levels, those inside signed shells included."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self.count = 0

    def read(self, raw: bytes, start: int, end: int, *, depth: int = 0, default: str = DEFAULT_TYPE) -> Part:
        """The part that begins at `start` with its headers."""
        self.count += 1
        headers, body = split(raw, start, end, self.notes)
        part = Part(raw, headers, body, end)
        given, part.params = parameters(headers.first("content-type"), self.notes)
        part.type = given if _is_type(given) else default
        if given and not _is_type(given):
            self.notes.odd(_("A part has no proper type; it was read as text."))
        part.disposition, dispositions = parameters(headers.first("content-disposition"), self.notes)
        part.name = dispositions.get("filename", "") or part.params.get("name", "")
        if part.type.startswith("multipart/"):
            self._open(part, depth)
        return part

    def _open(self, part: Part, depth: int) -> None:
        """Read the parts of a multipart; when that cannot be done it is text."""
        if depth >= DEPTH:
            self.notes.limit(_("Parts are nested too deep; the inner ones stay in the stored mail."))
            part.type = "application/octet-stream"
            return
        places = self._places(part)
        inner = "message/rfc822" if part.type == "multipart/digest" else DEFAULT_TYPE
        for start, end in places:
            if self.count >= PARTS:
                self.notes.limit(_("There are more parts than are read; the rest stays in the stored mail."))
                break
            part.parts.append(self.read(part.raw, start, end, depth=depth + 1, default=inner))
        if not places:
            part.type = DEFAULT_TYPE

    def _places(self, part: Part) -> list[tuple[int, int]]:
        boundary = part.params.get("boundary", "").encode("utf-8", "replace").rstrip()
        if not boundary:
            boundary = _first_boundary(part)
            self.notes.odd(_("The boundary of the parts was not named; it was guessed from the first line."))
        places, closed = _cut(part, b"--" + boundary) if boundary else ([], False)
        if not places:
            self.notes.odd(_("The parts could not be told apart; the mail was read as one text."))
        elif not closed:
            self.notes.odd(_("The mail ends in the middle of a part."))
        return places


def _is_type(given: str) -> bool:
    kind, slash, sub = given.partition("/")
    return bool(slash and kind and sub) and given.isascii() and " " not in given


def _first_boundary(part: Part) -> bytes:
    at = part.raw.find(b"--", part.start, min(part.end, part.start + 2_000))
    if at < 0 or (at > part.start and part.raw[at - 1 : at] != b"\n"):
        return b""
    line = part.raw[at + 2 : min(part.end, at + 202)].split(b"\n", 1)[0].strip()
    return line if 0 < len(line) <= 100 else b""


def _cut(part: Part, mark: bytes) -> tuple[list[tuple[int, int]], bool]:
    """Where the parts begin and end, and whether the last one was closed."""
    places: list[tuple[int, int]] = []
    at, opened, tries = part.start, -1, 0
    while len(places) <= PARTS and tries < BOUNDARY_TRIES and (found := part.raw.find(mark, at, part.end)) >= 0:
        tries += 1
        at = found + len(mark)
        if found > part.start and part.raw[found - 1 : found] != b"\n":
            continue
        line_end = part.raw.find(b"\n", at, part.end)
        rest = part.raw[at : min(part.end if line_end < 0 else line_end, at + 200)]
        closing = rest.startswith(b"--")
        if rest[2 if closing else 0 :].strip():
            continue
        if opened >= 0:
            places.append((opened, max(opened, _before_break(part.raw, found))))
        if closing:
            return places, True
        opened = part.end if line_end < 0 else line_end + 1
        at = opened
    if opened >= 0 and len(places) <= PARTS:
        places.append((opened, part.end))
    return places, False


def _before_break(raw: bytes, at: int) -> int:
    """The line end before a boundary belongs to the boundary."""
    if raw[at - 1 : at] == b"\n":
        at -= 1
    return at - 1 if raw[at - 1 : at] == b"\r" else at


def content(part: Part, notes: Notes) -> bytes:
    """The body of a part, its transfer encoding undone as far as it goes."""
    raw = part.raw[part.start : part.end]
    encoding = text_of(part.headers.first("content-transfer-encoding"), notes).partition(";")[0].strip(" \"'").lower()
    if encoding == "base64":
        return _from_base64(raw, notes)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(raw)
    if encoding in ("x-uuencode", "uuencode", "uue", "x-uue"):
        return from_uuencoded(raw.splitlines(), notes)
    if encoding not in PLAIN_ENCODINGS:
        notes.odd(_("A part names a transfer encoding that nobody knows; it was read as it stands."))
    return raw


def _from_base64(raw: bytes, notes: Notes) -> bytes:
    """All runs of base64: some mailers write one after another, each with its own "=" at the end."""
    trimmed = raw.rstrip(BLANK + b"=")
    runs = trimmed.count(b"=")
    if runs > BASE64_RUNS or not runs:
        if runs:
            notes.odd(_("A part's base64 is damaged; it was read as far as it goes."))
            trimmed = trimmed.partition(b"=")[0]
        return base64_bytes(trimmed)
    return b"".join(base64_bytes(run) for run in trimmed.split(b"=") if run)


def from_uuencoded(lines: list[bytes], notes: Notes) -> bytes:
    """The bytes of uuencoded lines; "begin", "end" and lines that are none are left out."""
    done: list[bytes] = []
    damaged = False
    for line in lines:
        if line.startswith((b"begin ", b"end")) or not line.strip():
            continue
        try:
            done.append(binascii.a2b_uu(line))
        except binascii.Error:
            damaged = True
    if damaged:
        notes.odd(_("Some lines of a uuencoded file are damaged and were left out."))
    return b"".join(done)
