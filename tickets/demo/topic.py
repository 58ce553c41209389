"""What a kind of request in the demo world consists of."""

from dataclasses import dataclass

from tickets.rules.states import Kind


@dataclass(frozen=True, slots=True)
class Topic:
    """A kind of request, with the words for each step of its life. Entries are alternatives."""

    product: str
    kind: Kind
    subjects: tuple[str, ...]
    asks: tuple[str, ...]
    firsts: tuple[str, ...]
    dones: tuple[str, ...]
    question: str = ""
    answer: str = ""
    note: str = ""
    confidential: bool = False
    microsoft: bool = False
    declined: bool = False
