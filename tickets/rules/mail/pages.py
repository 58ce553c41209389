"""HTML of strangers made harmless: a tiny list of tags, no style, no script, nothing loaded from anywhere (TRUST A16, A18).

The page is built anew from its tokens, well nested and not deep, and then goes through nh3, which has the last word on
what may stand in our pages.
"""

import html
import re
from gettext import gettext as _
from itertools import islice
from urllib.parse import unquote

import nh3

from tickets.rules.mail.limits import HTML_CHARS, HTML_DEPTH, HTML_MARKS, TABLE_CELLS
from tickets.rules.mail.markup import Cutter, Token
from tickets.rules.mail.notes import Notes
from tickets.rules.mail.words import BREAKS, INVISIBLE, hides, one_line

VOID = frozenset({"br", "hr", "img"})
INLINE = frozenset({"a", "b", "code", "del", "em", "i", "ins", "s", "small", "span", "strong", "sub", "sup", "u"})
TABLE = frozenset({"table", "tbody", "td", "tfoot", "th", "thead", "tr"})
BLOCKS = frozenset({"blockquote", "dd", "div", "dl", "dt", "li", "ol", "p", "pre", "ul"})
TAGS = VOID | INLINE | TABLE | BLOCKS
# Others that begin a new line for a reader; their own look is not kept.
LIKE_DIV_WORDS = """
address article aside body caption center details fieldset figure figcaption footer form header html legend main nav section
summary h1 h2 h3 h4 h5 h6
"""
LIKE_DIV = frozenset(LIKE_DIV_WORDS.split())
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# What an opening tag closes, up to the tag that holds it.
CLOSES = {
    "p": ({"p"}, TAGS - INLINE - {"p"}),
    "li": ({"li"}, {"ul", "ol"}),
    "dt": ({"dt", "dd"}, {"dl"}),
    "dd": ({"dt", "dd"}, {"dl"}),
    "td": ({"td", "th"}, {"tr", "table"}),
    "th": ({"td", "th"}, {"tr", "table"}),
    "tr": ({"tr"}, {"table"}),
    "tbody": ({"tbody", "thead", "tfoot"}, {"table"}),
    "a": ({"a"}, frozenset[str]()),
}
# How mail programmes name what holds the mail that they answer.
HISTORY_NAMES = re.compile(
    "gmail_quote|gmail_extra|moz-cite-prefix|yahoo_quoted|divrplyfwdmsg|appendonsend|olk_src_body_section|protonmail_quote"
    "|zmail_extra|mail-editor-reference-message-container|border-top: ?solid #(?:e1e1e1|b5c4df)"
)
SCHEMES = {"http", "https", "mailto", "tel", "cid"}
MARK = re.compile("[<&]")
PICTURE = re.compile(r'<img((?: [a-z]+="[^"]*")*)>')
ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')
LINE_ENDS = re.compile(r"</(?:p|div|tr|table|ul|ol|dl|dt|dd|li|pre|blockquote)>|<(?:br|hr|p|div|pre|ul|ol|table)>")
CELL_ENDS = re.compile(r"</t[dh]>")
ANY_TAG = re.compile(r"<[^<>]*>")
QUOTE_MARK = re.compile(r"(</?blockquote>)")
MANY_BREAKS = re.compile(r"\n{3,}")


class Builder:
    """Builds one page anew in two pieces: before and from the mail that it answers."""

    def __init__(self, pictures: dict[str, int], notes: Notes, *, fold: bool) -> None:
        self.pictures = pictures
        self.fold = fold
        self.notes = notes
        self.pieces: list[list[str]] = [[], []]
        self.side = 0
        self.stack: list[str] = []
        self.cells = 0

    def put(self, words: str) -> None:
        self.pieces[self.side].append(words)

    def take(self, token: Token) -> None:
        tag = "div" if token.tag in LIKE_DIV else token.tag
        if not tag:
            self.put(token.text.replace("<", "&lt;"))
        elif token.closing:
            self._close_to(tag)
        else:
            self._history_begins(token)
            self._open(tag, token)
            if token.tag in HEADINGS:
                # Bold, and no heading: the headings of our pages are ours.
                self._open("strong", token)

    def _history_begins(self, token: Token) -> None:
        if not self.fold or self.side or not token.attributes:
            return
        names = " ".join(token.attributes.get(name, "") for name in ("class", "id", "style")).lower()
        cited = token.tag == "blockquote" and token.attributes.get("type", "").lower() == "cite"
        if cited or HISTORY_NAMES.search(names[:400]):
            self.finish()
            self.side = 1

    def _open(self, tag: str, token: Token) -> None:
        if tag == "img":
            self._picture(token)
            return
        if tag not in TAGS:
            return
        if tag in VOID:
            self.put(f"<{tag}>")
            return
        if tag not in INLINE and self.stack[-1:] == ["p"]:
            self._close_to("p")
        if tag in TABLE and self._is_large(tag):
            self.put("<br>" if tag in ("tr", "table") else " ")
            return
        self._close_before(tag)
        if len(self.stack) < HTML_DEPTH:
            self.stack.append(tag)
            self.put(f"<{tag}{self._link(token) if tag == 'a' else ''}>")

    def _is_large(self, tag: str) -> bool:
        self.cells += tag in ("td", "th")
        if self.cells > TABLE_CELLS:
            self.finish()
            self.notes.limit(_("A very large table is shown as lines."))
        return self.cells > TABLE_CELLS

    def _close_before(self, tag: str) -> None:
        """Close what this tag cannot stand in, as browsers do for paragraphs, entries and cells."""
        closes, holders = CLOSES.get(tag, (frozenset(), frozenset()))
        for open_tag in reversed(self.stack):
            if open_tag in holders:
                return
            if open_tag in closes:
                self._close_to(open_tag)
                return

    def _close_to(self, tag: str) -> None:
        if tag not in self.stack:
            return
        while self.stack:
            last = self.stack.pop()
            self.put(f"</{last}>")
            if last == tag:
                return

    def finish(self) -> None:
        while self.stack:
            self.put(f"</{self.stack.pop()}>")

    def _picture(self, token: Token) -> None:
        """A picture of the mail itself, or its words: nothing is ever loaded."""
        words = html.escape(one_line(token.attributes.get("alt", ""), 120))
        kind, _colon, name = token.attributes.get("src", "").strip().partition(":")
        index = self.pictures.get(name, self.pictures.get(unquote(name))) if kind.lower() == "cid" else None
        if index is not None:
            self.put(f'<img src="cid:{index}" alt="{words}">')
            return
        if kind.lower() in ("http", "https") or kind.startswith("//"):
            self.notes.odd(_("Pictures that would be loaded from the internet are not shown."))
        self.put(f"[{words}]" if words else "")

    def _link(self, token: Token) -> str:
        address = one_line(token.attributes.get("href", ""), 2_000)
        kind = address.partition(":")[0].lower()
        return f' href="{html.escape(address)}"' if kind in ("http", "https", "mailto", "tel") else ""


