"""Plain text as its writer meant it: flowed lines joined (RFC 3676), uuencoded files taken out. Linear; never raises."""

from gettext import gettext as _

from tickets.rules.mail.limits import FILES, TEXT_CHARS
from tickets.rules.mail.mime import from_uuencoded
from tickets.rules.mail.notes import Notes
from tickets.rules.mail.words import BREAKS, paragraphs


def readable(text: str, notes: Notes) -> str:
    """Safe text of at most TEXT_CHARS characters."""
    if "\0" in text:
        notes.odd(_("Null bytes were taken out of the text."))
    if len(text) > TEXT_CHARS:
        notes.limit(_("The text was very long; the rest stays in the stored mail."))
        text = text[:TEXT_CHARS]
    return paragraphs(text)


def unflowed(text: str, *, delsp: bool) -> str:
    """Lines that end in a space go on in the next of the same quote depth."""
    done: list[str] = []
    open_depth = -1
    for line in BREAKS.sub("\n", text).split("\n"):
        body = line.lstrip(">")
        depth = len(line) - len(body)
        body = body.removeprefix(" ")
        flows = body.endswith(" ") and body != "-- "
        if open_depth == depth and body != "-- ":
            done.append(body)
        else:
            done.append(("\n" if done else "") + (">" * depth + " " if depth else "") + body)
        if flows and delsp:
            done[-1] = done[-1][:-1]
        open_depth = depth if flows else -1
    return "".join(done)


def without_uuencoded(text: str, notes: Notes) -> tuple[str, list[tuple[str, bytes]]]:
    """The text without its uuencoded files, and those: name and bytes. What is never ended stays text."""
    if "\nbegin " not in f"\n{text}" or "\nend" not in text:
        return text, []
    lines, kept = text.split("\n"), list[str]()
    files: list[tuple[str, bytes]] = []
    ends = [at for at, line in enumerate(lines) if line.strip() == "end"][::-1]
    at = 0
    while at < len(lines):
        while ends and ends[-1] <= at:
            ends.pop()
        words = lines[at].strip().split(" ", 2)
        if words[0] == "begin" and len(words) == 3 and words[1].isdigit() and ends and len(files) < FILES:
            body = [line.rstrip("\r").encode("ascii", "replace") for line in lines[at : ends[-1]]]
            files.append((words[2], from_uuencoded(body, notes)))
            at = ends[-1] + 1
        else:
            kept.append(lines[at])
            at += 1
    return "\n".join(kept), files
