"""The same snapshot gives the same bytes, and the bytes are a tagged, self-contained archive file."""

import hashlib
import json
import re
import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from compliance.report.snapshot import KIND, TEMPLATE, build
from portal.documents import render
from portal.documents.render import Attached, Rendered, Renderer
from portal.documents.snapshot import canonical
from portal.guarded.process import ChildFailed
from tests.documents import CREATED, NOTE, TEMPLATES, note, printed
from tests.pdf_tools import run_tool, text_of
from tests.report_sample import AS_OF, report_facts


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    made = Renderer(template_folders=[TEMPLATES])
    yield made
    made.stop()


@pytest.fixture(scope="module")
def report(renderer: Renderer) -> Rendered:
    return a_report(renderer)


@pytest.fixture
def file(report: Rendered, tmp_path: Path) -> Path:
    path = tmp_path / "report.pdf"
    path.write_bytes(report.pdf)
    return path


def a_report(renderer: Renderer, tickets: int = 40) -> Rendered:
    return renderer.render(TEMPLATE, build(report_facts(tickets)), kind=KIND, number="CR-2026-0004", created=AS_OF)


def test_the_same_process_prints_the_same_bytes_after_other_documents(renderer: Renderer, report: Rendered) -> None:
    pid = renderer.child.warm_up()
    for text in ("short", "Ωμέγα Кириллица", "W" * 3000):
        printed(renderer, note(text))
    assert a_report(renderer).pdf == report.pdf
    assert renderer.child.warm_up() == pid


def test_a_new_process_prints_the_same_bytes(report: Rendered) -> None:
    fresh = Renderer(template_folders=[TEMPLATES])
    try:
        assert a_report(fresh).sha256 == report.sha256
    finally:
        fresh.stop()


def test_a_snapshot_read_back_from_storage_prints_the_same_bytes(renderer: Renderer) -> None:
    snapshot = note("stored", b=1, a={"y": None, "x": ["é"]})
    stored = json.loads(canonical(snapshot))
    assert printed(renderer, stored).pdf == printed(renderer, dict(reversed(snapshot.items()))).pdf


def test_another_word_or_another_date_gives_other_bytes(renderer: Renderer) -> None:
    first = printed(renderer, note("one"))
    assert printed(renderer, note("two")).sha256 != first.sha256
    later = renderer.render(NOTE, note("one"), kind="note", number="N-1", created=CREATED.replace(day=25))
    assert later.sha256 != first.sha256


def test_the_answer_describes_the_file(report: Rendered, file: Path) -> None:
    assert report.sha256 == hashlib.sha256(report.pdf).hexdigest()
    assert f"Pages:           {report.pages}" in run_tool("pdfinfo", file)
    assert report.snapshot_sha256 == hashlib.sha256(canonical(build(report_facts(40)))).hexdigest()
    assert len(report.template_version) == 16


def test_the_file_is_clean_for_qpdf(file: Path) -> None:
    assert "No syntax or stream encoding errors found" in run_tool("qpdf", file, "--check")


def test_the_file_is_tagged_titled_and_dated_by_its_snapshot(file: Path) -> None:
    facts = run_tool("pdfinfo", file, "-isodates")
    assert "Tagged:          yes" in facts
    assert "Compliance report CR-2026-0004 – Alder & Sons Veterinary Surgeries <Group> Limited" in facts
    assert facts.count("2026-11-24T10:40:00Z") == 2
    structure = run_tool("pdfinfo", file, "-struct")
    for tag in ("H1", "H2", "Table", "THead", "TH", "TD", "Figure"):
        assert re.search(rf"\b{tag}\b", structure), tag


def test_its_language_is_british_english(report: Rendered) -> None:
    root = catalog_of(report)
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"]


def test_every_font_is_embedded_and_a_subset(file: Path) -> None:
    rows = run_tool("pdffonts", file).splitlines()[2:]
    assert rows
    assert all(row.split()[-5:-2] == ["yes", "yes", "yes"] for row in rows), rows
    assert any("Inter" in row for row in rows)


