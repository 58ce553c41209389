"""Reads of a person's inbox inside the portal."""

from portal.models import Notice
from portal.queries.paging import Page, newest_first


def notices_of(user_id: int, *, before: int | None = None, after: int | None = None) -> Page[Notice]:
    """A person's notices, newest first; in a client's scope only those about this client."""
    return newest_first(Notice.objects.filter(user_id=user_id).select_related("client"), before=before, after=after)


def unread_count(user_id: int) -> int:
    """How many notices the person has not read."""
    return Notice.objects.filter(user_id=user_id, read_at__isnull=True).count()
