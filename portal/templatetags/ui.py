"""The components of every page: `{% load ui %}`. docs/components.md lists them; /desk/styleguide/ shows each in every state."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any
from uuid import uuid4

import lucide
from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from portal import navigation
from portal.markup import fill, fill_each
from portal.money import pounds
from portal.templatetags.settled import settled_tag

register = template.Library()
register.filter(pounds)

BANNER_ICONS = {"info": "info", "warn": "triangle-alert", "bad": "octagon-alert", "good": "circle-check"}
TINTS = ("", " b", " c")


@lru_cache(maxsize=2048)
def icon_markup(name: str, size: int, label: str, css: str) -> SafeString:
    """One inline SVG, drawn once a process: reading and copying it costs more than the rest of a queue row."""
    marks: dict[str, object] = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    drawn = lucide._render_icon(name, size, **{"class": f"icon {css}".strip(), **marks})
    return mark_safe(drawn)  # noqa: S308 - built as a tree, whose writer escapes the label


def icon(name: str, size: int = 16, label: str = "", css: str = "") -> SafeString:
    """A Lucide icon. Without a label it is decoration; with one it is read out. Raises IconDoesNotExist."""
    return icon_markup(str(name), size, str(label), css)


register.tag("icon", settled_tag("icon", icon, (16, "", "")))


@register.filter
def initials(name: str) -> str:
    """Priya Nair is PN, Cher is C, an empty name is a question mark."""
    words = [word for word in str(name).split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper() or "?"


@register.simple_tag
@lru_cache(maxsize=1024)
def avatar(name: str = "", label: str = "", large: bool = False) -> SafeString:
    """A person's initials on a tint of their own. With a label it is read out, else it decorates a name beside it."""
    css = "avatar" + (" l" if large else "")
    marks = fill(' role="img" aria-label="{}"', label) if label else mark_safe(' aria-hidden="true"')
    if not name:
        return fill('<span class="{} none"{}>+</span>', css, marks)
    tint = TINTS[sum(map(ord, name)) % len(TINTS)]
    return fill('<span class="{}{}"{}>{}</span>', css, tint, marks, initials(name))


SLA = (
    '<span class="chip sla" data-tone="{}"{} title="{}"><svg class="ring" viewBox="0 0 16 16" fill="none" stroke-width="2.5" '
    'aria-hidden="true"><circle class="track" cx="8" cy="8" r="6"/><circle class="arc" cx="8" cy="8" r="6" pathLength="100" '
    'stroke-dasharray="{} 100"/></svg><span class="vh">{} </span><span class="left">{}</span></span>'
)
RUNS = ' data-remaining="{}" data-total="{}" data-runs-for="{}"'


@register.simple_tag
def sla(clock: Mapping[str, Any]) -> SafeString:
    """What is left of a promise, small (parts/sla.html names the keys). A tag, because a queue page draws fifty."""
    runs = ""
    if clock.get("runs_for"):
        runs = fill(RUNS, clock["remaining"], clock["total"], clock["runs_for"])
    due, say = clock.get("due", ""), clock.get("say", "")
    return fill(SLA, clock["tone"], runs, due, clock["percent"], say, clock["left"])


@register.simple_block_tag
def chip(content: str, tone: str = "", title: str = "") -> SafeString:
    """A small label. Tones: bad, warn, good, info, accent, line, solid, or none."""
    hint = fill(' title="{}"', title) if title else ""
    return fill('<span class="chip" data-tone="{}"{}>{}</span>', tone, hint, content)


CARD = '<section class="card"{}><header>{}<h{}>{}</h{}>{}{}</header>{}</section>'
CARD_BODY = '<div class="body">{}</div>'
CARD_CHIP, CARD_LINK = '<span class="chip" data-tone="{}">{}</span>', '<a class="small" href="{}">{}</a>'


