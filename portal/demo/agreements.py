"""Writes the demo's agreements: made-up copies by version, what clients accepted, and the monthly check of Microsoft's."""

from datetime import datetime
from typing import Any, NamedTuple

from django.core.files.uploadedfile import SimpleUploadedFile

from portal.demo.facts import Fact
from portal.demo.ground import ClientPack, Ground, member_actor
from portal.files import take
from portal.models import Acceptance, AgreementCheck, AgreementDocument, Membership
from portal.rules.agreements import KIND_NAMES, AgreementKind, Basis, CheckResult, next_check
from portal.rules.states import Role


class Copy(NamedTuple):
    """A version, kept so many days ago."""

    kind: AgreementKind
    version: str
    days_ago: int
    source: str


COPIES = (
    Copy(AgreementKind.MCA, "October 2025", 380, "Made up for the demonstration"),
    Copy(AgreementKind.DPA, "1", 378, "Made up for the demonstration"),
    Copy(AgreementKind.MSA, "2025", 377, "Made up for the demonstration"),
    Copy(AgreementKind.MCA, "September 2026", 40, "Made up for the demonstration"),
)
CHECKED_DAYS_AGO = 19
# Each client's place in the list decides what it has accepted: all, only the older agreement, or nothing yet.
ACCEPTS = (("October 2025", "1", "September 2026"), ("October 2025", "1"), ("October 2025",))


def write_agreements(ground: Ground) -> None:
    """The copies, the acceptances by each client's first manager, and the check that comes next."""
    kept = [write_copy(ground, copy) for copy in COPIES]
    for number, pack in enumerate(ground.clients):
        manager = first_manager(pack)
        if manager is not None:
            for row in kept:
                if row.version in ACCEPTS[number % len(ACCEPTS)]:
                    write_acceptance(ground, manager, row)
    write_checks(ground, kept)


def first_manager(pack: ClientPack) -> Membership | None:
    return next((one for one in pack.members if one.role == Role.MANAGER and one.joined_at and not one.valid_to), None)


def write_copy(ground: Ground, copy: Copy) -> AgreementDocument:
    at, by = ground.moment(copy.days_ago, 11), ground.actor("priya")
    title = f"{KIND_NAMES[copy.kind]}, version {copy.version}"
    file = take(SimpleUploadedFile(f"{copy.kind}.pdf", one_page(title, "A made-up copy for the demonstration.")))
    row = AgreementDocument.objects.create(
        kind=copy.kind, version=copy.version, sha256=file.sha256, effective_from=ground.day(copy.days_ago),
        source=copy.source, storage_name=file.storage_name, size=file.size, added_by=by.label, added_at=at,
    )  # fmt: skip
    facts = {"kind": row.kind, "version": row.version, "sha256": row.sha256, "source": row.source}
    facts["effective_from"] = row.effective_from.isoformat()
    ground.facts.append(Fact(at, "agreement kept", by, None, row, facts))
    return row


def write_acceptance(ground: Ground, manager: Membership, document: AgreementDocument) -> None:
    """A day after the copy came, or after the manager did."""
    at = max(document.added_at, manager.joined_at or document.added_at)
    row = Acceptance.objects.create(
        client_id=manager.client_id, document=document, basis=Basis.PORTAL, membership=manager,
        accepted_by=manager.label, accepted_at=at, recorded_by=manager.label, recorded_at=at,
    )  # fmt: skip
    facts: dict[str, Any] = {"kind": document.kind, "version": document.version, "sha256": document.sha256}
    facts |= {"basis": str(row.basis), "accepted_by": row.accepted_by, "accepted_at": at, "evidence": ""}
    fact = Fact(at, "agreement accepted", member_actor(manager), manager.client_id, row, facts, True)
    ground.facts.append(fact)


def write_checks(ground: Ground, kept: list[AgreementDocument]) -> None:
    """One that found the newest copy, one that found nothing new, and the next."""
    newest, by = kept[-1], ground.actor("priya")
    done: list[tuple[datetime, CheckResult, str, AgreementDocument | None]] = [
        (newest.added_at, CheckResult.NEW, newest.source, newest),
        (ground.moment(CHECKED_DAYS_AGO, 11), CheckResult.SAME, "Partner Center, customer agreement", None),
    ]
    for at, result, source, document in done:
        row = AgreementCheck.objects.create(
            kind=AgreementKind.MCA, due_on=at.date(), done_at=at, done_by=by.label, result=result, source=source,
            document=document,
        )  # fmt: skip
        facts = {"kind": row.kind, "due_on": row.due_on, "result": result, "source": source}
        ground.facts.append(Fact(at, "agreement checked", by, None, row, facts | {"sha256": newest.sha256}))
    AgreementCheck.objects.create(kind=AgreementKind.MCA, due_on=next_check(ground.day(CHECKED_DAYS_AGO)))


def one_page(*lines: str) -> bytes:
    """A PDF of one page with these lines, in a face that every reader has."""
    shown = "".join(f"({line}) Tj 0 -28 Td " for line in lines)
    stream = f"BT /F1 16 Tf 72 740 Td {shown}ET".encode("ascii")
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, places = b"%PDF-1.7\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(parts) + 1
    return body + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        size, table, size, len(body),
    )  # fmt: skip
