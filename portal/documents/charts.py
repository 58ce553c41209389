"""Charts as plain SVG: presentation attributes only, so that one drawing serves the page and the PDF.

Never by colour alone: every bar carries its figure, lines differ by dash and mark, segments by fill and outline. The full
content is in the title for people who do not see it; the table beside the chart is the template's duty. Classes are there
for a page's dark scheme; a PDF ignores them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

INK = "#12191b"
INK_2 = "#465256"
GRID = "#dde3e3"
ACCENT = "#0b6166"
PAPER = "#ffffff"
FONT = "Inter, DejaVu Sans, sans-serif"
# The width of a drawing that stands in half a page and fills a phone, in its own units.
ON_A_PAGE = 440
_TEXT = 11
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 12, 20, 26
_FILLS = (ACCENT, "#9fc6c8", PAPER, "#465256", "#d3dadb")
_DASHES = ("", "6 3", "2 3", "9 3 2 3")


@dataclass(frozen=True)
class Point:
    """One place on the axis. `value` None means that there is nothing to say, which is drawn as a gap and said in words."""

    label: str
    value: Decimal | None


@dataclass(frozen=True)
class Series:
    """A named run of values, one for each label of the chart."""

    name: str
    values: Sequence[Decimal | None]


class Frame(NamedTuple):
    """The drawing area: its size and the value at its top."""

    width: int
    height: int
    top: Decimal

    def x(self, index: int, count: int) -> Decimal:
        """The middle of the index-th of `count` places."""
        inside = self.width - _LEFT - _RIGHT
        return _round(_LEFT + Decimal(inside) * (2 * index + 1) / (2 * max(count, 1)))

    def y(self, value: Decimal) -> Decimal:
        inside = self.height - _TOP - _BOTTOM
        return _round(self.height - _BOTTOM - inside * value / self.top)

    @property
    def floor(self) -> int:
        return self.height - _BOTTOM


def bar_chart(
    points: Sequence[Point],
    *,
    title: str,
    unit: str = "",
    top: Decimal | None = None,
    width: int = 660,
    height: int = 190,
) -> SafeString:
    """One bar a point with its figure above it. `top` is the value at the top of the axis (100 for percentages)."""
    frame = Frame(width, height, top or _top([point.value for point in points]))
    bars = format_html_join("", "{}", ((_bar(frame, points, index, unit),) for index in range(len(points))))
    words = "; ".join(f"{point.label}: {_said(point.value, unit)}" for point in points)
    return _svg(frame, title, words, format_html("{}{}{}", _grid(frame, unit), bars, _labels(frame, points)))


def line_chart(
    labels: Sequence[str], series: Sequence[Series], *, title: str, unit: str = "", width: int = 660, height: int = 190
) -> SafeString:
    """Lines that differ by dash as well as by name, the name written at each line's end."""
    values = [value for run in series for value in run.values]
    frame = Frame(width, height, _top(values))
    inner = Frame(width - 96, height, frame.top)
    lines = format_html_join("", "{}", ((_line(inner, run, number, unit),) for number, run in enumerate(series)))
    names = [Point(label, None) for label in labels]
    words = "; ".join(
        f"{run.name}: "
        + ", ".join(f"{label} {_said(value, unit)}" for label, value in zip(labels, run.values, strict=True))
        for run in series
    )
    return _svg(frame, title, words, format_html("{}{}{}", _grid(inner, unit), lines, _labels(inner, names)))


def stacked_bar(
    parts: Sequence[Point], *, title: str, unit: str = "", width: int = 660, height: int = 58
) -> SafeString:
    """One horizontal bar divided by share, with the name and figure of each part below it."""
    total = sum((part.value or Decimal(0) for part in parts), Decimal(0))
    frame = Frame(width, height, Decimal(1))
    drawn: list[tuple[SafeString, SafeString]] = []
    x = Decimal(1)
    for number, part in enumerate(parts):
        if not part.value:
            continue
        wide = _round((width - 2) * part.value / total)
        drawn.append((_segment(x, wide, number), _legend(Decimal(width) * len(drawn) / len(parts), part, number, unit)))
        x += wide
    words = "; ".join(f"{part.label}: {_said(part.value, unit)}" for part in parts)
    return _svg(frame, title, words, format_html_join("", "{}{}", drawn))


def _svg(frame: Frame, title: str, words: str, body: SafeString) -> SafeString:
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" aria-label="{title}" width="{width}" '
        'height="{height}" viewBox="0 0 {width} {height}"><title>{title}</title>{body}</svg>',
        title=f"{title}. {words}.",
        width=frame.width,
        height=frame.height,
        body=body,
    )


def _text(x: Decimal | int, y: Decimal | int, words: str, *, anchor: str = "middle", ink: str = INK_2) -> SafeString:
    return format_html(
        '<text class="chart-text" x="{}" y="{}" text-anchor="{}" font-family="{}" font-size="{}" fill="{}">{}</text>',
        x, y, anchor, FONT, _TEXT, ink, words,
    )  # fmt: skip


