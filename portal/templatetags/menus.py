"""The menus of a staff page, drawn in Python: as templates they were a third of every page's nodes."""

from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache, wraps
from typing import TypeVar

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.markup import fill, fill_each
from portal.navigation import Count, Line
from portal.templatetags.ui import icon

register = template.Library()

CURRENT, HIDDEN = SafeString(' aria-current="page"'), SafeString(" hidden")
HEAD = '<p class="head">{}</p>'
RAIL = '<a class="nav" href="{}"{}{}>{}{}{}</a>'
KEY = ' data-key="{}"'
RAIL_COUNT, MENU_COUNT = '<span class="count{}"{}{}>{}</span>', "<small{}{}>{}</small>"
LIVE = ' data-live="{}"'
MENU = '<a href="{}"{}>{}{}{}</a>'
ACCOUNT = '<a href="{}">{}{}</a>'
PRESS = '<li role="option" id="press-{}" aria-selected="false" data-press="{}">{}<span>{}</span><kbd>{}</kbd></li>'
GO = (
    '<li role="presentation"><a role="option" id="go-{}" aria-selected="false" tabindex="-1" href="{}">{}'
    "<span>{}</span>{}</a></li>"
)
KBD = "<kbd>{}</kbd>"
KEY_LINE = "<dt><kbd>{}</kbd></dt><dd>{}</dd>"

# Three words: a label, and what goes with it.
Command = tuple[str, str, str]
Item = TypeVar("Item", bound=Hashable)


def drawn_once(draw: Callable[[tuple[Item, ...]], SafeString]) -> Callable[[Iterable[Item]], SafeString]:
    """A tag that remembers what it drew: most pages show the same menu as the page before."""
    remembered = lru_cache(maxsize=256)(lambda items, _language: draw(items))

    @wraps(draw)
    def tag(items: Iterable[Item]) -> SafeString:
        return remembered(tuple(items), get_language())

    register.simple_tag(tag)
    return tag


@drawn_once
def rail(lines: tuple[Line, ...]) -> SafeString:
    """The lines of the rail, each with its key and its number, under their heads."""
    drawn = []
    for line in lines:
        entry = line.entry
        head = fill(HEAD, entry.head) if entry.head else ""
        key = fill(KEY, entry.key) if entry.key else ""
        count = counted(RAIL_COUNT, line.count)
        drawn.append(head + fill(RAIL, line.url, here(line), key, icon(entry.icon), entry.label, count))
    return SafeString("".join(drawn))


@drawn_once
def phone_lines(lines: tuple[Line, ...]) -> SafeString:
    """The few lines of the phone's bar, with their short words."""
    return SafeString(
        "".join([fill(MENU, line.url, here(line), icon(line.entry.icon, 20), line.entry.short, "") for line in lines])
    )


@drawn_once
def more_lines(lines: tuple[Line, ...]) -> SafeString:
    """The lines that are behind "More" on a phone: those that are not in its bar."""
    drawn = [
        fill(MENU, line.url, here(line), icon(line.entry.icon), line.entry.label, counted(MENU_COUNT, line.count))
        for line in lines
        if not line.entry.short
    ]
    return SafeString("".join(drawn))


@drawn_once
def account_lines(lines: tuple[Command, ...]) -> SafeString:
    """The person's own pages: (label, icon, address)."""
    return fill_each(ACCOUNT, ((url, icon(icon_name), label) for label, icon_name, url in lines))


@drawn_once
def press_options(commands: tuple[Command, ...]) -> SafeString:
    """The palette's commands that press a control of the page: (label, key, icon)."""
    drawn = [
        fill(PRESS, number, key, icon(icon_name), label, key.upper())
        for number, (label, key, icon_name) in enumerate(commands, 1)
    ]
    return SafeString("".join(drawn))


@drawn_once
def go_options(lines: tuple[Line, ...]) -> SafeString:
    """The palette's ways to other pages."""
    drawn = []
    for number, line in enumerate(lines, 1):
        entry = line.entry
        words = _("Go to %(label)s") % {"label": entry.label.lower()}
        drawn.append(
            fill(GO, number, line.url, icon(entry.icon), words, fill(KBD, entry.key.upper()) if entry.key else "")
        )
    return SafeString("".join(drawn))


@drawn_once
def key_list(commands: tuple[Command, ...]) -> SafeString:
    """The sheet's keys that press a control of the page."""
    return fill_each(KEY_LINE, ((key.upper(), label) for label, key, _icon in commands))


def here(line: Line) -> SafeString | str:
    return CURRENT if line.current else ""


def counted(pattern: str, count: Count | None) -> SafeString | str:
    """The number beside a line, hidden while it is nought; the poll's answer keeps a live one fresh."""
    if count is None:
        return ""
    marks = (fill(LIVE, count.live) if count.live else "", "" if count.number else HIDDEN, count.number)
    return fill(pattern, " hot" if count.hot else "", *marks) if pattern is RAIL_COUNT else fill(pattern, *marks)
