"""Why the launcher will not or cannot go on, as one sentence for the person at the terminal."""


class Unable(Exception):
    """The launcher cannot do what was asked; the message says why and what to do about it."""
