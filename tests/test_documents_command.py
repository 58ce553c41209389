"""`manage.py documents` checks a signature, and makes a document again from its own data, byte for byte."""

from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from compliance.report.document import print_report
from compliance.report.snapshot import build
from portal.documents import sign
from portal.documents.render import stop_renderer
from tests.report_sample import AS_OF, report_facts


@pytest.fixture(scope="module")
def unsigned() -> bytes:
    try:
        return print_report(build(report_facts(12))).pdf
    finally:
        stop_renderer()


@pytest.fixture
def issued(unsigned: bytes, settings: LazySettings, tmp_path: Path) -> Path:
    settings.PORTAL_DEMO, settings.PORTAL_VAR = True, tmp_path
    settings.PORTAL_SIGNING_KEY = settings.PORTAL_SIGNING_CERT = ""
    file = tmp_path / "issued.pdf"
    file.write_bytes(sign.sign(unsigned, at=AS_OF, reason="Issued", name="DRJPCS LTD"))
    return file


def said(*arguments: object) -> str:
    out = StringIO()
    call_command("documents", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_an_issued_report_is_made_again_byte_for_byte(issued: Path) -> None:
    answer = said("remake", issued)
    assert "data         as it was" in answer
    assert "template     the same version" in answer
    assert "bytes        identical" in answer


def test_an_issued_report_verifies(issued: Path) -> None:
    answer = said("verify", issued)
    assert "Demo certificate – not for real use, 24 November 2026 10:40:00" in answer
    assert "NO" not in answer


def test_a_changed_byte_fails_both(issued: Path) -> None:
    data = bytearray(issued.read_bytes())
    data[len(data) // 3] ^= 1
    issued.write_bytes(data)
    for what in ("verify", "remake"):
        with pytest.raises(CommandError):
            said(what, issued)


def test_another_file_gets_a_sentence(tmp_path: Path) -> None:
    other = tmp_path / "other.pdf"
    other.write_bytes(b"hello")
    with pytest.raises(CommandError, match="not a document that the portal issued"):
        said("remake", other)
