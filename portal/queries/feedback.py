"""Comments on the terms by visitors."""

from portal.models import TermsFeedback
from portal.queries.paging import Page, newest_first


def visitor_comments(*, before: int | None, after: int | None) -> Page[TermsFeedback]:
    """A page of them, newest first, each with its version."""
    return newest_first(TermsFeedback.objects.select_related("terms"), before=before, after=after)
