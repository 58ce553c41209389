"""A visitor's comment on a clause of the terms."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count, Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from portal import audit
from portal.actors import VISITOR
from portal.clauses import clause
from portal.errors import Refused
from portal.models import Terms, TermsFeedback

HOUR_LIMIT, DAY_LIMIT = 5, 100
LOCK = 7405011


class TooMany(Refused):
    """The limit for visitors is reached; the page answers 429."""


def source_of(address: str) -> str:
    """The keyed hash by which comments from one address are counted; the address itself is not kept."""
    return salted_hmac("portal.feedback", address, algorithm="sha256").hexdigest()


@clause("DOC-1")
@transaction.atomic
def leave_comment(*, terms: Terms, clause_id: str, body: str, name: str, address: str, at: datetime) -> TermsFeedback:
    """Keep a visitor's comment with its clause and version. No mail leaves.

    Raises TooMany over 5 an hour from one address, or 100 a day from all together.
    """
    source = source_of(address)
    with connection.cursor() as cursor:
        # One after the other, so that comments sent at once are counted too.
        cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])
    found = TermsFeedback.objects.filter(at__gt=at - timedelta(days=1)).aggregate(
        day=Count("id"), hour=Count("id", filter=Q(source=source, at__gt=at - timedelta(hours=1)))
    )
    if found["hour"] >= HOUR_LIMIT or found["day"] >= DAY_LIMIT:
        raise TooMany("DOC-1", _("We have had many comments in a short time. Please try again in an hour or tomorrow."))
    row = TermsFeedback.objects.create(terms=terms, clause=clause_id, body=body, name=name, source=source, at=at)
    facts = {"clause": clause_id, "version": terms.version}
    audit.record("terms commented on", by=VISITOR, at=at, client_id=None, subject=row, payload=facts)
    return row