@register.simple_block_tag
def card(
    content: str,
    title: str,
    icon: str = "",
    chip: str = "",
    tone: str = "",
    link: str = "",
    url: str = "",
    flush: bool = False,
    level: int = 2,
    id: str = "",
) -> SafeString:
    """A titled box. `chip`/`tone` or `link`/`url` stand at the right of the title; `flush` leaves the body unpadded."""
    return fill(
        CARD,
        fill(' id="{}"', id) if id else "",
        icon_markup(icon, 15, "", "") if icon else "",
        level,
        title,
        level,
        fill(CARD_CHIP, tone, chip) if chip else "",
        fill(CARD_LINK, url, link) if url else "",
        content if flush else fill(CARD_BODY, content),
    )


FACTS, FACT = '<dl class="facts{}">{}</dl>', "<dt>{}</dt><dd>{}{}</dd>"


@register.simple_block_tag
def facts(content: str, wide: bool = False) -> SafeString:
    """A list of `{% fact %}`s: name left, value right; `wide` for pages instead of panels."""
    return fill(FACTS, " wide" if wide else "", content)


@register.simple_tag
def fact_list(found: Iterable[tuple[str, object, str]]) -> SafeString:
    """The same of facts that are there as (name, value, clause id or "")."""
    rows = ((name, value, clause_link(clause) if clause else "") for name, value, clause in found)
    return fill(FACTS, "", fill_each(FACT, rows))


@register.simple_block_tag
def fact(content: str, name: str, clause: str = "") -> SafeString:
    """One fact with, if it follows from the contract, the clause it stands on."""
    return fill(FACT, name, content, clause_link(clause) if clause else "")


def terms_line(clause_id: str) -> str:
    """Where the published terms say it; empty while this build has no such page."""
    return f"{navigation.address('public:terms')}#{clause_id}" if navigation.exists("public:terms") else ""


@register.simple_tag(name="clause")
def clause_link(clause_id: str) -> SafeString:
    """The clause's id in small type, linked to its line in the published terms."""
    where = terms_line(clause_id)
    if not where:
        return fill('<span class="clause-id">{}</span>', clause_id)
    return fill('<a class="clause-id" href="{}" title="What the contract says">{}</a>', where, clause_id)


@register.simple_block_tag
def clause_note(content: str, clause_id: str, label: str = "") -> SafeString:
    """A sentence of the contract in our words, with the way to the clause itself."""
    where = terms_line(clause_id)
    mark = icon_markup("file-text", 13, "", "")
    words = label or (_("Clause %(clause_id)s") % {"clause_id": clause_id})
    if not where:
        return fill('<div class="clause"><p>{}</p><span class="clause-id">{}</span></div>', content, words)
    return fill('<div class="clause"><p>{}</p><a href="{}">{}{}</a></div>', content, where, mark, words)


@register.simple_block_tag
def banner(content: str, tone: str = "info", icon: str = "", role: str = "") -> SafeString:
    """A notice across the page. role="alert" only for what just went wrong."""
    mark = icon_markup(icon or BANNER_ICONS[tone], 18, "", "")
    spoken = fill(' role="{}"', role) if role else ""
    return fill('<div class="banner" data-tone="{}"{}>{}<div>{}</div></div>', tone, spoken, mark, content)


@register.simple_block_tag
def emptystate(content: str, title: str, icon: str = "inbox", level: int = 2) -> SafeString:
    """Nothing here: say what is true and what comes next."""
    mark = icon_markup(icon, 28, "", "")
    return fill('<div class="empty">{}<h{}>{}</h{}>{}</div>', mark, level, title, level, content)


@register.simple_tag
def once() -> SafeString:
    """A posting form's idempotency key: the same form sent twice is done once (DESIGN.md 4)."""
    return fill('<input type="hidden" name="idempotency_key" value="{}">', uuid4())


@register.filter
def introduce(label: str) -> str:
    """A label before its message: a colon, unless it is a question already."""
    return str(label) if str(label).endswith(("?", "!", ".", ":")) else f"{label}:"


@register.filter
def filesize(size: int) -> str:
    """14 kB, 2.3 MB: decimal units, as people read them."""
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1000))} kB"


@register.filter
def dig(mapping: Any, key: object) -> Any:
    """mapping[key] where a template knows the key only as a variable; None if it is not there."""
    return mapping.get(key)
