"""Charts as numbers for our own SVG templates: the same drawing serves the page and the PDF."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

LEFT, RIGHT, TOP, BOTTOM = 44, 590, 24, 160


@dataclass(frozen=True, slots=True)
class Bar:
    """One month, in the drawing's units. `value` is the words over the bar."""

    label: str
    value: str
    x: int
    y: int
    width: int
    height: int
    middle: int
    value_y: int
    last: bool


@dataclass(frozen=True, slots=True)
class ShareChart:
    """Shares by month; the title says everything in words, for those who do not see the bars."""

    title: str
    bars: list[Bar]


def share_chart(months: list[tuple[str, float | None]], what: str = "Answered in time") -> ShareChart:
    """Bars of (month, share from 0 to 1); None is a month in which nothing was due and draws no bar."""
    slot = (RIGHT - LEFT) // max(1, len(months))
    width = min(44, slot - 8)
    bars = [
        _bar(label, share, LEFT + i * slot, slot, width, i == len(months) - 1)
        for i, (label, share) in enumerate(months)
    ]
    said = ", ".join(f"{bar.label} {bar.value}" for bar in bars)
    return ShareChart(title=_("%(what)s, by month: %(said)s.") % {"what": what, "said": said}, bars=bars)


def _bar(label: str, share: float | None, left: int, slot: int, width: int, last: bool) -> Bar:
    height = round((BOTTOM - TOP) * share) if share is not None else 0
    value = "none due" if share is None else f"{share:.0%}"
    middle = left + slot // 2
    y = BOTTOM - height
    return Bar(label, value, middle - width // 2, y, width, height, middle, y - 6, last)
