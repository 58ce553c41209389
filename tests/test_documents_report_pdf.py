"""The report as its readers see it: every section, every state in words, and what it must not say."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from compliance.report.facts import SigningFacts
from compliance.report.snapshot import KIND, TEMPLATE, build
from portal.documents.render import Renderer
from tests.pdf_tools import run_tool, words_of
from tests.report_sample import AS_OF, report_facts

SECTIONS = (
    "Summary",
    "Responsibility matrix",
    "Not yet measured by the portal",
    "Support",
    "Missed promises",
    "Requests and who accepted them",
    "Scope and charge",
    "Access to your data",
    "Non-disclosure agreements, in counts",
    "Agreements and terms",
    "Method",
    "How to verify this report",
)


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    made = Renderer()
    yield made
    made.stop()


def words(renderer: Renderer, folder: Path, count: int = 40, /, **changes: object) -> str:
    snapshot = build(report_facts(count, **changes))
    made = renderer.render(TEMPLATE, snapshot, kind=KIND, number="CR-2026-0004", created=AS_OF)
    (folder / "r.pdf").write_bytes(made.pdf)
    return words_of(folder / "r.pdf")


@pytest.fixture(scope="module")
def said(renderer: Renderer, tmp_path_factory: pytest.TempPathFactory) -> str:
    return words(renderer, tmp_path_factory.mktemp("report"), 80)


@pytest.mark.parametrize("title", SECTIONS)
def test_every_section_is_there(said: str, title: str) -> None:
    assert title in said


def test_the_cover_says_who_what_when_and_under_which_terms(said: str) -> None:
    for words_of_cover in (
        "Alder & Sons Veterinary Surgeries <Group> Limited",
        "5f1c2f3e-8a44-4f0b-9c1d-7b2a6e0d9a11",
        "1 December 2025 to 23 November 2026",
        "24 November 2026, 10:40:00 UTC",
        "24 November 2026, 10:40:00 GMT (Europe/London)",
        "CR-2026-0004",
        "Ann Alder, manager",
        "Confidential",
        "version 2026-1",
        "Free of charge",
    ):
        assert words_of_cover in said


def test_states_are_marked_with_a_sign_and_a_word(said: str) -> None:
    for state in ("✓ met", "✗ not met", "○ waived", "? unknown", "– not applicable"):
        assert state in said


def test_pages_are_numbered_and_named(said: str) -> None:
    assert "Page 1 of" in said
    assert "Compliance report CR-2026-0004" in said


def test_it_is_evidence_and_no_legal_advice(said: str) -> None:
    assert "It is not legal advice" in said


def test_the_last_page_carries_code_hashes_and_chain(said: str) -> None:
    for piece in (
        "0MH3 WVAJ T6HN WHCS DW72 BRTQ PAX2",
        "ab12cd34 ab12cd34",
        "33333333",
        "entry 18,422",
        "2 later events not sealed",
    ):
        assert piece in said


def test_the_demo_explains_its_certificate_and_real_use_does_not(said: str, renderer: Renderer, tmp_path: Path) -> None:
    assert "This report comes from a demonstration" in said
    real = SigningFacts("DRJPCS LTD", "00" * 32, AS_OF.date().replace(year=2030), demo=False)
    assert "demonstration" not in words(renderer, tmp_path, 3, signing=real, demo=False)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"previous": []}, "This is the first report"),
        ({"audit_head": None}, "no entry sealed yet"),
        ({"nda": None}, "could not be read for this report"),
        ({"tenants": []}, "none registered"),
        ({"chargeable": True, "charge_note": "£90 agreed"}, "Chargeable: £90 agreed"),
        ({"tickets": []}, "No request was received in the period"),
        ({"tickets": []}, "None. Every promise that fell due in the period was kept."),
        ({"tickets": []}, "No promised answer is decided yet"),
        ({}, "Nobody touched your data in the period"),
        ({}, "You were not asked about any charge"),
        ({}, "No request went to Microsoft"),
        ({"accent": "javascript:alert(1)"}, "Compliance report"),
    ],
)
def test_what_is_missing_is_said_in_a_sentence(
    renderer: Renderer, tmp_path: Path, changes: dict[str, object], sentence: str
) -> None:
    assert sentence in words(renderer, tmp_path, 3, **changes)


def test_the_unmeasured_clauses_stand_on_one_page(renderer: Renderer, tmp_path: Path) -> None:
    words(renderer, tmp_path, 3)
    run_tool("pdftotext", tmp_path / "r.pdf")
    pages = (tmp_path / "r.txt").read_text().split("\f")
    (page,) = [each for each in pages if "stand outside all counts of this report" in " ".join(each.split())]
    assert "DOC-1" in page and "LIA-4" in page


def test_a_heading_of_a_long_table_comes_back_on_every_page(renderer: Renderer, tmp_path: Path) -> None:
    said = words(renderer, tmp_path, 160)
    assert said.count("Reference Received Kind and the client’s words") >= 3
    assert "The newest 100 of 160 requests" in said
