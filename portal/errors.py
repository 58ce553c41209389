"""The one exception by which the contract or a permission says no."""

from django.db import IntegrityError


class Refused(Exception):
    """An action that the contract does not allow. Pages show the sentence, the interface maps it, tasks log it."""

    def __init__(self, clause: str, sentence: str) -> None:
        super().__init__(sentence)
        self.clause = clause
        self.sentence = sentence


def sentence_of(error: IntegrityError) -> str:
    """The plain words of a trigger of ours. A constraint that has none is a fault of the program and is raised again."""
    said = getattr(getattr(error.__cause__, "diag", None), "message_primary", "") or ""
    if not said.endswith("."):
        raise error
    return said
