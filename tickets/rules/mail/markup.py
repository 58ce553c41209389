"""Tokens of HTML as browsers cut them, in one pass: comments, raw text, quoted attributes, and an end in the middle.

A cleaner of HTML was measured to work for minutes on 1 MB of nested or unclosed tags, so the page is cut and built anew first.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

ASCII_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
TAG_NAME = re.compile(r"[a-z][^\s/>]{0,40}")
ATTRIBUTE_NAME = re.compile(r"[^\s/>=\"'<]{1,60}")
GAP = re.compile(r"[\s/\"'<=]*")
SPACE = re.compile(r"\s*")
UNQUOTED = re.compile(r"[^\s>]*")
RAW_TEXT = frozenset({"script", "style", "title", "textarea", "iframe", "noembed", "noframes", "xmp", "plaintext"})
# Not raw for a browser, but nothing in them is for a reader.
SKIPPED = frozenset(
    {"svg", "math", "object", "select", "template", "head", "noscript", "video", "audio", "canvas", "applet"}
)
LONGEST_VALUE = 2_000


@dataclass(frozen=True)
class Token:
    """A tag, or text when `tag` is empty. Text still has its entities; values do not."""

    tag: str = ""
    closing: bool = False
    text: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


class Cutter:
    """Cuts one page. What a browser would not show at the end of a broken page is left out."""

    def __init__(self, page: str) -> None:
        self.page = page
        self.small = page.translate(ASCII_LOWER)
        self.at = 0
        self.never_closed: set[str] = set()

    def tokens(self) -> Iterator[Token]:
        while self.at < len(self.page):
            start = self.page.find("<", self.at)
            if start < 0:
                yield Token(text=self.page[self.at :])
                return
            if start > self.at:
                yield Token(text=self.page[self.at : start])
            self.at = start
            token = self._tag()
            if token is not None:
                yield token

    def _tag(self) -> Token | None:
        """The tag, comment or lone bracket that begins here; moves on past it."""
        closing = self.page.startswith("</", self.at)
        name = TAG_NAME.match(self.small, self.at + 1 + closing)
        if name is None:
            return self._no_tag(closing)
        self.at = name.end()
        attributes = self._attributes()
        tag = name.group().rstrip("\"'<=")
        if not closing and tag in RAW_TEXT | SKIPPED:
            self._skip_content(tag)
            return None
        return Token(tag=tag, closing=closing, attributes=attributes)

    def _no_tag(self, closing: bool) -> Token | None:
        if self.page.startswith("<!--", self.at):
            self._move_past("-->", self.at + 2)
        elif closing or self.page.startswith(("<!", "<?"), self.at):
            self._move_past(">", self.at + 1)
        else:
            self.at += 1
            return Token(text="<")
        return None

    def _move_past(self, mark: str, start: int) -> None:
        found = self.page.find(mark, start)
        self.at = len(self.page) if found < 0 else found + len(mark)

    def _skip_content(self, tag: str) -> None:
        """Past the end tag. Where there is none, a browser shows nothing more of raw text, but goes on in the others."""
        found = -1 if tag in self.never_closed else self.small.find(f"</{tag}", self.at)
        if found >= 0:
            self._move_past(">", found)
        elif tag in RAW_TEXT:
            self.at = len(self.page)
        else:
            self.never_closed.add(tag)

    def _attributes(self) -> dict[str, str]:
        """Up to the ">" of the tag; the first of a name counts."""
        found: dict[str, str] = {}
        while True:
            self.at = GAP.match(self.page, self.at).end()  # type: ignore[union-attr] # matches nothing too
            if self.at >= len(self.page) or self.page[self.at] == ">":
                self.at += 1
                return found
            name = ATTRIBUTE_NAME.match(self.small, self.at)
            if name is None:
                self.at += 1
                continue
            self.at = name.end()
            value = self._value()
            if len(found) < 20:
                found.setdefault(name.group(), html.unescape(value[:LONGEST_VALUE]))

    def _value(self) -> str:
        equals = SPACE.match(self.page, self.at).end()  # type: ignore[union-attr]
        if not self.page.startswith("=", equals):
            return ""
        start = SPACE.match(self.page, equals + 1).end()  # type: ignore[union-attr]
        quote = self.page[start : start + 1]
        if quote in ("'", '"'):
            end = self.page.find(quote, start + 1)
            end = len(self.page) if end < 0 else end
            self.at = end + 1
            return self.page[start + 1 : end]
        self.at = UNQUOTED.match(self.page, start).end()  # type: ignore[union-attr]
        return self.page[start : self.at]