def test_the_data_is_attached_and_hashes_to_the_printed_figure(report: Rendered, file: Path, tmp_path: Path) -> None:
    run_tool("pdfdetach", file, "-saveall", "-o", str(tmp_path))
    data = (tmp_path / "snapshot.json").read_bytes()
    assert hashlib.sha256(data).hexdigest() == report.snapshot_sha256
    assert report.snapshot_sha256 in text_of(file).replace(" ", "")


def test_the_metadata_names_hash_audit_head_and_template(report: Rendered) -> None:
    metadata = catalog_of(report)["/Metadata"].data.decode()
    assert f"<portal:SnapshotSha256>{report.snapshot_sha256}</portal:SnapshotSha256>" in metadata
    assert f"<portal:TemplateVersion>{report.template_version}</portal:TemplateVersion>" in metadata
    assert f"<portal:AuditHead>1:18422:{'ab12cd34' * 8}</portal:AuditHead>" in metadata
    assert metadata.count("</rdf:RDF>") == 1
    assert 'pdfaid:part="3"' in metadata
    assert 'pdfaid:conformance="A"' in metadata


def test_the_identifier_comes_from_the_snapshot(report: Rendered) -> None:
    identifier = reader_of(report).trailer["/ID"][0]
    assert bytes(getattr(identifier, "original_bytes", identifier)) == report.snapshot_sha256[:32].encode()


def test_further_files_can_be_attached(renderer: Renderer, tmp_path: Path) -> None:
    made = printed(renderer, note(), attachments=[Attached("more.csv", "More", b"a,b\n1,2\n")])
    (tmp_path / "n.pdf").write_bytes(made.pdf)
    run_tool("pdfdetach", tmp_path / "n.pdf", "-saveall", "-o", str(tmp_path))
    assert (tmp_path / "more.csv").read_bytes() == b"a,b\n1,2\n"
    assert (tmp_path / "snapshot.json").exists()


def test_a_figure_missing_from_the_snapshot_stops_the_document(renderer: Renderer) -> None:
    with pytest.raises(ChildFailed, match="no_such_figure"):
        printed(renderer, note(), "hostile/missing.html")


def test_the_suppliers_accent_is_used_only_if_it_is_a_colour(renderer: Renderer) -> None:
    wild = note(supplier={"legal_name": "X", "accent": "red;} body{display:none"})
    assert printed(renderer, wild).pages == 1


def test_the_child_is_replaced_after_its_share_of_documents() -> None:
    short_lived = Renderer(template_folders=[TEMPLATES], documents=2)
    try:
        pids = []
        for _ in range(3):
            printed(short_lived, note())
            pids.append(short_lived.child._process.pid)
        assert pids[0] == pids[1] != pids[2]
    finally:
        short_lived.stop()


def test_the_child_knows_nothing_of_our_environment(renderer: Renderer) -> None:
    pid = renderer.child.warm_up()
    names = {part.split("=")[0] for part in Path(f"/proc/{pid}/environ").read_text().split("\0") if part}
    assert names <= {"PATH", "LANG", "PYTHONHASHSEED", "FONTCONFIG_FILE", "XDG_CACHE_HOME"}


def test_the_module_function_keeps_one_child_a_process() -> None:
    try:
        made = render.render_pdf(
            "pdf/report/report.html", build(report_facts(3)), kind=KIND, number="CR-2026-0004", created=AS_OF
        )
        assert made.pdf.startswith(b"%PDF-1.7")
    finally:
        render.stop_renderer()


def test_rendering_leaves_no_process_behind() -> None:
    made = Renderer(template_folders=[TEMPLATES])
    printed(made, note())
    pid = made.child.warm_up()
    made.stop()
    done = subprocess.run(["kill", "-0", str(pid)], capture_output=True, check=False)
    assert done.returncode != 0


def reader_of(report: Rendered) -> PdfFileReader:
    return PdfFileReader(BytesIO(report.pdf))


def catalog_of(report: Rendered) -> dict:
    return reader_of(report).root
