"""Hostile documents: nothing is fetched, nothing is evaluated, and what eats time or memory ends without harm to the next."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from compliance.report.facts import PartyFacts
from compliance.report.snapshot import KIND, TEMPLATE, build
from portal.documents.render import Renderer
from portal.guarded.process import ChildFailed, TookTooLong
from tests.documents import TEMPLATES, note, printed
from tests.pdf_tools import run_tool, words_of
from tests.report_sample import AS_OF, report_facts

IMPATIENT_SECONDS = 5.0
REFERENCES = ("img", "style", "import", "object", "svg", "attachment", "sheet")


class Canary:
    """A listener on loopback that counts who comes."""

    def __init__(self) -> None:
        self.hits = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self._count, daemon=True)
        self.thread.start()

    def _count(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.hits += 1
            connection.close()

    def stop(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join(timeout=5)


@pytest.fixture
def canary() -> Iterator[Canary]:
    listener = Canary()
    yield listener
    listener.stop()


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    made = Renderer(template_folders=[TEMPLATES])
    yield made
    made.stop()


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("scheme", ["http", "file"])
def test_no_template_can_load_anything(renderer: Renderer, canary: Canary, reference: str, scheme: str) -> None:
    address = f"http://127.0.0.1:{canary.port}/{reference}" if scheme == "http" else "file:///etc/hostname"
    with pytest.raises(ChildFailed, match="tried to load"):
        printed(renderer, note(address=address), f"hostile/fetch_{reference}.html")
    assert canary.hits == 0


def test_the_canary_would_have_heard_a_call(canary: Canary) -> None:
    socket.create_connection(("127.0.0.1", canary.port), timeout=5).close()
    deadline = time.monotonic() + 5
    while canary.hits == 0 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert canary.hits == 1


def test_a_document_that_takes_too_long_is_killed_and_the_next_one_works() -> None:
    made = Renderer(seconds=IMPATIENT_SECONDS, template_folders=[TEMPLATES])
    try:
        victim = made.child.warm_up()
        with pytest.raises(TookTooLong, match="too long"):
            printed(made, note(rows=["r"] * 60), "hostile/colspan.html")
        assert printed(made, note()).pages == 1
        assert made.child.warm_up() != victim
    finally:
        made.stop()


def test_a_sleeping_child_is_killed_by_the_wall_clock() -> None:
    made = Renderer(wall_seconds=0.5, template_folders=[TEMPLATES])
    try:
        os.kill(made.child.warm_up(), signal.SIGSTOP)
        started = time.monotonic()
        with pytest.raises(TookTooLong):
            printed(made, note())
        assert time.monotonic() - started < 5
    finally:
        made.stop()


def test_a_document_that_wants_too_much_memory_fails_and_the_next_one_works() -> None:
    made = Renderer(template_folders=[TEMPLATES])
    try:
        with pytest.raises(ChildFailed, match="512 MB"):
            printed(made, note("x" * 5000, rows=["r"] * 500), "hostile/memory.html")
        assert printed(made, note()).pages == 1
    finally:
        made.stop()


def test_a_document_nested_too_deeply_fails_and_the_next_one_works(renderer: Renderer) -> None:
    with pytest.raises(ChildFailed, match="nested too deeply"):
        printed(renderer, note(rows=["r"] * 3000), "hostile/nested.html")
    assert printed(renderer, note()).pages == 1


def test_a_child_killed_from_outside_is_replaced(renderer: Renderer) -> None:
    pid = renderer.child.warm_up()
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while Path(f"/proc/{pid}").exists() and Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z":
        assert time.monotonic() < deadline
    assert printed(renderer, note()).pages == 1


ATTACKS = (
    '<table><tr><td colspan="100000">x</td></tr></table>',
    "<table>" * 60,
    "<div>" * 3000,
    "<tr><td>x</td></tr>" * 5000,
    "{{7*7}} {% debug %} {% include 'pdf/base.html' %} {{ s }}",
    "W" * 2000,
    "=cmd|' /C calc'!A0 \u202egnp.exe \x00\x1b[31m \U0001f600 中",
)


@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_a_clients_words_stay_words(tmp_path: Path, canary: Canary, renderer: Renderer, attack: str) -> None:
    text = f"{attack} <img src=http://127.0.0.1:{canary.port}/x> end-of-text"
    made = printed(renderer, note(text))
    (tmp_path / "n.pdf").write_bytes(made.pdf)
    said = words_of(tmp_path / "n.pdf")
    if "7*7" in attack:
        assert "{{7*7}} {% debug %} {% include 'pdf/base.html' %} {{ s }}" in said
    assert canary.hits == 0
    if len(text) < 4000:
        assert "end-of-text" in said


def test_a_report_full_of_hostile_text_is_printed_whole(tmp_path: Path, canary: Canary) -> None:
    made = Renderer()
    name = f"<script>alert(1)</script> {'X' * 2000} {{{{7*7}}}} \u202e Ltd <img src=http://127.0.0.1:{canary.port}/y>"
    try:
        facts = report_facts(60, client=PartyFacts(name))
        done = made.render(TEMPLATE, build(facts), kind=KIND, number="CR-2026-0004", created=AS_OF)
    finally:
        made.stop()
    file = tmp_path / "r.pdf"
    file.write_bytes(done.pdf)
    said = words_of(file)
    assert "<script>alert(1)</script>" in said
    assert "49" not in {word.strip(".,") for word in said.split("Requests and who accepted them")[0].split()}
    assert canary.hits == 0
    assert "JavaScript:      no" in run_tool("pdfinfo", file)
