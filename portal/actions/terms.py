"""A new version of the terms (LOG-1)."""

from datetime import datetime
from hashlib import sha256

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from portal import audit
from portal.actions.notices import notify_many
from portal.actions.permission import staff_work
from portal.actors import Actor
from portal.clauses import CLAUSES, clause
from portal.errors import Refused
from portal.models import ClauseText, Membership, Notice, Terms
from portal.queries.people import contract_day
from portal.queries.terms import changes_between, latest_terms, parameters_of, wording_of
from portal.rules.people import Power
from portal.rules.states import Role
from portal.terms import TermsParameters

LOCK = 7405014


@clause("LOG-1")
def publish_terms(parameters: TermsParameters, *, summary: str, seen: int, by: Actor, at: datetime) -> Terms:
    """The next version, with every clause's wording and hash. Open cases keep the version they began under.

    seen: the version that it was made from. The managers of every client find a notice. Raises Refused.
    """
    with staff_work(by, Power.MANAGE_SUPPLIER):
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])
        last = latest_terms()
        if last is None or last.version != seen:
            raise Refused("LOG-1", _("Somebody published another version meanwhile. Please begin with that one."))
        texts = {one.id: sha256(one.line.encode()).hexdigest() for one in CLAUSES.values()}
        changed = [change.number for change in changes_between(parameters_of(last), parameters)]
        if not changed and texts == wording_of(last):
            raise Refused("LOG-1", _("Nothing differs from version %(version)s.") % {"version": last.version})
        row = Terms.objects.create(
            version=last.version + 1, published_at=at, summary=summary, parameters=parameters.as_json(),
            published_by=by.label,
        )  # fmt: skip
        ClauseText.objects.bulk_create(
            ClauseText(terms=row, clause=one.id, text=one.line, sha256=texts[one.id]) for one in CLAUSES.values()
        )
        facts = {"version": row.version, "summary": summary, "decisions": changed}
        audit.record("terms published", by=by, at=at, client_id=None, subject=row, payload=facts)
        _tell_managers(row, at)
        return row


def _tell_managers(row: Terms, at: datetime) -> None:
    """A notice for each manager in office, at their own client."""
    day, url = contract_day(at), reverse("public:terms-log")
    managers = Membership.objects.filter(role=Role.MANAGER, joined_at__isnull=False, valid_from__lte=day)
    notify_many(
        Notice(
            client_id=one.client_id, user_id=one.user_id, kind="terms published", url=url, at=at,
            sentence=(_("Version %(version)s of our terms is in force. %(summary)s") % {"version": row.version, "summary": row.summary})[:300],
            key=f"terms {row.version} client {one.client_id}",
        )
        for one in managers.exclude(valid_to__lte=day)
    )  # fmt: skip
