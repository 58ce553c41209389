"""The readable side of a mail: which parts are its words and which are its files (RFC 2046). Never raises by itself."""

from dataclasses import dataclass, field
from gettext import gettext as _
from hashlib import sha256

from tickets.rules.mail import pages, shells
from tickets.rules.mail.charsets import declared_inside, decoded
from tickets.rules.mail.headers import split, text_of
from tickets.rules.mail.limits import FILE_NAME_CHARS, FILES, SUBJECT_CHARS
from tickets.rules.mail.mime import Part, Reader, content
from tickets.rules.mail.notes import Notes
from tickets.rules.mail.plain import unflowed, without_uuencoded
from tickets.rules.mail.shape import MailFile
from tickets.rules.mail.words import one_line

TNEF_TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
SIGNED_TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
ORIGINAL_TYPES = frozenset({"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"})
STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
ENDINGS = {
    "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp", "application/pdf": "pdf", "text/html": "html",
    "text/plain": "txt", "text/calendar": "ics", "message/rfc822": "eml", "application/zip": "zip", "application/pkcs7-signature": "p7s",
    "application/pgp-signature": "asc", "text/csv": "csv", "application/ms-tnef": "dat",
}  # fmt: skip
SHELLS_IN_SHELLS = 3


@dataclass
class Piece:
    """What one part says, plain and as a page; either may be empty."""

    plain: str = ""
    page: str = ""


@dataclass
class Body:
    """Gathers what a mail holds while its parts are walked."""

    notes: Notes
    reader: Reader
    files: list[MailFile] = field(default_factory=list)
    invitations: list[str] = field(default_factory=list)
    status: bytes | None = None
    feedback: bytes | None = None
    receipt: bool = False
    original: bytes = b""
    shells: int = 0
    told: bool = False

    def piece(self, part: Part) -> Piece:
        """The words of a part and of those in it; its files are kept on the way."""
        if not part.parts:
            return self._leaf(part)
        if part.type == "multipart/report":
            return self._in_order([child for child in part.parts if not self._is_report(child)])
        if part.type == "multipart/alternative":
            return self._best(part.parts)
        if part.type == "multipart/encrypted":
            self.notes.odd(_("The mail is encrypted and cannot be read here; please ask for it without encryption."))
        return self._in_order(part.parts)

    def _in_order(self, parts: list[Part]) -> Piece:
        pieces = [piece for part in parts if (piece := self.piece(part)).plain.strip() or piece.page.strip()]
        if len(pieces) == 1:
            return pieces[0]
        if not any(piece.page for piece in pieces):
            return Piece("\n\n".join(piece.plain for piece in pieces))
        return Piece(
            "\n\n".join(
                piece.plain or pages.as_text(pages.safe(piece.page, {}, self.notes, fold=False)[0]) for piece in pieces
            ),
            "\n".join(piece.page or pages.from_text(piece.plain) for piece in pieces),
        )

    def _best(self, parts: list[Part]) -> Piece:
        """Of several forms of the same words, the last plain one and the last page."""
        best = Piece()
        for piece in [self.piece(part) for part in parts]:
            best.plain = piece.plain if piece.plain.strip() else best.plain
            best.page = piece.page if piece.page.strip() else best.page
        return best

    def _is_report(self, part: Part) -> bool:
        """Whether a part of a report is for programmes; then it is kept for whoever asks what the report says."""
        if part.type in STATUS_TYPES:
            self.status = content(part, self.notes)[:100_000]
        elif part.type == "message/feedback-report":
            self.feedback = content(part, self.notes)[:100_000]
        elif part.type == "message/disposition-notification":
            self.receipt = True
        elif part.type in ORIGINAL_TYPES:
            self.original = content(part, self.notes)[:100_000]
            self._keep(part)
        else:
            return False
        return True

    def _leaf(self, part: Part) -> Piece:
        if part.type in TNEF_TYPES or part.name.lower() == "winmail.dat":
            return self._tnef(part)
        if part.type in SIGNED_TYPES:
            return self._shell(part)
        attached = part.disposition == "attachment" or (bool(part.name) and self.told)
        if not part.type.startswith("text/") or attached or part.type == "text/rfc822-headers":
            self._keep(part)
            return Piece()
        return self._words(part)

    def _words(self, part: Part) -> Piece:
        data = content(part, self.notes)
        self.told = self.told or bool(data.strip())
        charset = part.params.get("charset", "") or (declared_inside(data) if part.type == "text/html" else "")
        text = decoded(data, charset, self.notes)
        if part.type == "text/html":
            return Piece(page=text)
        if part.type == "text/calendar":
            self.invitations.append(shells.invitation(text))
            self._keep(part)
            return Piece()
        if part.type in ("text/enriched", "text/richtext"):
            return Piece(pages.as_text(pages.safe(text, {}, self.notes, fold=False)[0]))
        if part.params.get("format", "").lower() == "flowed":
            text = unflowed(text, delsp=part.params.get("delsp", "").lower() == "yes")
        text, coded = without_uuencoded(text, self.notes)
        for name, held in coded:
            self._add(name, "application/octet-stream", held)
        return Piece(text)

    def _tnef(self, part: Part) -> Piece:
        data = content(part, self.notes)
        found = shells.from_tnef(data, self.notes)
        if found is None:
            self._add(part.name or "winmail.dat", part.type, data)
            return Piece()
        for name, held in found.files:
            self._add(name, "application/octet-stream", held)
        return Piece(found.text, found.page)

    def _shell(self, part: Part) -> Piece:
        """What is inside an opaque signature, read as if it stood there itself."""
        data = content(part, self.notes)
        inner = shells.signed_content(data, self.notes) if self.shells < SHELLS_IN_SHELLS else None
        if inner is None:
            self._add(part.name or "smime.p7m", part.type, data)
            return Piece()
        self.shells += 1
        return self.piece(self.reader.read(inner, 0, len(inner), depth=self.shells))

    def _keep(self, part: Part) -> None:
        data = content(part, self.notes)
        name = part.name
        if not name and part.type == "message/rfc822":
            headers, _after = split(data, 0, len(data), Notes())
            name = f"{one_line(text_of(headers.first('subject'), Notes()), SUBJECT_CHARS) or _('attached mail')}.eml"
        if data or name:
            self._add(name, part.type, data, part.content_id)

    def _add(self, name: str, declared: str, data: bytes, content_id: str = "") -> None:
        if len(self.files) >= FILES:
            self.notes.limit(_("There are more files than are read; the rest stays in the stored mail."))
            return
        shown = one_line(name.replace("\\", "/").rpartition("/")[2], FILE_NAME_CHARS).strip(" .")
        fallback = f"file-{len(self.files) + 1}.{ENDINGS.get(declared, 'bin')}"
        declared = one_line(declared, 100)
        self.files.append(
            MailFile(shown or fallback, declared, data, one_line(content_id, 200), sha256=sha256(data).hexdigest())
        )

    def pictures(self) -> dict[str, int]:
        """The index of each file that the page may show by its Content-ID; the first of an ID counts."""
        found: dict[str, int] = {}
        for index, file in enumerate(self.files):
            if file.content_id and file.declared_type.startswith("image/") and "svg" not in file.declared_type:
                found.setdefault(file.content_id, index)
        return found
