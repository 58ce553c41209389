"""What goes wrong with documents outside of their child."""

from portal.guarded.process import ChildError


class DocumentError(ChildError):
    """A document could not be signed, checked or printed again; the text is a sentence for staff."""
