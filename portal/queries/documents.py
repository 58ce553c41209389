"""What /verify/ may say about a document: kind, day, genuine, superseded; never whose it is."""

from hashlib import sha256

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q

from portal.models import VerificationRecord


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
