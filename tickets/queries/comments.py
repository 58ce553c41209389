"""Comments on the terms by people of clients."""

from portal.queries.paging import Page, newest_first
from tickets.models import Ticket


def client_comments(*, before: int | None, after: int | None) -> Page[Ticket]:
    """A page of the feedback requests about a clause, newest first."""
    rows = Ticket.objects.exclude(clause="").select_related("client", "terms").defer("search")
    return newest_first(rows, before=before, after=after)
