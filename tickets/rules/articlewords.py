"""The words of an article as a safe page: headings, lists, steps, notes, bold, code and links, from plain text.

Everything is escaped piece by piece, and nh3 has the last word, so that no text can bring in markup of its own. There are no
pictures: nothing is ever loaded from anywhere.
"""

import html
import re
from collections.abc import Callable, Iterator
from itertools import groupby

import nh3

TAGS = {"h2", "h3", "p", "br", "ul", "ol", "li", "blockquote", "pre", "code", "strong", "a"}
ADDRESS = r"(?:https?://|mailto:)[^\s()<>\"]{1,500}"
# Every repetition has a bound, so that a hostile text is read in linear time.
INLINE = re.compile(
    rf"`(?P<code>[^`\n]{{1,300}})`|\*\*(?P<bold>[^*\n]{{1,300}})\*\*"
    rf"|\[(?P<words>[^\[\]\n]{{1,200}})\]\((?P<to>{ADDRESS})\)|(?P<bare>https?://[^\s()<>\"]{{1,500}})"
)
HEADING = re.compile(r"(#{1,3}) +(.*)")
BULLET = re.compile(r"[-*] +(.*)")
STEP = re.compile(r"\d{1,3}[.)] +(.*)")
NOTE = re.compile(r"> ?(.*)")
FENCE = "```"
ENDS = ".,;:!?"


def as_page(text: str) -> str:
    """Safe HTML of an article's words; "" for none."""
    return nh3.clean(
        "".join(_blocks(text)),
        tags=TAGS,
        attributes={"*": set(), "a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
    )


def as_plain(text: str) -> str:
    """The same words without their marks, for an excerpt: an address stands behind the words that link to it."""
    lines = [_bare_line(line) for line in text.splitlines() if line.strip() != FENCE]
    return "\n".join(lines).strip()


def _bare_line(line: str) -> str:
    kind, words = _kind_of(line)
    words = INLINE.sub(_said, words)
    return f"- {words}" if kind in ("ul", "ol") else words


def _said(found: re.Match[str]) -> str:
    if found["to"]:
        return f"{found['words']} ({found['to']})"
    return found["code"] or found["bold"] or found["bare"] or ""


def _blocks(text: str) -> Iterator[str]:
    """One piece for each run of lines of the same kind, and one for each fenced part."""
    for number, part in enumerate(re.split(r"^```[^\n]*$", text.replace("\r\n", "\n"), flags=re.M)):
        if number % 2:
            yield f"<pre>{html.escape(part.strip(chr(10)))}</pre>"
            continue
        for kind, lines in groupby((_kind_of(line) for line in part.split("\n")), key=lambda one: one[0]):
            yield _DRAWN[kind]([words for _, words in lines])


def _kind_of(line: str) -> tuple[str, str]:
    """What a line is, and its words without the mark."""
    stripped = line.strip()
    if heading := HEADING.fullmatch(stripped):
        return ("h2" if len(heading[1]) == 1 else "h3"), heading[2]
    for kind, shape in (("ul", BULLET), ("ol", STEP), ("blockquote", NOTE)):
        if found := shape.fullmatch(stripped):
            return kind, found[1]
    return ("p", stripped) if stripped else ("", "")


def _inline(words: str) -> str:
    """One line with its bold words, code and links; all else is escaped."""
    pieces, end = list[str](), 0
    for found in INLINE.finditer(words):
        pieces += [html.escape(words[end : found.start()]), _piece(found)]
        end = found.end()
    return "".join([*pieces, html.escape(words[end:])])


def _piece(found: re.Match[str]) -> str:
    if found["code"]:
        return f"<code>{html.escape(found['code'])}</code>"
    if found["bold"]:
        return f"<strong>{html.escape(found['bold'])}</strong>"
    if found["to"]:
        return f'<a href="{html.escape(found["to"])}">{html.escape(found["words"])}</a>'
    address = found["bare"].rstrip(ENDS)
    rest = found["bare"][len(address) :]
    return f'<a href="{html.escape(address)}">{html.escape(address)}</a>{rest}'


def _each(tag: str) -> Callable[[list[str]], str]:
    return lambda lines: "".join(f"<{tag}>{_inline(line)}</{tag}>" for line in lines)


def _list(tag: str) -> Callable[[list[str]], str]:
    return lambda lines: f"<{tag}>{_each('li')(lines)}</{tag}>"


def _flow(tag: str) -> Callable[[list[str]], str]:
    return lambda lines: f"<{tag}>{'<br>'.join(_inline(line) for line in lines)}</{tag}>"


_DRAWN: dict[str, Callable[[list[str]], str]] = {
    "": lambda lines: "",
    "h2": _each("h2"),
    "h3": _each("h3"),
    "ul": _list("ul"),
    "ol": _list("ol"),
    "blockquote": _flow("blockquote"),
    "p": _flow("p"),
}
