"""Address lists (RFC 5322): groups, comments, quotes, and all that goes wrong in them. Linear; never raises.

The structure is read before encoded words are decoded, so that an encoded comma or bracket adds nobody (TRUST A20).
"""

import re
from dataclasses import dataclass, field
from gettext import gettext as _

from tickets.rules.mail.headers import decode_words, plain
from tickets.rules.mail.limits import ADDRESS_CHARS, MAILBOXES, NAME_CHARS
from tickets.rules.mail.notes import Notes
from tickets.rules.mail.shape import Mailbox
from tickets.rules.mail.words import INVISIBLE, hides, one_line

ADDRESS = re.compile(
    r"[^\s<>()\[\],;:\"\\@\x00-\x1f\x7f]+@[^\s<>()\[\],;:\"\\@\x00-\x2c\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]+"
)
ENCODED_WORD = re.compile(r"=\?[^?\s]{1,60}\?[bBqQ]\?[^?\s]{0,1000}\?=")
LETTER_CASE = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


@dataclass
class _Entry:
    """One mailbox while it is read; doubtful with two addresses in brackets, of which programmes choose differently."""

    phrase: list[str] = field(default_factory=list)
    angle: list[str] | None = None
    comment: list[str] = field(default_factory=list)
    quoted: bool = False
    doubtful: bool = False


def mailboxes(value: bytes, notes: Notes) -> tuple[Mailbox, ...]:
    """The people of one header value, in order, each address once, at most MAILBOXES."""
    found: dict[tuple[str, str | None], Mailbox] = {}
    for entry in _Scanner(plain(value, notes)).scan():
        box = _mailbox(entry, notes)
        if box is not None:
            found.setdefault(("", box.address) if box.address else (box.name, None), box)
        if len(found) >= MAILBOXES:
            notes.limit(_("There were more recipients than are read."))
            break
    return tuple(found.values())


def lowered(address: str) -> str:
    """Small letters, ASCII only: a Kelvin sign must not become the k of somebody else's address."""
    return address.translate(LETTER_CASE)


def sound(text: str) -> str | None:
    """The address in small letters, or None when it is none."""
    text = text.strip().strip(".")
    if not ADDRESS.fullmatch(text) or len(text) > ADDRESS_CHARS or INVISIBLE.search(text):
        return None
    return None if ".." in text.rpartition("@")[2] else lowered(text)


class _Scanner:
    """Cuts a value at commas and semicolons that stand in no quote, bracket, comment or encoded word."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.entries: list[_Entry] = []
        self.entry = _Entry()
        self.quoted = self.escaped = False
        self.depth = self.word_end = 0
        self.words = {found.start(): found.end() for found in ENCODED_WORD.finditer(text)}

    def scan(self) -> list[_Entry]:
        for at, letter in enumerate(self.text):
            if self.escaped or at < self.word_end:
                self._into().append(letter)
                self.escaped = False
            elif letter == "\\" and (self.quoted or self.depth):
                self.escaped = True
            elif self.depth:
                self.depth += (letter == "(") - (letter == ")")
                self.entry.comment.append(" " if letter in "()" else letter)
            elif letter == '"':
                self._quote()
            elif letter == "(" and not self.quoted:
                self.depth = 1
            elif self.quoted or self._in_angle():
                self._into().append(letter)
            else:
                self._outside(at, letter)
            if len(self.entries) > MAILBOXES * 2:
                break
        return [*self.entries, self.entry]

    def _in_angle(self) -> bool:
        return self.entry.angle is not None and self.entry.angle[-1:] != [">"]

    def _into(self) -> list[str]:
        if self.depth:
            return self.entry.comment
        return self.entry.angle if self.entry.angle is not None and self._in_angle() else self.entry.phrase

    def _quote(self) -> None:
        self.quoted = not self.quoted
        self.entry.quoted = True
        if self._in_angle():
            self._into().append('"')

    def _outside(self, at: int, letter: str) -> None:
        if letter in ",;":
            self.entries.append(self.entry)
            self.entry = _Entry()
        elif letter == ":":
            self.entry = _Entry()  # what stood before it is a group's name
        elif letter == "<":
            self.entry.doubtful = self.entry.angle is not None
            self.entry.angle = []
        else:
            self.word_end = self.words.get(at, 0)
            self.entry.phrase.append(letter)


def _mailbox(entry: _Entry, notes: Notes) -> Mailbox | None:
    phrase, comment = "".join(entry.phrase).strip(), "".join(entry.comment).strip()
    if entry.angle is not None:
        # An old route, "@one,@two:ann@alder.example", is dropped; the colon is legal nowhere else here.
        given = "".join(entry.angle).rstrip(">").rpartition(":")[2]
        address = None if entry.doubtful else sound(given)
    else:
        # In quotes it is a name: others would read no address there, so we must not find one.
        given, address = phrase, None if entry.quoted else sound(phrase)
        phrase = comment if address else phrase
    if not given and not phrase:
        return None
    spoken = decode_words(phrase or comment, notes)
    name = one_line(spoken, NAME_CHARS)
    if address is None and given:
        notes.odd(_("An address could not be read as one."))
    _warn(spoken, name, address, notes)
    return Mailbox(name, address)


def _warn(spoken: str, name: str, address: str | None, notes: Notes) -> None:
    if hides(spoken):
        notes.odd(_("Hidden characters were taken out of a name."))
    claimed = sound(name.strip("'\" ")) if "@" in name else None
    if claimed and address and claimed != address:
        notes.odd(
            _("A name is written like the address %(claimed)s, but the mail is from %(address)s.")
            % {"claimed": claimed, "address": address}
        )
