"""The one exception by which the contract or a permission says no."""


class Refused(Exception):
    """An action that the contract does not allow. Pages show the sentence, the interface maps it, tasks log it."""

    def __init__(self, clause: str, sentence: str) -> None:
        super().__init__(sentence)
        self.clause = clause
        self.sentence = sentence
