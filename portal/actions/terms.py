"""A new version of the terms (LOG-1)."""

from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from portal import audit, outbox
from portal.actions.notices import News, notify_many
from portal.actions.permission import staff_work
from portal.actors import SYSTEM, Actor
from portal.clauses import CLAUSES, clause
from portal.errors import Refused
from portal.models import ClauseText, Membership, Terms, TermsAcceptance
from portal.queries.contract import terms_at
from portal.queries.people import contract_day
from portal.queries.terms import (
    LogEntry,
    asked_until,
    changes_between,
    entry_of,
    hash_of,
    latest_terms,
    managers_in_office,
    parameters_of,
    wording_of,
)
from portal.rules.noticelist import TERMS
from portal.rules.people import Power, manages
from portal.terms import TermsParameters

LOCK = 7405014


@clause("LOG-1")
def publish_terms(
    parameters: TermsParameters, *, summary: str, seen: int, by: Actor, at: datetime, reaccept_by: date | None = None
) -> Terms:
    """The next version, with every clause's wording and hash. Open cases keep the version they began under.

    seen: the version that it was made from. reaccept_by: until then managers are asked to accept it. The managers of every
    client find a notice and get a mail. Raises Refused.
    """
    if reaccept_by is not None and reaccept_by <= contract_day(at):
        raise Refused("LOG-1", _("The day until which managers are asked lies in the future."))
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
            published_by=by.label, reaccept_by=reaccept_by,
        )  # fmt: skip
        ClauseText.objects.bulk_create(
            ClauseText(terms=row, clause=one.id, text=one.line, sha256=texts[one.id]) for one in CLAUSES.values()
        )
        facts: dict[str, Any] = {"version": row.version, "summary": summary, "decisions": changed}
        if reaccept_by is not None:
            facts["reaccept_by"] = reaccept_by.isoformat()
        audit.record("terms published", by=by, at=at, client_id=None, subject=row, payload=facts)
        _tell_managers(row, at)
        return row


def _tell_managers(row: Terms, at: datetime) -> None:
    """A notice for each manager in office at their own client, and one mail to each person, however many clients they manage."""
    managers, url = managers_in_office(at), reverse("public:terms-log")
    notify_many(
        News(
            client_id=one.client_id, user_id=one.user_id, kind=TERMS, url=url, at=at,
            sentence=(_("Version %(version)s of our terms is in force. %(summary)s") % {"version": row.version, "summary": row.summary})[:300],
            key=f"terms {row.version} client {one.client_id}",
        )
        for one in managers
    )  # fmt: skip
    entry = entry_of(row)
    for one in {manager.user_id: manager for manager in reversed(managers)}.values():
        _mail(one, entry, at)


def _mail(to: Membership, entry: LogEntry, at: datetime) -> None:
    """The summary and what changed, in words; the portal's own log has the rest."""
    facts = {"name": to.label, "entry": entry, "link": settings.PORTAL_URL + reverse("public:terms-log")}
    subject, text, html = outbox.compose("terms", facts | {"home": f"{settings.PORTAL_URL}/"})
    outbox.queue(
        to=to, kind="terms", subject=subject, text=text, html=html, client_id=to.client_id, at=at, by=SYSTEM,
        about=entry.terms,
    )  # fmt: skip


@clause("LOG-1")
@transaction.atomic
def accept_terms(version: int, *, client_id: int, by: Actor, at: datetime) -> TermsAcceptance:
    """A manager accepts the terms in force, because their publication asked for it. Runs in the client's scope. Raises Refused."""
    if not manages(by, client_id):
        raise Refused("LOG-1", _("Only a manager of your organisation may accept the terms for it."))
    terms = terms_at(at)
    if terms.version != version:
        raise Refused("LOG-1", _("A newer version was published meanwhile. Please read that one."))
    if asked_until(client_id, at) is None:
        raise Refused("LOG-1", _("Nobody asks for this now: it was accepted already, or its day has passed."))
    digest = hash_of(terms)
    row, fresh = TermsAcceptance.objects.get_or_create(
        client_id=client_id, terms=terms,
        defaults={
            "sha256": digest, "membership_id": by.membership_id or 0, "accepted_by": by.label, "accepted_at": at,
        },
    )  # fmt: skip
    if fresh:
        facts = {"version": terms.version, "sha256": digest, "accepted_by": by.label}
        audit.record(
            "terms accepted", by=by, at=at, client_id=client_id, subject=row, payload=facts, client_visible=True
        )
    return row
