"""Further sections of the proof sheet: parts of the helpdesk that hold evidence about a ticket name themselves here.

    proof_section("charge", template="pdf/ticket/charge.html", facts=charge_facts)

`facts(ticket)` runs as staff and gives plain values (dicts, lists, texts, integers, instants) that the client's people who
may see the ticket may read; None when there is nothing to show. The template finds them as `facts`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tickets.models import Ticket

Facts = Callable[[Ticket], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Section:
    """One section; lower positions stand first."""

    name: str
    template: str
    facts: Facts
    position: int = 100


SECTIONS: dict[str, Section] = {}


def proof_section(name: str, *, template: str, facts: Facts, position: int = 100) -> None:
    """Add a section to every proof sheet; the same name again replaces it. The template lies in templates/pdf/ticket/."""
    SECTIONS[name] = Section(name, template, facts, position)


def sections_of(ticket: Ticket) -> list[dict[str, Any]]:
    """The sections that have something to say about the ticket, in order."""
    ordered = sorted(SECTIONS.values(), key=lambda one: (one.position, one.name))
    told = [(one, one.facts(ticket)) for one in ordered]
    return [
        {"name": one.name, "template": one.template, "facts": dict(facts)} for one, facts in told if facts is not None
    ]
