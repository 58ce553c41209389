"""What one page draws by the dozen or the hundred, as tags: a template of as many nodes would cost most of the page."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.markup import fill, fill_each
from portal.templatetags.times import iso, london_full, london_when, since
from portal.templatetags.ui import avatar, clause_link, icon, sla

register = template.Library()

QUEUE_ROW = (
    '<li><a class="row{}" href="{}" data-ref="{}"{}{}><span class="cell-sla">{}</span><span class="ref">{}</span>'
    '<span class="subject">{}<b>{}</b>{}</span><span class="client-name">{}</span><span class="ent">{}</span>{}{}</a></li>'
)
PREVIEW, CURRENT = ' data-preview="{}"', SafeString(' aria-current="true"')
UNREAD = '<span class="dot" aria-hidden="true"></span><span class="vh">{} </span>'
TARGET = '<span class="chip" data-tone="{}"><span class="vh">{} </span>{}</span>'
EVENT = '<p class="event {}"><span>{}{}{}</span><time datetime="{}" title="{}">{}</time></p>'
OPTION, SELECTED = '<option value="{}"{}>{}</option>', SafeString(" selected")


class Words(NamedTuple):
    """What every row of a page says alike, in the reader's language."""

    unread: str
    within: str
    nobody: str


@register.simple_tag
def queue_rows(rows: Iterable[Mapping[str, Any]]) -> SafeString:
    """Tickets in the queue, one under the other (docs/components.md names the keys of a row)."""
    # Once for all rows: looking up a word that has no translation takes as long as half a row.
    words = Words(fill(UNREAD, _("Unread:")), _("Answer within"), avatar("", _("Nobody yet")))
    return SafeString("".join([queue_row(row, words) for row in rows]))


def queue_row(row: Mapping[str, Any], words: Words) -> SafeString:
    ref, preview, target, name = row["ref"], row.get("preview_url"), row.get("target"), row.get("assignee")
    return fill(
        QUEUE_ROW,
        " unread" if row.get("unread") else "",
        row["url"],
        ref,
        fill(PREVIEW, preview) if preview else "",
        CURRENT if row.get("current") else "",
        sla(row["sla"]),
        ref,
        words.unread if row.get("unread") else "",
        row["subject"],
        flags(row.get("flags", ())),
        row["client"],
        fill(TARGET, "accent" if row.get("subscriber") else "line", words.within, target) if target else "",
        avatar(name, row.get("assignee_label") or name) if name else words.nobody,
        since(row["since"]),
    )


def flags(marks: Iterable[tuple[str, str]]) -> SafeString | str:
    """Small marks after the subject: (icon, words)."""
    drawn = fill_each("{}", ((icon(name, 14, words),) for name, words in marks))
    return fill('<span class="flags">{}</span>', drawn) if drawn else ""


@register.simple_tag
def event(one: Mapping[str, Any]) -> SafeString:
    """What happened to a request, one line of its thread (docs/components.md names the keys)."""
    at, strong, clause_id = one["at"], one.get("strong"), one.get("clause_id")
    said = fill(" <b>{}</b>", strong) if strong else ""
    clause = fill(" {}", clause_link(clause_id)) if clause_id else ""
    return fill(EVENT, one["tone"], one["text"], said, clause, iso(at), london_full(at), london_when(at))


@register.simple_tag
def options(choices: Iterable[tuple[Any, Any]], chosen: Any = "") -> SafeString:
    """The options of a select out of (value, label) pairs, the chosen value selected."""
    return fill_each(
        OPTION, ((value, SELECTED if str(value) == str(chosen) else "", label) for value, label in choices)
    )
