"""What other programmes wrap mails in: Outlook's winmail.dat, signed and encrypted shells, calendar parts. Never raises."""

import logging
import struct
from dataclasses import dataclass, field
from gettext import gettext as _
from typing import Any

from asn1crypto import cms
from tnefparse import TNEF

from tickets.rules.mail.charsets import decoded
from tickets.rules.mail.limits import FILES, MB
from tickets.rules.mail.notes import Notes
from tickets.rules.mail.words import BREAKS, one_line

# What the library finds odd is told by our notes; its log would only repeat it.
logging.getLogger("tnefparse").setLevel(logging.CRITICAL)
TNEF_BYTES = 20 * MB
TNEF_OBJECTS = 2_000
CALENDAR_LINES = 2_000
WANTED = frozenset({"SUMMARY", "DTSTART", "DTEND", "LOCATION", "ORGANIZER", "STATUS", "DESCRIPTION"})


@dataclass
class Unpacked:
    """What a winmail.dat held; the text may be plain or HTML."""

    text: str = ""
    page: str = ""
    files: list[tuple[str, bytes]] = field(default_factory=list)


def from_tnef(data: bytes, notes: Notes) -> Unpacked | None:
    """The content of a winmail.dat, or None when it cannot be opened: then it stays a file."""
    if len(data) > TNEF_BYTES or not _is_modest(data):
        notes.odd(_("A winmail.dat of Outlook is too large or too odd to be opened; it is kept as a file."))
        return None
    try:
        return _unpacked(TNEF(data, do_checksum=False), notes)
    except Exception:  # the library trips over hostile bytes in many ways; all mean the same to us
        notes.odd(_("A winmail.dat of Outlook could not be opened; it is kept as a file."))
        return None


def _is_modest(data: bytes) -> bool:
    """Whether it has few objects: the library copies the rest of the file for each of them."""
    at = 6
    for _number in range(TNEF_OBJECTS):
        if at + 12 >= len(data):
            return True
        at += 11 + struct.unpack_from("<I", data, at + 5)[0]
    return False


def _unpacked(box: Any, notes: Notes) -> Unpacked:
    found = Unpacked(_words(box.body, notes), _words(box.htmlbody, notes))
    for item in box.attachments[:FILES]:
        found.files.append((_words(item.long_filename() or item.name, notes), bytes(item.data or b"")))
    if not found.text and not found.page and box._rtfbody:
        notes.odd(_("The text of this mail was sent as rich text, which is kept as a file."))
        found.files.append(("message.rtf", bytes(box.rtfbody or b"")))
    return found


def _words(value: Any, notes: Notes) -> str:
    """The library gives text, bytes, or a list of either."""
    if isinstance(value, list | tuple):
        value = value[0] if value else ""
    text = decoded(bytes(value), "", notes) if isinstance(value, bytes | bytearray) else str(value or "")
    return text.rstrip("\0")


def signed_content(data: bytes, notes: Notes) -> bytes | None:
    """The mail inside an S/MIME shell (RFC 8551); None when it is encrypted or damaged. The signature is not checked."""
    try:
        shell = cms.ContentInfo.load(data)
        kind = shell["content_type"].native
        inner = shell["content"]["encap_content_info"]["content"].native if kind == "signed_data" else None
    except Exception:  # asn1crypto trips over hostile bytes in many ways; all mean the same to us
        notes.odd(_("A signed or encrypted shell (S/MIME) is damaged; it is kept as a file."))
        return None
    if kind == "enveloped_data":
        notes.odd(_("The mail is encrypted (S/MIME) and cannot be read here; please ask for it without encryption."))
    return inner if isinstance(inner, bytes) else None


def invitation(text: str) -> str:
    """A calendar part as a sentence or two; empty when it says nothing."""
    facts: dict[str, str] = {}
    method = ""
    for name, parameters, value in _properties(text):
        if name == "METHOD":
            method = value
        elif name in WANTED:
            facts.setdefault(name, _moment(parameters, value) if name.startswith("DT") else _spoken(value))
    if not facts:
        return ""
    what = {"CANCEL": _("Cancelled appointment"), "REPLY": _("Answer to an invitation")}.get(method, _("Invitation"))
    lines = [f"{what}: {facts.get('SUMMARY') or _('no title')}"]
    for name, label in (
        ("DTSTART", _("From")),
        ("DTEND", _("Until")),
        ("LOCATION", _("Where")),
        ("ORGANIZER", _("Asked by")),
    ):
        if facts.get(name):
            lines.append(f"{label}: {facts[name]}")
    return "\n".join([*lines, *([facts["DESCRIPTION"]] if facts.get("DESCRIPTION") else [])])


def _properties(text: str) -> list[tuple[str, str, str]]:
    """Name, parameters and value of each line of the first event, unfolded (RFC 5545)."""
    lines: list[str] = []
    for line in BREAKS.sub("\n", text).split("\n", CALENDAR_LINES)[:CALENDAR_LINES]:
        if line[:1] in (" ", "\t") and lines and len(lines[-1]) < 10_000:
            lines[-1] += line[1:]
        elif line.strip().upper() == "END:VEVENT":
            break
        elif line.strip().upper() == "BEGIN:VEVENT":
            # A time zone before it has a DTSTART of its own.
            lines = [kept for kept in lines if kept.upper().startswith("METHOD")]
        else:
            lines.append(line)
    cut = (line.partition(":") for line in lines)
    return [
        (head.partition(";")[0].strip().upper(), head.partition(";")[2], value.strip()) for head, _colon, value in cut
    ]


def _spoken(value: str) -> str:
    value = value.replace("\\n", " ").replace("\\N", " ").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\")
    return one_line(value[7:] if value.lower().startswith("mailto:") else value, 400)


def _moment(parameters: str, value: str) -> str:
    """20261124T090000Z as "2026-11-24 09:00 UTC"; in another zone with that zone's name."""
    digits, zone = value.strip().rstrip("Z"), "UTC" if value.strip().endswith("Z") else ""
    for item in parameters.split(";"):
        zone = item[5:].strip('"') if item.upper().startswith("TZID=") else zone
    day, _t, time = digits.partition("T")
    if not (day.isdecimal() and len(day) == 8):
        return one_line(value, 60)
    words = f"{day[:4]}-{day[4:6]}-{day[6:]}" + (
        f" {time[:2]}:{time[2:4]}" if time[:4].isdecimal() and len(time) >= 4 else ""
    )
    return one_line(f"{words} {zone}", 80)
