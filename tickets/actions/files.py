"""Stored files that no row knows are removed: leftovers of forms that nobody finished and of transactions that failed."""

from datetime import datetime

from portal.files import orphans
from portal.jobs import sweep
from tickets.queries.attachments import with_a_row


@sweep("files without a row", every_seconds=3600)
def remove_orphans(at: datetime) -> int:
    """Remove what is older than three hours of real time and has no row. Runs as staff: a client sees only its own rows."""
    return orphans(with_a_row)
