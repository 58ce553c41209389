"""What the PDF templates may say: marks, times, durations and charts. Built in for them, loaded by nothing else.

The snapshot holds texts and integers only, so every filter starts from ISO texts and whole seconds.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils.safestring import SafeString

from portal.documents import charts, codes, qr

register = template.Library()

# Each mark has its own shape, so that the state survives a grey copy; the word always stands beside it.
MARKS = {
    "met": "✓",
    "not met": "✗",
    "waived": "○",
    "not applicable": "–",
    "unknown": "?",
    "not measured": "·",
}


@register.filter
def mark(state: str) -> str:
    """The sign of a state. Raises KeyError for a state that is not in the vocabulary."""
    return MARKS[state]


@register.filter
def css_name(state: str) -> str:
    """ "not met" as a class name."""
    return state.replace(" ", "-")


@register.filter
def when(instant: str | None, zone: str) -> str:
    """24 Nov 2026, 10:40 GMT; a dash when there is no instant."""
    return _in_zone(instant, zone, "%d %b %Y, %H:%M %Z") if instant else "–"


@register.filter
def short_when(instant: str | None, zone: str) -> str:
    """24 Nov 26 10:40, for tables that name their zone in the heading."""
    return _in_zone(instant, zone, "%d %b %y %H:%M") if instant else "–"


@register.filter
def exact_when(instant: str, zone: str) -> str:
    """With seconds, where an instant is evidence."""
    return _in_zone(instant, zone, "%d %B %Y, %H:%M:%S %Z")


@register.filter
def day(iso_date: str | None) -> str:
    """24 November 2026."""
    return f"{date.fromisoformat(iso_date):%d %B %Y}".lstrip("0") if iso_date else "–"


@register.filter
def month(year_month: str) -> str:
    """Nov 2026, from 2026-11."""
    return f"{date.fromisoformat(f'{year_month}-01'):%b %Y}"


@register.filter
def duration(seconds: int | None) -> str:
    """1 h 05 min; minutes are rounded down, a dash when there is no figure. What is taken back has its minus."""
    if seconds is None:
        return "–"
    if seconds < 0:
        return f"−{duration(-seconds)}"
    hours, minutes = divmod(seconds // 60, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min" if minutes or not seconds else "under 1 min"


@register.filter
def grouped_code(code: str) -> str:
    """The verification code in groups of four."""
    return codes.grouped(code)


@register.filter
def grouped_hash(hexadecimal: str) -> str:
    """64 hex digits in groups of eight: readable, and breakable at the end of a line."""
    return " ".join(hexadecimal[start : start + 8] for start in range(0, len(hexadecimal), 8))


@register.filter
def thousands(number: int) -> str:
    """12,345."""
    return f"{number:,}"


@register.filter
def short(text: str, length: int) -> str:
    """At most `length` characters; the attached data has the whole text."""
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


@register.filter
def one_line(text: str, length: int) -> str:
    """The text on one line, at most `length` characters."""
    return short(" ".join(text.split()), length)


@register.filter
def first_rows(rows: Sequence[Any], count: int) -> Sequence[Any]:
    """The first `count` rows; the template says that there are more."""
    return rows[:count]


@register.filter
def then(first: str, second: str) -> str:
    """Two texts with a colon between them, to be cut as one."""
    return f"{first}: {second}"


@register.filter
def thirds(rows: Sequence[Any]) -> list[Sequence[Any]]:
    """The rows in three columns, read downwards. Cut here, because balancing columns costs the engine a second."""
    size = max(-(-len(rows) // 3), 1)
    return [rows[start : start + size] for start in range(0, len(rows), size)]


@register.filter
def dash(text: str) -> str:
    """A dash for a text that is empty, so that a cell never looks forgotten."""
    return text or "–"


@register.filter
def bound(binds: str) -> str:
    """Whom a clause binds, from its letter."""
    return {"C": "client", "S": "supplier", "B": "both"}[binds]


@register.simple_tag
def verification_qr(url: str, code: str) -> SafeString:
    """The verification page's address with the code filled in."""
    return qr.qr_svg(f"{url}?code={code}", title="Address of the verification page with this document's code")


@register.simple_tag
def percent_bars(rows: Sequence[Mapping[str, Any]], label: str, value: str, title: str) -> SafeString:
    """A bar chart of percentages from 0 to 100; `label` and `value` name the keys of the rows."""
    points = [charts.Point(_short_month(row[label]), _decimal(row[value])) for row in rows]
    return charts.bar_chart(points, title=title, unit="%", top=Decimal(100))


@register.simple_tag
def trend_lines(labels: Sequence[str], series: Sequence[Mapping[str, Any]], title: str) -> SafeString:
    """Lines over reports; each series has a name and values."""
    runs = [charts.Series(run["name"], [_decimal(value) for value in run["values"]]) for run in series]
    return charts.line_chart(labels, runs, title=title, height=150)


@register.simple_tag
def share_bar(parts: Sequence[Mapping[str, Any]], title: str) -> SafeString:
    """One bar divided by counts; each part has a name and a count."""
    return charts.stacked_bar([charts.Point(part["name"], Decimal(part["count"])) for part in parts], title=title)


def _in_zone(instant: str, zone: str, pattern: str) -> str:
    return datetime.fromisoformat(instant).astimezone(ZoneInfo(zone)).strftime(pattern).lstrip("0")


def _decimal(value: str | int | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _short_month(text: str) -> str:
    """Jan 26 from 2026-01; any other label as it is."""
    try:
        return f"{date.fromisoformat(f'{text}-01'):%b %y}"
    except ValueError:
        return text
