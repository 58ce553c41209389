"""References that people can say on the phone, and that nobody can guess: 40 random bits in two groups of four."""

import re
import secrets

# Crockford's alphabet: no I, L, O or U, so that nothing is misread and no word is formed by accident.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LIKENESS = str.maketrans({"O": "0", "I": "1", "L": "1"})
SHAPE = re.compile(rf"^[{ALPHABET}]{{8}}$")


def new_reference() -> str:
    """A fresh reference such as "7KQM-2XWD"."""
    letters = "".join(
        ALPHABET[byte % len(ALPHABET)] for byte in secrets.token_bytes(8)
    )  # 256 is eight times 32: no bias
    return f"{letters[:4]}-{letters[4:]}"


def normal_reference(said: str) -> str | None:
    """What was meant by a reference typed with spaces, small letters, or an O for a nought; None if it is none."""
    letters = re.sub(r"[\s\-–]", "", said).upper().translate(LIKENESS)
    return f"{letters[:4]}-{letters[4:]}" if SHAPE.match(letters) else None
