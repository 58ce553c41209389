"""What happened in the demo world, gathered while its rows are made and written to the audit trail in order of time."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Model

from portal import audit
from portal.actors import Actor


@dataclass(slots=True)
class Fact:
    """One audit event to be. Rows in the payload stand for their number, which they get only when they are written."""

    at: datetime
    kind: str
    by: Actor
    client_id: int | None
    subject: Model | None
    payload: dict[str, Any] = field(default_factory=dict)
    visible: bool = False


def write_facts(facts: Iterable[Fact]) -> int:
    """Write the events, the oldest first: the trail is read in the order of its numbers."""
    return audit.record_many(
        (
            audit.new_event(
                fact.kind,
                by=fact.by,
                at=fact.at,
                client_id=fact.client_id,
                subject=fact.subject,
                client_visible=fact.visible,
            ),
            {name: value.pk if isinstance(value, Model) else value for name, value in fact.payload.items()},
        )
        for fact in sorted(facts, key=lambda fact: fact.at)
    )
