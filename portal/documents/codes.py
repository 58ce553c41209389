"""Verification codes: 128 random bits that a person can read aloud and type.

28 characters of Crockford's base 32 in seven groups of four: 26 carry the bits, 2 are a check, so that a typing error is
told apart from an unknown document.
"""

import hashlib
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 28
_BITS = 128
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
_IGNORED = str.maketrans(dict.fromkeys(" \t\r\n\u00a0-\u2010\u2011\u2012\u2013\u2014._"))


class CodeError(ValueError):
    """Not a verification code; the text is a sentence for the person who typed it."""


def new_code() -> str:
    """A fresh code in its stored form: 28 characters, no separators."""
    return _with_check(secrets.randbits(_BITS))


def normalise(text: str) -> str:
    """The stored form of what somebody typed: spaces, dashes, lower case, O for 0 and I or L for 1 are forgiven.

    Raises CodeError with a sentence when it cannot be a code.
    """
    code = text[:200].translate(_IGNORED).upper().translate(_LOOKALIKES)
    if len(code) != LENGTH:
        raise CodeError(f"A code has {LENGTH} letters and digits; this has {len(code)}.")
    strange = sorted(set(code) - set(ALPHABET))
    if strange:
        raise CodeError(f"A code never contains {' or '.join(strange)}.")
    if _with_check(_value(code[:-2])) != code:
        raise CodeError("There is a typing error in this code. Please compare it with the document once more.")
    return code


def grouped(code: str) -> str:
    """The printed form: seven groups of four."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def _with_check(value: int) -> str:
    body = _base32(value, LENGTH - 2)
    check = int.from_bytes(hashlib.sha256(body.encode()).digest()[:2]) >> 6
    return body + _base32(check, 2)


def _base32(value: int, width: int) -> str:
    return "".join(ALPHABET[(value >> (5 * place)) & 31] for place in reversed(range(width)))


def _value(body: str) -> int:
    value = 0
    for character in body:
        value = value * 32 + ALPHABET.index(character)
    return value % (1 << _BITS)
