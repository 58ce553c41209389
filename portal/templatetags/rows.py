"""What one page draws by the dozen or the hundred, as tags: a template of as many nodes would cost most of the page."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from portal.templatetags.times import since
from portal.templatetags.ui import avatar, icon, sla

register = template.Library()

QUEUE_ROW = (
    '<li><a class="row{}" href="{}" data-ref="{}"{}{}><span class="cell-sla">{}</span><span class="ref">{}</span>'
    '<span class="subject">{}<b>{}</b>{}</span><span class="client-name">{}</span><span class="ent">{}</span>{}{}</a></li>'
)
UNREAD = '<span class="dot" aria-hidden="true"></span><span class="vh">{} </span>'
TARGET = '<span class="chip" data-tone="{}"><span class="vh">{} </span>{}</span>'
OPTION = '<option value="{}"{}>{}</option>'


@register.simple_tag
def queue_row(row: Mapping[str, Any]) -> SafeString:
    """One ticket in the queue (parts/queue_row.html names the keys)."""
    unread, ref, name = row.get("unread"), row["ref"], row.get("assignee")
    preview = format_html(' data-preview="{}"', row["preview_url"]) if row.get("preview_url") else ""
    return format_html(
        QUEUE_ROW,
        " unread" if unread else "",
        row["url"],
        ref,
        preview,
        mark_safe(' aria-current="true"') if row.get("current") else "",
        sla(row["sla"]),
        ref,
        format_html(UNREAD, _("Unread:")) if unread else "",
        row["subject"],
        flags(row["flags"]) if row.get("flags") else "",
        row["client"],
        target(row["target"], subscriber=bool(row.get("subscriber"))) if row.get("target") else "",
        avatar(name, row.get("assignee_label") or name) if name else avatar("", _("Nobody yet")),
        since(row["since"]),
    )


def flags(marks: Iterable[tuple[str, str]]) -> SafeString:
    """Small marks after the subject: (icon, words)."""
    return format_html('<span class="flags">{}</span>', mark_safe("".join(icon(name, 14, label) for name, label in marks)))  # noqa: S308 - icons escape their words


def target(words: str, *, subscriber: bool) -> SafeString:
    """What was promised, as a chip."""
    return format_html(TARGET, "accent" if subscriber else "line", _("Answer within"), words)


@register.simple_tag
def options(choices: Iterable[tuple[Any, Any]], chosen: Any = "") -> SafeString:
    """The options of a select out of (value, label) pairs, the chosen value selected."""
    marks = {True: mark_safe(" selected"), False: ""}
    return format_html_join("", OPTION, ((value, marks[str(value) == str(chosen)], label) for value, label in choices))
