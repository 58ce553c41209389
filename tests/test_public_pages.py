"""Pages for everybody: terms, privacy, and the check of a document."""

from datetime import date
from hashlib import sha256
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from portal.actors import SYSTEM
from portal.clauses import CLAUSES
from portal.documents import codes
from portal.models import VerificationRecord
from portal.queries.documents import code_hash
from portal.tenancy import act_as_staff
from portal.terms import TermsParameters
from portal.views.public import keeping
from tests.cast import World

pytestmark = pytest.mark.django_db
FILE = b"%PDF-1.7 a document"


@pytest.fixture
def code(world: World) -> str:
    """The code of a document that was issued."""
    made = codes.new_code()
    with act_as_staff(SYSTEM):
        VerificationRecord.objects.create(
            code_hash=code_hash(made), signed_sha256=sha256(FILE).hexdigest(), unsigned_sha256="0" * 64,
            kind="compliance report", issued_on=date(2026, 11, 24),
        )  # fmt: skip
    return made


def test_the_terms_show_every_clause_to_everybody(world: World) -> None:
    page = Browser().get("/terms/").content.decode()
    assert all(f'id="{id}"' in page for id in CLAUSES)


@pytest.mark.clause("OWN-11")
def test_the_terms_lead_from_ownership_to_the_backup_section(world: World) -> None:
    page = Browser().get("/terms/").content.decode()
    assert 'href="#BAK"' in page and 'id="OWN-11"' in page


def test_privacy_is_there_for_everybody(world: World) -> None:
    page = Browser().get("/privacy/")
    assert page.status_code == 200 and "The terms say how long." in page.text


def test_privacy_names_each_keeping_time_in_plain_words() -> None:
    said = dict(keeping(TermsParameters(attachments_years=2, sign_in_logs_years=1, raw_mail_days=45)))
    assert said["Files you send us"] == "2 years after the request is closed"
    assert said["Times and addresses of sign-ins"] == "1 year" and said["Mails as they reached us"] == "45 days"


def test_a_document_is_known_by_its_code_however_it_is_typed(world: World, code: str) -> None:
    for typed in (code, codes.grouped(code).lower(), f" {codes.grouped(code)} "):
        page = Browser().post("/verify/", {"code": typed}).content.decode()
        assert "Genuine." in page and "24 Nov 2026" in page
        assert "Alder" not in page


def test_a_document_is_known_by_its_file_and_a_flipped_byte_is_not(world: World, code: str) -> None:
    def check(content: bytes) -> str:
        return Browser().post("/verify/", {"file": SimpleUploadedFile("r.pdf", content)}).content.decode()

    assert "Genuine." in check(FILE)
    assert "Unknown." in check(FILE[:-1] + b"X")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "Type the code, or choose the file."),
        ({"code": "ABC"}, "A code has 28 letters and digits; this has 3."),
        ({"code": "!" * 28}, "A code never contains"),
    ],
)
def test_what_cannot_be_a_code_is_said_in_words(world: World, given: dict[str, Any], says: str) -> None:
    answer = Browser().post("/verify/", given)
    assert answer.status_code == 422 and says in answer.content.decode()


def test_an_unknown_code_is_unknown(world: World) -> None:
    assert "Unknown." in Browser().post("/verify/", {"code": codes.new_code()}).content.decode()
