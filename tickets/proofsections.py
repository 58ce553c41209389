"""Further sections of the proof sheet: parts of the portal that hold evidence about a request name themselves here.

    proof_section("charge", template="pdf/ticket/charge.html", facts=charge_evidence)

`facts(ticket)` runs as staff and gives plain values (dicts, lists, texts, integers, instants) that the client's people who
may see the ticket may read; None when there is nothing to show. The template finds them as `facts`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from tickets.models import Ticket

Facts = Callable[[Ticket], Mapping[str, Any] | None]

SECTIONS: dict[str, tuple[str, Facts]] = {}


def proof_section(name: str, *, template: str, facts: Facts) -> None:
    """Add a section to every proof sheet, after those before it. The template lies in templates/pdf/ticket/."""
    SECTIONS[name] = (template, facts)


def sections_of(ticket: Ticket) -> list[dict[str, Any]]:
    """The sections that have something to say about the ticket, in order."""
    told = [(name, template, facts(ticket)) for name, (template, facts) in SECTIONS.items()]
    return [{"name": name, "template": template, "facts": found} for name, template, found in told if found is not None]
