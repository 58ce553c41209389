"""Agreements: keeping a version, and its acceptance by a client (DOC-2, DOC-3)."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal import audit
from portal.actions.agreementchecks import found_new
from portal.actions.permission import client_work, staff_work
from portal.actors import Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.files import Taken
from portal.models import Acceptance, AgreementDocument
from portal.queries.agreements import current_agreements
from portal.queries.contract import calendar_at, worktime_of
from portal.queries.people import contract_day
from portal.rules.agreements import AgreementKind, Basis
from portal.rules.people import Power, manages


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A version of an agreement. source: where it was obtained, and how."""

    kind: str
    version: str
    effective_from: date
    source: str


@clause("DOC-2")
def keep_agreement(edition: Edition, file: Taken, *, by: Actor, at: datetime) -> AgreementDocument:
    """Keep our own copy of a version, with its hash. Raises Refused for one that is here already."""
    with staff_work(by, Power.MANAGE_SUPPLIER):
        same = AgreementDocument.objects.filter(kind=edition.kind)
        if same.filter(version=edition.version).exists():
            raise Refused(
                "DOC-2", _("Version %(version)s of this agreement is here already.") % {"version": edition.version}
            )
        if same.filter(effective_from=edition.effective_from).exists():
            raise Refused("DOC-2", _("Another version of this agreement begins on that day."))
        row = AgreementDocument.objects.create(
            kind=edition.kind, version=edition.version, effective_from=edition.effective_from, source=edition.source,
            sha256=file.sha256, size=file.size, storage_name=file.storage_name, added_by=by.label, added_at=at,
        )  # fmt: skip
        facts = {"kind": row.kind, "version": row.version, "sha256": row.sha256, "source": row.source}
        facts["effective_from"] = row.effective_from.isoformat()
        audit.record("agreement kept", by=by, at=at, client_id=None, subject=row, payload=facts)
        found_new(row, by=by, at=at)
        return row


@clause("DOC-2", "DOC-3")
@transaction.atomic
def accept_agreement(document_id: int, *, client_id: int, by: Actor, at: datetime) -> Acceptance:
    """A manager accepts the current version for their organisation. Runs in the client's scope. Raises Refused."""
    if not manages(by, client_id):
        raise Refused("DOC-3", _("Only a manager of your organisation may accept agreements for it."))
    current = {row.pk: row for row in current_agreements(contract_day(at))}
    if document_id not in current:
        raise Refused("DOC-2", _("This is not the current version of the agreement. Please accept the current one."))
    document = current[document_id]
    if document.kind == AgreementKind.MSA:
        raise Refused("DOC-3", _("The Microsoft Services Agreement is accepted with Microsoft itself, not with us."))
    return _accepted(
        document, client_id=client_id, by=by, at=at, basis=Basis.PORTAL, membership_id=by.membership_id,
        accepted_by=by.label, accepted_at=at,
    )  # fmt: skip


@clause("DOC-3")
def record_acceptance(
    document: AgreementDocument,
    *,
    client_id: int,
    accepted_by: str,
    accepted_on: date,
    evidence: str,
    by: Actor,
    at: datetime,
) -> Acceptance:
    """Staff write down an acceptance that was given elsewhere, with its evidence. Raises Refused."""
    with client_work(by, Power.MANAGE_CLIENTS, at):
        if accepted_on > contract_day(at):
            raise Refused("DOC-3", _("The acceptance cannot lie in the future."))
        begins = datetime.combine(accepted_on, time.min, worktime_of(calendar_at(at)).zone)
        return _accepted(
            document, client_id=client_id, by=by, at=at, basis=Basis.RECORDED, accepted_by=accepted_by,
            accepted_at=begins, evidence=evidence,
        )  # fmt: skip


def _accepted(document: AgreementDocument, *, client_id: int, by: Actor, at: datetime, **facts: Any) -> Acceptance:
    row, fresh = Acceptance.objects.get_or_create(
        client_id=client_id, document=document, defaults={**facts, "recorded_by": by.label, "recorded_at": at}
    )
    if not fresh:
        raise Refused(
            "DOC-3", _("Your record has it already: accepted by %(accepted_by)s.") % {"accepted_by": row.accepted_by}
        )
    said: dict[str, Any] = {
        "kind": document.kind,
        "version": document.version,
        "sha256": document.sha256,
        "basis": str(row.basis),
    }
    said |= {"accepted_by": row.accepted_by, "accepted_at": row.accepted_at, "evidence": row.evidence}
    audit.record(
        "agreement accepted", by=by, at=at, client_id=client_id, subject=row, payload=said, client_visible=True
    )
    return row
