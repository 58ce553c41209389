"""What a judged clause looks like."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from compliance.report.facts import ClauseState


@dataclass(frozen=True)
class ClauseEvaluation:
    """The state of one clause at the report's instant, the numbers it rests on, and a sentence that says both."""

    clause_id: str
    state: ClauseState
    sentence: str
    evidence: Mapping[str, int | str | None] = field(default_factory=dict)


def many(count: int | str | None, noun: str) -> str:
    """1 request, 2 requests, 2 emergencies."""
    if count == 1:
        return f"{count} {noun}"
    return f"{count} {noun[:-1]}ies" if noun.endswith("cy") else f"{count} {noun}s"
