"""A signature states who and when, covers every byte, and one changed byte shows."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from pyhanko.pdf_utils.reader import PdfFileReader

from portal.documents import demo_ca, sign
from portal.documents.errors import DocumentError
from portal.documents.render import Renderer
from portal.guarded.process import ChildError
from tests.documents import TEMPLATES, note, printed
from tests.pdf_tools import run_tool

AT = datetime(2026, 11, 24, 10, 41, 7, tzinfo=UTC)


@pytest.fixture(scope="module")
def pdf() -> bytes:
    made = Renderer(template_folders=[TEMPLATES])
    try:
        return printed(made, note()).pdf
    finally:
        made.stop()


@pytest.fixture(autouse=True, scope="module")
def verifier() -> Iterator[None]:
    yield
    sign.stop_verifier()


@pytest.fixture(autouse=True)
def demo(settings: LazySettings, tmp_path: Path) -> None:
    settings.PORTAL_DEMO = True
    settings.PORTAL_VAR = tmp_path / "var"
    settings.PORTAL_SIGNING_KEY = settings.PORTAL_SIGNING_CERT = ""


@pytest.fixture
def signed(pdf: bytes) -> bytes:
    return sign.sign(pdf, at=AT, reason="Issued as note N-1", name="DRJPCS LTD")


def test_a_signed_file_is_genuine(signed: bytes) -> None:
    facts = sign.verify_signature(signed)
    assert facts.is_genuine
    assert facts.signed_at == AT
    assert facts.reason == "Issued as note N-1"
    assert facts.signer == demo_ca.NAME


def test_the_unsigned_bytes_stay_the_beginning(pdf: bytes, signed: bytes) -> None:
    assert signed.startswith(pdf)


def test_signing_leaves_dates_and_metadata_alone(pdf: bytes, signed: bytes, tmp_path: Path) -> None:
    file = tmp_path / "s.pdf"
    file.write_bytes(signed)
    facts = run_tool("pdfinfo", file, "-isodates")
    assert facts.count("2026-11-24T10:40:00Z") == 2
    metadata = [PdfFileReader(BytesIO(data)).root["/Metadata"].data for data in (pdf, signed)]
    assert metadata[0] == metadata[1]


def test_other_readers_find_it_valid_and_clean(signed: bytes, tmp_path: Path) -> None:
    file = tmp_path / "s.pdf"
    file.write_bytes(signed)
    said = run_tool("pdfsig", file)
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert "No syntax or stream encoding errors found" in run_tool("qpdf", file, "--check")
    assert "Tagged:          yes" in run_tool("pdfinfo", file)


@pytest.mark.parametrize("place", [0.1, 0.5, 0.9])
def test_one_flipped_byte_is_found(pdf: bytes, signed: bytes, place: float) -> None:
    index = int(len(pdf) * place)
    flipped = signed[:index] + bytes([signed[index] ^ 1]) + signed[index + 1 :]
    assert not is_genuine(flipped)


def is_genuine(data: bytes) -> bool:
    try:
        return sign.verify_signature(data).is_genuine
    except ChildError:
        return False


def test_an_appended_revision_is_found_at_once(signed: bytes) -> None:
    facts = sign.verify_signature(signed + b"\n% more\n")
    assert facts.intact
    assert not facts.whole_file
    assert not facts.is_genuine


def test_a_strangers_certificate_is_valid_but_not_trusted(pdf: bytes, settings: LazySettings, tmp_path: Path) -> None:
    stranger = sign.sign(pdf, at=AT, reason="Mine", name="Somebody")
    settings.PORTAL_VAR = tmp_path / "another"
    facts = sign.verify_signature(stranger)
    assert facts.intact
    assert facts.valid
    assert not facts.trusted


@pytest.mark.parametrize("data", [b"", b"hello", b"%PDF-1.7\n", b"%PDF-1.7\n" + b"[" * 100_000])
def test_what_is_no_signed_pdf_gets_a_sentence(data: bytes) -> None:
    with pytest.raises(ChildError, match="could not be checked"):
        sign.verify_signature(data)


def test_an_unsigned_file_says_so(pdf: bytes) -> None:
    with pytest.raises(ChildError, match="has no signature"):
        sign.verify_signature(pdf)


def test_a_file_over_25_mb_is_not_opened() -> None:
    with pytest.raises(DocumentError, match="25 MB"):
        sign.verify_signature(b"x" * (25 * 1024 * 1024 + 1))


def test_the_demo_makes_its_pair_once_and_keeps_the_key_private(tmp_path: Path) -> None:
    first = sign.certificate_facts()
    assert sign.certificate_facts() == first
    assert first.subject == "Demo certificate – not for real use"
    assert first.is_demo
    key = tmp_path / "var" / demo_ca.FOLDER / demo_ca.KEY_FILE
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.parent.stat().st_mode & 0o077 == 0


def test_the_demo_certificate_lasts_ten_years() -> None:
    certificate = sign.signing_identity().certificate
    assert certificate.not_valid_after.year - certificate.not_valid_before.year == 10


def test_a_second_process_that_makes_the_pair_too_takes_the_first_ones(tmp_path: Path) -> None:
    var = tmp_path / "var"
    paths = demo_ca.ensure(var)
    before = paths.key.read_bytes()
    demo_ca._make(var / demo_ca.FOLDER)
    assert paths.key.read_bytes() == before
    assert [entry.name for entry in var.iterdir()] == [demo_ca.FOLDER]


@pytest.mark.parametrize("as_text", [True, False])
def test_real_keys_come_from_the_settings(pdf: bytes, settings: LazySettings, tmp_path: Path, as_text: bool) -> None:
    paths = demo_ca.ensure(tmp_path / "elsewhere")
    settings.PORTAL_DEMO = False
    settings.PORTAL_SIGNING_KEY = paths.key.read_text() if as_text else str(paths.key)
    settings.PORTAL_SIGNING_CERT = paths.chain.read_text() if as_text else str(paths.chain)
    assert not sign.certificate_facts().is_demo
    assert sign.verify_signature(sign.sign(pdf, at=AT, reason="Issued", name="DRJPCS LTD")).is_genuine


def test_without_a_key_outside_the_demo_nothing_is_signed(pdf: bytes, settings: LazySettings) -> None:
    settings.PORTAL_DEMO = False
    with pytest.raises(DocumentError, match="PORTAL_SIGNING_KEY and PORTAL_SIGNING_CERT"):
        sign.sign(pdf, at=AT, reason="Issued", name="DRJPCS LTD")


def test_an_unreadable_key_names_its_setting(settings: LazySettings) -> None:
    settings.PORTAL_SIGNING_KEY = settings.PORTAL_SIGNING_CERT = "/no/such/file.pem"
    with pytest.raises(DocumentError, match="PORTAL_SIGNING_KEY is neither"):
        sign.signing_identity()