def _grid(frame: Frame, unit: str) -> SafeString:
    """Three quiet lines: nothing, half and all."""
    rows = []
    for value in (Decimal(0), frame.top / 2, frame.top):
        y = frame.y(value)
        rows.append((_LEFT, frame.width - _RIGHT, y, _text(_LEFT - 8, y + 4, _said(value, unit), anchor="end")))
    return format_html_join(
        "",
        '<path class="chart-grid" d="M{0} {2}H{1}" stroke="' + GRID + '" stroke-width="1" fill="none"/>{3}',
        rows,
    )


def _labels(frame: Frame, points: Sequence[Point]) -> SafeString:
    """The names under the axis; when they would touch, every second or third is left out (the table has them all)."""
    widest = max((len(point.label) for point in points), default=1) * _TEXT * Decimal("0.62")
    room = Decimal(frame.width - _LEFT - _RIGHT) / max(len(points), 1)
    step = max(1, -(-int(widest) // max(int(room), 1)))
    rows = [
        (_text(frame.x(index, len(points)), frame.height - 8, point.label),)
        for index, point in enumerate(points)
        if index % step == 0
    ]
    return format_html_join("", "{}", rows)


def _bar(frame: Frame, points: Sequence[Point], index: int, unit: str) -> SafeString:
    value = points[index].value
    middle = frame.x(index, len(points))
    wide = _round(min(Decimal(38), Decimal(frame.width - _LEFT - _RIGHT) / len(points) * Decimal("0.62")))
    if value is None:
        return _text(middle, frame.floor - 6, "none")
    y = frame.y(min(value, frame.top))
    rest = format_html(
        '<rect class="chart-rest" x="{}" y="{}" width="{}" height="{}" fill="{}" stroke="{}" stroke-width="1"/>',
        middle - wide / 2, _TOP, wide, frame.floor - _TOP, PAPER, GRID,
    ) if unit == "%" else ""  # fmt: skip
    return format_html(
        '{}<rect class="chart-bar" x="{}" y="{}" width="{}" height="{}" fill="{}"/>{}',
        rest, middle - wide / 2, y, wide, frame.floor - y, ACCENT,
        _text(middle, (_TOP if unit == "%" else y) - 6, _said(value, unit), ink=INK),
    )  # fmt: skip


def _line(frame: Frame, run: Series, number: int, unit: str) -> SafeString:
    places = [(frame.x(i, len(run.values)), frame.y(v)) for i, v in enumerate(run.values) if v is not None]
    if not places:
        return SafeString("")
    path = "M" + "L".join(f"{x} {y}" for x, y in places)
    colour = _FILLS[number % 2 * 3]
    dots = format_html_join("", '<circle cx="{}" cy="{}" r="3" fill="' + colour + '"/>', places)
    last = next(value for value in reversed(run.values) if value is not None)
    return format_html(
        '<path class="chart-line" d="{}" fill="none" stroke="{}" stroke-width="2" stroke-dasharray="{}"/>{}{}',
        path, colour, _DASHES[number % len(_DASHES)] or "none", dots,
        _text(places[-1][0] + 10, places[-1][1] + 4, f"{run.name} {_said(last, unit)}", anchor="start", ink=INK),
    )  # fmt: skip


def _segment(x: Decimal, wide: Decimal, number: int) -> SafeString:
    return format_html(
        '<rect class="chart-part" x="{}" y="2" width="{}" height="24" fill="{}" stroke="{}" stroke-width="1"/>',
        x, wide, _FILLS[number % len(_FILLS)], INK_2,
    )  # fmt: skip


def _legend(x: Decimal, part: Point, number: int, unit: str) -> SafeString:
    return format_html(
        '<rect x="{}" y="38" width="10" height="10" fill="{}" stroke="{}" stroke-width="1"/>{}',
        _round(x) + 1, _FILLS[number % len(_FILLS)], INK_2,
        _text(_round(x) + 17, 47, f"{part.label} {_said(part.value, unit)}", anchor="start", ink=INK),
    )  # fmt: skip


def _top(values: Sequence[Decimal | None]) -> Decimal:
    """A round even value at or above the highest, so that the middle line of a count is a whole number too."""
    highest = max((value for value in values if value is not None), default=Decimal(1))
    scale = Decimal(1)
    while scale * 10 < highest:
        scale *= 10
    return next(scale * step for step in (2, 4, 6, 8, 10) if scale * step >= highest)


def _said(value: Decimal | None, unit: str) -> str:
    if value is None:
        return "no figure"
    # 100.0 reads as 100: the last digit says nothing there.
    shown = value.normalize() if value == value.to_integral_value() else value
    return f"{shown:f}{unit}"


def _round(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"))
