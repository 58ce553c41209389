"""Text made safe to print: no control or direction marks, no endless accents, nothing the fonts cannot draw.

The attached snapshot keeps the whole text; this is only about what stands on the page.
"""

import re
import unicodedata
from collections.abc import Container
from typing import Any

MAX_LENGTH = 5_000
MAX_DEPTH = 30
UNDRAWABLE = "\u25a1"
# C0 and C1 controls except newline, soft hyphen, zero-width and direction marks, line separators, BOM, variation
# selectors and tags: invisible, and able to reorder or hide what a reader believes to see.
_INVISIBLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff0-\ufffb\U000e0000-\U000e01ef]"
)
_SPACE_LIKE = re.compile("[\t\x0b\x0c\x85\u2028\u2029]|\r\n?")
_ACCENTS = "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u1ab0-\u1aff\u20d0-\u20ff"
_ACCENT_FLOOD = re.compile(f"([{_ACCENTS}]{{3}})[{_ACCENTS}]+")


def printable(value: str, drawable: Container[int] | None = None) -> str:
    """The text as it may stand on a page: at most MAX_LENGTH characters, the rest counted in words.

    `drawable` is the set of code points that our fonts can draw; what they cannot becomes a white square, because
    an archive PDF must not refer to a missing glyph.
    """
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    text = _SPACE_LIKE.sub(" ", text)
    text = _INVISIBLE.sub("", text)
    text = _ACCENT_FLOOD.sub(r"\1", unicodedata.normalize("NFC", text))
    if len(text) > MAX_LENGTH:
        text = f"{text[:MAX_LENGTH]}… ({len(text) - MAX_LENGTH:,} more characters in the attached data)"
    if drawable is not None and not text.isascii():
        text = "".join(c if c == "\n" or ord(c) in drawable else UNDRAWABLE for c in text)
    return text


def printable_tree(value: Any, drawable: Container[int] | None = None, depth: int = 0) -> Any:
    """A snapshot with every text in it printable. Raises ValueError when it is nested too deep."""
    if depth > MAX_DEPTH:
        raise ValueError(f"The document's data is nested more than {MAX_DEPTH} deep.")
    if isinstance(value, str):
        return printable(value, drawable)
    if isinstance(value, list):
        return [printable_tree(item, drawable, depth + 1) for item in value]
    if isinstance(value, dict):
        return {key: printable_tree(item, drawable, depth + 1) for key, item in value.items()}
    return value
