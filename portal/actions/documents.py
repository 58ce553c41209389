"""Issuing a document: the signed file is stored, both hashes are kept, and /verify/ can answer for it."""

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from portal import audit
from portal.actors import Actor
from portal.documents.render import Rendered
from portal.files.store import new_name
from portal.models import Document, VerificationRecord
from portal.queries.documents import code_hash


@dataclass(frozen=True)
class Issue:
    """A document about to be issued. code: its verification code in the stored form; issued_on: the contract day."""

    kind: str
    number: str
    title: str
    snapshot: dict[str, Any]
    code: str
    issued_on: date


def store_signed(signed: bytes) -> str:
    """Put a signed file into the store, before the transaction that issues it. Returns its storage name."""
    return default_storage.save(new_name(), ContentFile(signed))


@transaction.atomic
def issue_document(
    issue: Issue,
    rendered: Rendered,
    signed: bytes,
    *,
    storage_name: str,
    client_id: int | None,
    by: Actor,
    at: datetime,
) -> Document:
    """Write the document with its hashes and its verification record. A document is never changed afterwards."""
    document = Document.objects.create(
        client_id=client_id,
        kind=issue.kind,
        number=issue.number,
        title=issue.title,
        snapshot=issue.snapshot,
        snapshot_sha256=rendered.snapshot_sha256,
        template_version=rendered.template_version,
        unsigned_sha256=rendered.sha256,
        signed_sha256=sha256(signed).hexdigest(),
        storage_name=storage_name,
        size=len(signed),
        pages=rendered.pages,
        issued_at=at,
        issued_by=by.label,
    )
    VerificationRecord.objects.create(
        code_hash=code_hash(issue.code),
        signed_sha256=document.signed_sha256,
        unsigned_sha256=document.unsigned_sha256,
        kind=issue.kind,
        issued_on=issue.issued_on,
    )
    facts = {"number": issue.number, "kind": issue.kind, "sha256": document.signed_sha256}
    audit.record(
        "document issued", by=by, at=at, client_id=client_id, subject=document, payload=facts, client_visible=True
    )
    return document
