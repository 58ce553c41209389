"""When something falls due next: floors above register how to find out, and the demo's clock can go there.

    clock_stops.register("response clocks", next_due)

`next_due(at)` gives the first instant after `at`, or None. It is called as staff.
"""

from collections.abc import Callable
from datetime import datetime

Source = Callable[[datetime], datetime | None]

SOURCES: dict[str, Source] = {}


def register(name: str, source: Source) -> None:
    """Add a source; the same name again replaces it."""
    SOURCES[name] = source


def next_stop(at: datetime) -> datetime | None:
    """The first instant after `at` at which something falls due; None when nothing does."""
    found = [stop for source in SOURCES.values() if (stop := source(at)) is not None and stop > at]
    return min(found, default=None)
