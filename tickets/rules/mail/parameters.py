"""`text/plain; charset="utf-8"; name*0*=…`: a value and its parameters (RFC 2045, 2183, 2231). Linear; never raises."""

import re
from urllib.parse import unquote_to_bytes

from tickets.rules.mail.charsets import decoded
from tickets.rules.mail.headers import decode_words, plain
from tickets.rules.mail.limits import PARAMETERS
from tickets.rules.mail.notes import Notes

NUMBERED = re.compile(r"([^*]{1,60})\*(\d{1,3})(\*?)")
Pieces = dict[str, dict[int, tuple[str, bool]]]


def parameters(value: bytes, notes: Notes) -> tuple[str, dict[str, str]]:
    """The value in small letters, and its parameters by name in small letters; the first of a name counts."""
    head, *rest = _cut(plain(value, notes))
    simple: dict[str, str] = {}
    pieces: Pieces = {}
    for item in rest[:PARAMETERS]:
        name, equals, text = item.partition("=")
        name, text = name.strip().lower(), _bare(text)
        if not equals or not name:
            continue
        numbered = NUMBERED.fullmatch(name)
        if numbered:
            pieces.setdefault(numbered.group(1), {}).setdefault(int(numbered.group(2)), (text, bool(numbered.group(3))))
        elif name.endswith("*"):
            pieces.setdefault(name[:-1], {}).setdefault(0, (text, True))
        else:
            simple.setdefault(name, decode_words(text, notes))
    long = {name: _joined(numbers, notes) for name, numbers in pieces.items()}
    return head.partition("(")[0].strip().lower(), simple | {name: text for name, text in long.items() if text}


def _cut(text: str) -> list[str]:
    """Cut at semicolons outside quotes."""
    items, start, quoted, skip = [], 0, False, False
    for at, letter in enumerate(text):
        if skip:
            skip = False
        elif letter == "\\" and quoted:
            skip = True
        elif letter == '"':
            quoted = not quoted
        elif letter == ";" and not quoted:
            items.append(text[start:at])
            start = at + 1
    return [*items, text[start:]]


def _bare(text: str) -> str:
    text = text.strip()
    if not text.startswith('"'):
        return text
    inner = text[1:-1] if text.endswith('"') and len(text) > 1 else text[1:]
    # Browsers of old sent paths: a lone backslash before a letter stays, escaping is for quotes and backslashes.
    return inner.replace('\\"', '"').replace("\\\\", "\\")


def _joined(numbers: dict[int, tuple[str, bool]], notes: Notes) -> str:
    """Continuations in order of their numbers; those with a star are percent-encoded in the charset of the first."""
    charset, data = "", b""
    for number, (text, encoded) in sorted(numbers.items()):
        if number == min(numbers) and encoded and text.count("'") >= 2:
            charset, _language, text = text.split("'", 2)
        data += unquote_to_bytes(text) if encoded else text.encode("utf-8", "replace")
    return decoded(data, charset, notes)
