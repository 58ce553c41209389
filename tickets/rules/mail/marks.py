"""The signed mark by which a mail finds its request again. It names a request and carries no authority of its own.

It stands in the Message-ID of what we send, so that answers carry it in In-Reply-To and References, and in the address that
answers go to. Who writes may join only as a person who may see that request (tickets.rules.mail.verdict).
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
MARK = "r-"
# What stands behind the + of our address when a mail is for one client: support+c-alder@…
OF_CLIENT = "c-"
MAC_LETTERS = 16  # eighty bits
SHAPE = re.compile(rf"(?<![0-9a-z])r-([0-9a-z]{{1,13}})-([a-z2-7]{{{MAC_LETTERS}}})(?![0-9a-z])", re.IGNORECASE)
# A hostile mail may name a million others: only so much of it is read, and only so many marks are tried.
LONGEST_TEXT = 20_000
MOST_MARKS = 20


@dataclass(frozen=True, slots=True)
class Marks:
    """The requests that a mail names, in the order in which they were found; `forged` when a mark was not signed by us."""

    tickets: tuple[int, ...] = ()
    forged: bool = False


def mark_for(ticket_id: int, key: bytes) -> str:
    """The mark of a request: "r-1a-abcdefghijklmnop", in small letters, because mail systems may change their case."""
    number = in_digits(ticket_id)
    return f"{MARK}{number}-{signature(number, key)}"


def signature(number: str, key: bytes) -> str:
    digest = hmac.new(key, number.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode().lower()[:MAC_LETTERS]


def in_digits(number: int) -> str:
    """A positive whole number to the base of 36."""
    found = ""
    while number:
        number, rest = divmod(number, len(DIGITS))
        found = DIGITS[rest] + found
    return found


def marks_in(texts: Iterable[str], key: bytes) -> Marks:
    """Every mark in these header values, each request once."""
    found: list[int] = []
    forged, tried = False, 0
    for text in texts:
        for match in SHAPE.finditer(text[:LONGEST_TEXT]):
            tried += 1
            if tried > MOST_MARKS:
                return Marks(tuple(dict.fromkeys(found)), forged)
            number, signed = match[1].lower(), match[2].lower()
            if hmac.compare_digest(signature(number, key), signed):
                found.append(int(number, 36))
            else:
                forged = True
    return Marks(tuple(dict.fromkeys(found)), forged)


def newest_first(in_reply_to: Iterable[str], references: Iterable[str]) -> list[str]:
    """Header values in the order in which they speak for the answered mail: In-Reply-To, then the latest reference."""
    return [*in_reply_to, *reversed(list(references))]


def alias_in(address: str, own: Iterable[str]) -> str:
    """What stands behind the + of one of our own addresses: "c-alder" in support+c-alder@…; "" for any other address."""
    local, _, domain = address.strip().lower().rpartition("@")
    name, _, alias = local.partition("+")
    return alias if f"{name}@{domain}" in {each.lower() for each in own} else ""
