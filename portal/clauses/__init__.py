"""The only list of the contract's 92 clause ids, and the decorator by which rules and actions name the clause they keep."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from portal.clauses import data, promises, service
from portal.clauses.entry import Clause

__all__ = ["CLAUSES", "DONE_ISSUES", "WORDING_ONLY", "Clause", "Keeper", "clause", "is_built", "keepers_of", "nearest"]

CLAUSES: dict[str, Clause] = {entry.id: entry for entry in (*promises.ENTRIES, *data.ENTRIES, *service.ENTRIES)}
# Nothing to enforce: the terms, the pages and the report say these in words.
WORDING_ONLY = frozenset({"OWN-9", "OWN-11", "ODS-1", "ODS-9", "EML-1", "EML-3", "CAN-6"})
# Issues that are finished: from then on each of their clauses needs a rule and a test.
DONE_ISSUES = frozenset({"A", "B", "C"})

Kept = TypeVar("Kept", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, order=True)
class Keeper:
    """A function that keeps a clause, and where it stands."""

    module: str
    name: str
    file: Path
    line: int


_keepers: dict[str, list[Keeper]] = {}


def clause(*ids: str) -> Callable[[Kept], Kept]:
    """Say that a function keeps these clauses. Raises LookupError for an id that the contract does not have."""
    for id in ids:
        if id not in CLAUSES:
            raise LookupError(f"The contract has no clause {id}.")

    def register(function: Kept) -> Kept:
        # Other decorators may have wrapped it: the place to show is where the person wrote it.
        written = inspect.unwrap(function)
        code = written.__code__
        keeper = Keeper(written.__module__, written.__qualname__, Path(code.co_filename), code.co_firstlineno)
        for id in ids:
            _keepers.setdefault(id, []).append(keeper)
        return function

    return register


def keepers_of(id: str) -> list[Keeper]:
    """The functions imported so far that wear @clause(id)."""
    return sorted(set(_keepers.get(id, [])))


def is_built(id: str) -> bool:
    """Whether the part of the portal that answers for this clause is finished."""
    return CLAUSES[id].owner in DONE_ISSUES


def nearest(id: str) -> list[str]:
    """The three ids that look most like this one."""
    return get_close_matches(id.strip().upper(), CLAUSES, n=3, cutoff=0.0)
