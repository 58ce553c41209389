"""What was odd about a mail and how it was read, in sentences for staff; gathered while reading."""

from tickets.rules.mail.limits import PROBLEMS


class Notes:
    """Each sentence once, in the order in which it was met, and never without end."""

    def __init__(self) -> None:
        self.problems: dict[str, None] = {}
        self.limits: dict[str, None] = {}

    def odd(self, sentence: str) -> None:
        if len(self.problems) < PROBLEMS:
            self.problems[sentence] = None

    def limit(self, sentence: str) -> None:
        """Something was cut. It is odd too, so that one list tells all."""
        if len(self.limits) < PROBLEMS:
            self.limits[sentence] = None
        self.odd(sentence)
