"""Placeholders in saved answers: pure substitution, in one pass, of a closed list of words."""

import re
from collections.abc import Mapping

PLACEHOLDERS = ("client", "person", "first_name", "reference", "subject", "me", "supplier")
SHAPE = re.compile(r"\{(" + "|".join(PLACEHOLDERS) + r")\}")


def filled(body: str, values: Mapping[str, str]) -> str:
    """The text with each known placeholder replaced. Anything else in braces stays as it stands, and what a value says is never
    read again: a subject "{client}" or "{{7*7}}" is only text."""
    return SHAPE.sub(lambda found: values.get(found[1], found[0]), body)


def unknown_placeholders(body: str) -> list[str]:
    """Words in single braces that are no placeholder, for a warning while one writes."""
    words = re.findall(r"(?<!\{)\{([A-Za-z_ ]{1,30})\}(?!\})", body)
    return [word for word in dict.fromkeys(words) if word not in PLACEHOLDERS]
