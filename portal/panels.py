"""Parts of a page that upper floors add to a page of a lower floor (DESIGN.md 2).

    panels.register("client home", name="invoices", template="client/parts/invoices.html", context=open_invoices)

`context(request, **facts)` gives the template's variables, or None when the panel has nothing to say.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

Context = Callable[..., Mapping[str, Any] | None]

PLACES = frozenset(
    {"client home", "client home top", "staff client page", "ticket contract panel", "staff home", "announcement page"}
)


@dataclass(frozen=True, slots=True)
class Panel:
    """One part of a page. Lower positions stand first."""

    name: str
    template: str
    context: Context
    position: int = 100


PANELS: defaultdict[str, dict[str, Panel]] = defaultdict(dict)


def register(place: str, *, name: str, template: str, context: Context, position: int = 100) -> None:
    """Add a panel to a place; the same name again replaces it. Raises ValueError for a place that no page has."""
    if place not in PLACES:
        raise ValueError(f"No page has the place {place!r}; known are {', '.join(sorted(PLACES))}.")
    PANELS[place][name] = Panel(name, template, context, position)


def panels_for(place: str) -> list[Panel]:
    """The panels of a place, in order."""
    return sorted(PANELS[place].values(), key=lambda panel: (panel.position, panel.name))


def render(place: str, request: HttpRequest, **facts: object) -> list[SafeString]:
    """The panels that have something to say, as HTML, in order. The facts go to each panel's `context`."""
    parts = []
    for panel in panels_for(place):
        context = panel.context(request, **facts)
        if context is not None:
            parts.append(render_to_string(panel.template, dict(context), request))
    return parts
