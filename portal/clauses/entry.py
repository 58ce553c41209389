"""One line of the clause register."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause in our words. `owner` is the issue that answers for it; `binds` is C client, S supplier or B both."""

    id: str
    heading: str
    line: str
    kept: str
    owner: str
    binds: str

    @property
    def bound(self) -> str:
        return {"C": "the client", "S": "the supplier", "B": "both sides"}[self.binds]
