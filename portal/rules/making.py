"""The states of a document that a worker makes, and which may follow which."""

from enum import StrEnum

from django.utils.translation import gettext as _

from portal.clauses import clause
from portal.errors import Refused


class MakingState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


UNMADE = (MakingState.QUEUED, MakingState.RUNNING)
MAKING_MOVES: dict[MakingState, frozenset[MakingState]] = {
    MakingState.QUEUED: frozenset({MakingState.RUNNING, MakingState.FAILED}),
    MakingState.RUNNING: frozenset({MakingState.READY, MakingState.FAILED, MakingState.QUEUED}),
    MakingState.FAILED: frozenset({MakingState.QUEUED}),
    MakingState.READY: frozenset(),
}


@clause("CMP-10")
def check_making(old: MakingState, new: MakingState) -> None:
    """Raises Refused for a move that the table does not know."""
    if new not in MAKING_MOVES[old]:
        raise Refused("CMP-10", _("A document that is %(state)s cannot become %(new)s.") % {"state": old, "new": new})
