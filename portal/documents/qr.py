"""QR codes as inline SVG: no picture file and no address to fetch, so they work on pages and in the PDF engine alike."""

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString

_QUIET_ZONE = 4


def qr_svg(text: str, *, title: str, side_mm: int = 32) -> SafeString:
    """A QR code (error level M) of `text`, `side_mm` millimetres wide, with a text title for people who cannot see it."""
    rows = [list(row) for row in segno.make_qr(text, error="m").matrix]
    side = len(rows) + 2 * _QUIET_ZONE
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{title}" width="{mm}mm" height="{mm}mm" '
        'viewBox="0 0 {side} {side}" shape-rendering="crispEdges"><title>{title}</title>'
        '<rect width="{side}" height="{side}" fill="#ffffff"/><path d="{path}" fill="#000000"/></svg>',
        title=title,
        mm=side_mm,
        side=side,
        path=_path(rows),
    )


def _path(rows: list[list[int]]) -> str:
    """One run of dark modules after another, as horizontal bars: an eighth of the size of one square per module."""
    parts = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            run = 0
            while x + run < len(row) and row[x + run]:
                run += 1
            if run:
                parts.append(f"M{x + _QUIET_ZONE} {y + _QUIET_ZONE}h{run}v1h-{run}z")
            x += max(run, 1)
    return "".join(parts)
