"""Text made safe to store and show: no control, direction or zero-width marks, no endless accents, no lone surrogates."""

import re

# C0 and C1 controls except tab and newline, soft hyphen, Arabic letter mark, Mongolian vowel sign, zero-width and direction
# marks, line separators, BOM, interlinear marks, surrogates, private use, noncharacters and tags. Zero-width joiners go
# too: between Latin letters they hide a word from a search, and a family emoji survives as its members.
INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\uf8ff\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
BREAKS = re.compile("\r\n|[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
SPACES = re.compile("[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000\n]+")
_ACCENT = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
ACCENT_FLOOD = re.compile(f"([{_ACCENT}]{{3}})[{_ACCENT}]+")
EMPTY_LINES = re.compile("\n{4,}")
TRAILING = re.compile("(?<![ \t])[ \t]+\n")


def one_line(text: str, most: int) -> str:
    """One line without anything unseen, at most so many characters; a cut ends in "…"."""
    seen = INVISIBLE.sub("", BREAKS.sub(" ", text[: most * 8]))
    line = ACCENT_FLOOD.sub(r"\1", SPACES.sub(" ", seen)).strip()
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def paragraphs(text: str) -> str:
    """Many lines without anything unseen; at most three line ends in a row, none at either end."""
    seen = INVISIBLE.sub("", BREAKS.sub("\n", text))
    tidy = EMPTY_LINES.sub("\n\n\n", TRAILING.sub("\n", ACCENT_FLOOD.sub(r"\1", seen)))
    return tidy.strip("\n").rstrip()


def hides(text: str) -> bool:
    """Whether it carries marks that reorder or hide what a reader sees."""
    return bool(INVISIBLE.search(text))
