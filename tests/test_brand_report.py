"""The supplier's logo in signed documents: its bytes are in the snapshot, so the same snapshot prints the same bytes."""

import base64
import hashlib
import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from compliance.queries import logo_facts
from compliance.report.facts import LogoFacts
from compliance.report.snapshot import KIND, TEMPLATE, build
from portal.actions.brand import change_logo
from portal.documents.render import Rendered, Renderer
from portal.documents.snapshot import canonical
from portal.files.logos import Drawn
from portal.guarded.process import ChildFailed
from portal.models import Supplier
from tests.cast import MORNING, World
from tests.pdf_tools import run_tool
from tests.people import overview
from tests.report_sample import AS_OF, report_facts


def a_png() -> bytes:
    drawn, body = Image.new("RGBA", (320, 80), (0, 0, 0, 0)), BytesIO()
    ImageDraw.Draw(drawn).ellipse((0, 0, 79, 79), fill="#7a1f6b")
    ImageDraw.Draw(drawn).rectangle((100, 20, 319, 60), fill="#2a1026")
    drawn.save(body, "PNG")
    return body.getvalue()


PNG = a_png()
LOGO = LogoFacts(base64.b64encode(PNG).decode(), hashlib.sha256(PNG).hexdigest(), 320, 80)


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    made = Renderer()
    yield made
    made.stop()


def printed(renderer: Renderer, snapshot: dict[str, Any]) -> Rendered:
    return renderer.render(TEMPLATE, snapshot, kind=KIND, number="CR-2026-0004", created=AS_OF)


def test_it_stands_on_the_cover_and_prints_the_same_bytes_from_a_stored_snapshot(
    renderer: Renderer, tmp_path: Path
) -> None:
    snapshot = build(report_facts(3, logo=LOGO))
    first = printed(renderer, snapshot)
    assert printed(renderer, json.loads(canonical(snapshot))).pdf == first.pdf
    (tmp_path / "r.pdf").write_bytes(first.pdf)
    images = run_tool("pdfimages", tmp_path / "r.pdf", "-list").splitlines()[2:]
    assert any(line.split()[0] == "1" and line.split()[3:5] == ["320", "80"] for line in images)
    assert "No syntax or stream encoding errors found" in run_tool("qpdf", tmp_path / "r.pdf", "--check")


def test_without_one_there_is_no_picture_and_an_old_snapshot_needs_none(renderer: Renderer) -> None:
    snapshot = build(report_facts(3))
    old = {**snapshot, "supplier": {name: value for name, value in snapshot["supplier"].items() if name != "logo"}}
    for one in (snapshot, old):
        assert b"/Subtype /Image" not in printed(renderer, one).pdf


@pytest.mark.parametrize(
    "change",
    [{"sha256": "0" * 64}, {"png": base64.b64encode(b"GIF89a").decode()}, {"png": "not base64"}],
    ids=["another hash", "another picture", "no picture"],
)
def test_a_logo_that_its_hash_does_not_name_is_not_printed(renderer: Renderer, change: dict[str, str]) -> None:
    snapshot = build(report_facts(3, logo=LOGO))
    snapshot["supplier"]["logo"] |= change
    with pytest.raises(ChildFailed, match="could not be printed"):
        printed(renderer, snapshot)


@pytest.mark.django_db
def test_the_report_takes_the_logo_of_its_instant(world: World, frozen: Any) -> None:
    frozen(MORNING)
    sha256 = hashlib.sha256(PNG).hexdigest()
    with overview():
        assert logo_facts(Supplier.objects.get()) is None
    change_logo(Drawn(PNG, PNG, sha256, 320, 80), by=world.ada.actor, at=MORNING)
    with overview():
        assert logo_facts(Supplier.objects.get()) == LOGO
