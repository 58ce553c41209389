"""What a person means who types into a search: a reference, the beginning of one, an address, or words."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from tickets.rules.references import ALPHABET, LIKENESS, normal_reference

LONGEST = 200
# Why words cannot be looked for, as tickets.queries.search.problem_with names it.
PROBLEMS = {
    "nothing": gettext_lazy("Say what you look for."),
    "common": gettext_lazy(
        "Words such as “the” and “and” stand everywhere and are not searched. Add one that does not."
    ),
    "without": gettext_lazy("Words to leave out need at least one word to look for, for example: mailbox -archive."),
}
CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
ADDRESS = re.compile(r"^[^\s@]+@[^\s@]+$")
PARTIAL = re.compile(rf"^[{ALPHABET}]{{3,8}}$")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for. reference: whole; begins: the first three or more letters of one; each "" if none was meant."""

    words: str
    reference: str
    begins: str
    address: str


def wanted(said: str) -> Wanted:
    """Read what was typed, at most 200 characters of it."""
    words = " ".join(CONTROL.sub(" ", said).split())[:LONGEST]
    return Wanted(
        words=words,
        reference=normal_reference(words) or "",
        begins=beginning(words),
        address=words.lower() if ADDRESS.match(words) else "",
    )


def beginning(words: str) -> str:
    """The first letters of a reference as it is stored, or "".

    A single word is one only if it has a figure, a dash after four letters, or only capitals: "mail" is a word, "M4IL",
    "mail-" and "MAIL" may be references.
    """
    marked = words.isupper() or words[4:5] == "-" or any(letter.isdigit() for letter in words)
    letters = (words[:4] + words[4:].removeprefix("-")).upper().translate(LIKENESS)
    if not marked or not PARTIAL.match(letters):
        return ""
    return letters if len(letters) <= 4 else f"{letters[:4]}-{letters[4:]}"