def safe(page: str, pictures: dict[str, int], notes: Notes, *, fold: bool = True) -> tuple[str, str]:
    """The page in two safe pieces: what the writer says, and what was said before; the first is empty only for an empty page.

    `pictures` are the indexes of the mail's own pictures by their Content-ID.
    """
    page = BREAKS.sub("\n", _cut(page, notes))
    if hides(page):
        page = INVISIBLE.sub("", page)
    builder = Builder(pictures, notes, fold=fold)
    for token in Cutter(page).tokens():
        builder.take(token)
    builder.finish()
    said, before = (cleaned("".join(piece)) for piece in builder.pieces)
    return (said, before) if has_words(said) else (said + before, "")


def _cut(page: str, notes: Notes) -> str:
    """As much as is read: in characters, and in tags and entities, which cost far more than letters."""
    end = len(page) if len(page) <= HTML_CHARS else HTML_CHARS
    if page.count("<", 0, end) + page.count("&", 0, end) > HTML_MARKS:
        end = next(islice(MARK.finditer(page), HTML_MARKS, None)).start()
    if end < len(page):
        notes.limit(_("The formatted text was very long; the rest stays in the stored mail."))
    return page[:end]


def cleaned(piece: str) -> str:
    """What nh3 lets through: the last word on every piece."""
    return nh3.clean(
        piece,
        tags=set(TAGS),
        attributes={"*": set(), "a": {"href"}, "img": {"src", "alt"}},
        url_schemes=SCHEMES,
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
    ).strip()


def has_words(piece: str) -> bool:
    """Whether a clean piece shows anything: a letter or a picture."""
    return "<img" in piece or bool(html.unescape(ANY_TAG.sub("", piece)).strip())


def as_text(piece: str) -> str:
    """The words of a clean piece, a line for each block, quoted blocks behind ">"."""
    lines: list[str] = []
    depth = 0
    for part in QUOTE_MARK.split(piece):
        if part in ("<blockquote>", "</blockquote>"):
            depth = max(0, depth + (-1 if "/" in part else 1))
            continue
        spoken = CELL_ENDS.sub(" ", PICTURE.sub(_in_words, part).replace("<li>", "- "))
        words = html.unescape(ANY_TAG.sub("", LINE_ENDS.sub("\n", spoken)))
        mark = ">" * min(depth, 5) + " " if depth else ""
        lines.extend(f"{mark}{line.strip()}" for line in words.split("\n"))
    return MANY_BREAKS.sub("\n\n", "\n".join(lines)).strip("\n")


def _in_words(found: re.Match[str]) -> str:
    words = dict(ATTRIBUTE.findall(found.group(1))).get("alt", "").strip()
    return f"[{words}]" if words else ""


def from_text(text: str) -> str:
    """Plain text as a page, to stand between formatted ones."""
    return f"<p>{html.escape(text, quote=False).replace(chr(10), '<br>')}</p>" if text.strip() else ""


def with_pictures(piece: str, addresses: dict[int, str]) -> str:
    """A stored piece with the pages' own addresses of its pictures; one whose file was not kept becomes its words."""

    def placed(found: re.Match[str]) -> str:
        given = dict(ATTRIBUTE.findall(found.group(1)))
        index = given.get("src", "").removeprefix("cid:")
        address = addresses.get(int(index)) if index.isdecimal() and len(index) < 6 else None
        if address is None:
            return _in_words(found)
        return f'<img src="{html.escape(address)}" alt="{given.get("alt", "")}" loading="lazy">'

    return PICTURE.sub(placed, piece)
