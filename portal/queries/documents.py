"""Facts that every document prints, and what /verify/ may say about one: kind, day, genuine, superseded; never whose it is."""

from base64 import b64encode
from hashlib import sha256

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q

from portal.documents.facts import AuditHead, LogoFacts, PartyFacts
from portal.models import AuditEvent, Seal, Supplier, VerificationRecord
from portal.queries.supplier import logo as kept_logo


def code_hash(code: str) -> str:
    """What is kept of a verification code in its stored form: 128 random bits need no salt."""
    return sha256(code.encode()).hexdigest()


def record_by_code(code: str) -> VerificationRecord | None:
    """The document that carries this code (codes.normalise)."""
    return VerificationRecord.objects.filter(code_hash=code_hash(code)).first()


def record_by_file(file: UploadedFile) -> VerificationRecord | None:
    """The document that this file is, by its hash alone: the file is never opened as a PDF."""
    digest = sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    found = digest.hexdigest()
    return VerificationRecord.objects.filter(Q(signed_sha256=found) | Q(unsigned_sha256=found)).first()


def party(supplier: Supplier) -> PartyFacts:
    """The supplier as it stands in law."""
    return PartyFacts(supplier.name, supplier.address, supplier.company_number, supplier.vat_number)


def logo_facts(supplier: Supplier) -> LogoFacts | None:
    """The supplier's logo with its bytes; None without one."""
    row = kept_logo(supplier.logo) if supplier.logo else None
    return LogoFacts(b64encode(row.data).decode(), row.sha256, row.width, row.height) if row else None


def audit_head(client_id: int) -> AuditHead | None:
    """The newest seal of the client's chain, and how many of its events are not sealed yet."""
    seal = Seal.objects.filter(chain=client_id).order_by("-seq").first()
    if seal is None:
        return None
    unsealed = AuditEvent.objects.filter(client_id=client_id, sealed_at__isnull=True).count()
    return AuditHead(f"client {client_id}", seal.seq, seal.hash, seal.sealed_at, unsealed)
