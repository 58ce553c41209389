"""The proof sheet of a request and the whole request: asked for, made, signed, checked, and seen by nobody else."""

import json
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.actions.making import claim
from portal.actors import SYSTEM
from portal.documents.remake import remake
from portal.documents.sign import verify_signature
from portal.errors import Refused
from portal.models import Alarm, AuditEvent, Outbox, VerificationRecord
from portal.tenancy import act_as, act_as_staff
from tests import rows
from tests.cast import MORNING, World
from tests.papers import LATER, made, papers, stored  # noqa: F401 - a fixture
from tests.pdf_tools import run_tool, words_of
from tests.tickets import acknowledged, publish_now, raised
from tickets.actions.papermaking import make_papers, print_paper
from tickets.actions.papers import ask_for_paper
from tickets.actions.replies import note, withdraw_message
from tickets.actions.work import accept
from tickets.models import Ticket, TicketDocument
from tickets.proofsections import SECTIONS, proof_section
from tickets.rules.papers import Paper
from tickets.rules.states import Kind

pytestmark = [pytest.mark.django_db, pytest.mark.clause("HLP-5"), pytest.mark.usefixtures("papers")]
MARKER = "MARKER-never-for-the-client"


def answered(world: World, hours: int = 1) -> Ticket:
    """A request that was accepted, noted on and answered `hours` after its acknowledgement."""
    ticket = acknowledged(world, body="The <b>scanner</b>\nsends nothing & hums.")
    with act_as_staff(world.cora.actor):
        accept(ticket.pk, kind=Kind.FAULT, by=world.cora.actor, at=MORNING + timedelta(minutes=5))
        note(ticket.pk, MARKER, by=world.cora.actor, at=MORNING + timedelta(minutes=6))
        publish_now(
            ticket.pk, "Please press the green button.", by=world.cora.actor, at=MORNING + timedelta(hours=hours)
        )
    return ticket


def fetched(person: Any, address: str) -> bytes:
    """The bytes of a document that may be fetched."""
    answer = person.get(address)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


@pytest.mark.clause("HLP-3", "CMP-10")
def test_the_proof_sheet_says_what_was_promised_how_it_was_counted_and_what_became_of_it(
    world: World, tmp_path: Path
) -> None:
    ticket = answered(world)
    file = stored(made(ticket, Paper.PROOF, world), tmp_path)
    said = words_of(file)
    with act_as_staff(SYSTEM):
        mail = Outbox.objects.get(kind="acknowledgement", about_id=ticket.pk)
    for words in (
        "Clause HLP-3", "calendar version 1", "ben@example.org", "510 working minutes",
        "✓ met", "1 h 00 min from the acknowledgement", "Cora Carter", "24 November 2026, 10:40:00 GMT", ticket.ref,
    ):  # fmt: skip
        assert words in said, (words, said)
    # A long word is parted at the end of a line.
    assert mail.message_id.strip("<>")[:12] in said.replace(" ", "")
    assert MARKER not in said and "green button" not in said


def test_a_late_answer_is_never_called_met(world: World, tmp_path: Path) -> None:
    ticket = answered(world, hours=30)
    one = made(ticket, Paper.PROOF, world, at=MORNING + timedelta(hours=40))
    assert one.document and one.document.snapshot["promise"]["verdict"] == "not met"
    assert "✗ not met" in words_of(stored(one, tmp_path))


def test_before_the_acknowledgement_there_is_no_promise_to_judge(world: World, tmp_path: Path) -> None:
    one = made(raised(world), Paper.PROOF, world)
    assert one.document and one.document.snapshot["promise"] is None
    assert "no clock runs" in words_of(stored(one, tmp_path))


@pytest.mark.parametrize("paper", Paper, ids=str)
def test_a_document_is_signed_clean_and_the_same_to_the_byte_again(world: World, tmp_path: Path, paper: Paper) -> None:
    one = made(answered(world), paper, world)
    file, document = stored(one, tmp_path), one.document
    assert document and sha256(file.read_bytes()).hexdigest() == document.signed_sha256
    again = print_paper(document.snapshot)
    assert (again.sha256, again.snapshot_sha256) == (document.unsigned_sha256, document.snapshot_sha256)
    assert file.read_bytes().startswith(again.pdf)
    template = {Paper.PROOF: "pdf/ticket/proof.html", Paper.WHOLE: "pdf/ticket/whole.html"}[paper]
    assert remake(file.read_bytes(), template).same
    facts = verify_signature(file.read_bytes())
    assert facts.intact and facts.valid and facts.trusted and facts.whole_file
    run_tool("qpdf", file, "--check")
    assert "Signature is Valid" in run_tool("pdfsig", file)
    with act_as_staff(SYSTEM):
        assert VerificationRecord.objects.get(signed_sha256=document.signed_sha256).kind == document.kind


def test_the_whole_request_has_what_the_client_sees_and_no_internal_note(world: World, tmp_path: Path) -> None:
    ticket = answered(world)
    with act_as_staff(SYSTEM):
        rows.attachment(rows.message(ticket, body="With a file."), name="log.txt", sha256="ab" * 32)
        rows.attachment(rows.message(ticket, shown=False), name=f"{MARKER}.txt")
    one = made(ticket, Paper.WHOLE, world)
    file = stored(one, tmp_path)
    said = words_of(file)
    for words in (
        "The <b>scanner</b> sends nothing & hums.",
        "green button",
        "log.txt, 10 bytes",
        "abababab",
        "Ben Baker",
    ):
        assert words in said, (words, said)
    assert one.document and MARKER not in said + json.dumps(one.document.snapshot)
    assert MARKER.encode() not in file.read_bytes()


def test_a_copy_with_a_message_that_was_withdrawn_is_handed_out_no_more(world: World, as_user: Any) -> None:
    ticket = answered(world)
    one, proof = made(ticket, Paper.WHOLE, world), made(ticket, Paper.PROOF, world)
    person, base = as_user(world.ben), f"/c/alder/requests/{ticket.ref}/documents/"
    assert fetched(person, f"{base}{one.pk}/")
    with act_as_staff(SYSTEM):
        message = ticket.messages.get(body__contains="green button")
        withdraw_message(message.pk, reason="Wrong client", by=world.cora.actor, at=LATER)
    assert person.get(f"{base}{one.pk}/").status_code == 404
    assert as_user(world.cora).get(f"/desk/tickets/{ticket.ref}/documents/{one.pk}/").status_code == 404
    assert fetched(person, f"{base}{proof.pk}/")
    assert "no longer given out" in person.get(base).content.decode()
    assert "green button" not in json.dumps(made(ticket, Paper.WHOLE, world).document.snapshot)


def test_a_confidential_request_stays_with_its_people(world: World, as_user: Any) -> None:
    ticket = acknowledged(world, confidential=True)
    one = made(ticket, Paper.WHOLE, world)
    address = f"/c/alder/requests/{ticket.ref}/documents/"
    assert fetched(as_user(world.ben), f"{address}{one.pk}/")
    for stranger in (world.ann, world.bill):
        assert as_user(stranger).get(f"{address}{one.pk}/").status_code == 404
        assert as_user(stranger).post(address, {"kind": "whole"}).status_code == 404


def test_another_clients_person_finds_neither_the_list_nor_the_document(world: World, as_user: Any) -> None:
    mine = made(answered(world), Paper.PROOF, world)
    theirs = acknowledged(world, who=world.bea)
    assert as_user(world.bea).get(f"/c/birch/requests/{theirs.ref}/documents/{mine.pk}/").status_code == 404
    with act_as(world.birch.pk):
        assert not TicketDocument.objects.exists()


def test_asking_twice_is_one_document_and_is_on_record(world: World, as_user: Any) -> None:
    ticket, person = answered(world), as_user(world.ben)
    form = {"kind": "proof", "idempotency_key": "0f8fad5b-d9cb-469f-a165-70867728950e"}
    for _ in range(2):
        assert person.post(f"/c/alder/requests/{ticket.ref}/documents/", form).status_code == 302
    as_user(world.cora).post(f"/desk/tickets/{ticket.ref}/documents/", {"kind": "proof"})
    assert person.post(f"/c/alder/requests/{ticket.ref}/documents/", {"kind": "poem"}).status_code == 404
    with act_as_staff(SYSTEM):
        one = TicketDocument.objects.get()
        assert AuditEvent.objects.filter(kind="document requested", subject_id=ticket.pk).count() == 1
    assert "Waiting for a worker" in person.get(f"/c/alder/requests/{ticket.ref}/").content.decode()
    make_papers(LATER)
    got = [fetched(person, f"/c/alder/requests/{ticket.ref}/documents/{one.pk}/") for again in range(2)]
    assert got[0] == got[1] and got[0].startswith(b"%PDF")


def test_a_dead_workers_document_is_taken_up_after_its_lease_and_given_up_with_an_alarm(world: World) -> None:
    ticket = raised(world)
    with act_as(world.alder.pk):
        one = ask_for_paper(ticket.pk, Paper.PROOF, by=world.ben.actor, at=LATER)
    assert claim(TicketDocument, LATER) is not None
    assert claim(TicketDocument, LATER) is None
    with act_as_staff(SYSTEM):
        TicketDocument.objects.filter(pk=one.pk).update(leased_until=LATER - timedelta(seconds=1), attempts=2)
        # Its number is taken already: the row cannot be written, however often the worker tries.
        rows.paper(ticket)
        TicketDocument.objects.exclude(pk=one.pk).update(document=None, state="failed")
    assert make_papers(LATER) == 1
    with act_as_staff(SYSTEM):
        assert TicketDocument.objects.get(pk=one.pk).state == "failed"
        assert Alarm.objects.filter(kind="document of a request failed").count() == 1
    assert make_papers(LATER) == 0


def test_fifty_documents_of_one_request_are_enough(world: World) -> None:
    ticket = raised(world)
    with act_as_staff(SYSTEM):
        for number in range(50):
            rows.paper(ticket, number=f"PS-{number}")
    with act_as(world.alder.pk), pytest.raises(Refused, match="Fifty"):
        ask_for_paper(ticket.pk, Paper.WHOLE, by=world.ben.actor, at=LATER)


def test_the_list_costs_the_same_queries_at_one_and_at_twenty_rows(world: World, as_user: Any) -> None:
    ticket, person = raised(world), as_user(world.ben)
    counts = []
    person.get(f"/c/alder/requests/{ticket.ref}/documents/")
    for number in (1, 19):
        with act_as_staff(SYSTEM):
            for one in range(number):
                rows.paper(ticket, number=f"PS-{number}-{one}")
        with CaptureQueriesContext(connection) as asked:
            assert person.get(f"/c/alder/requests/{ticket.ref}/documents/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_section_that_another_part_registers_stands_on_the_sheet(world: World) -> None:
    proof_section("said", template="pdf/ticket/events.html", facts=lambda ticket: {"ref": ticket.ref})
    proof_section("silent", template="pdf/ticket/events.html", facts=lambda ticket: None)
    try:
        ticket = raised(world)
        one = made(ticket, Paper.PROOF, world)
    finally:
        del SECTIONS["said"], SECTIONS["silent"]
    assert one.document
    facts = {"name": "said", "template": "pdf/ticket/events.html", "facts": {"ref": ticket.ref}}
    assert one.document.snapshot["sections"] == [facts]


@pytest.mark.parametrize("side", ["client", "desk"])
def test_the_list_is_a_part_for_a_script_and_a_whole_page_without(world: World, as_user: Any, side: str) -> None:
    ticket = acknowledged(world)
    person, base = {
        "client": (as_user(world.ben), f"/c/alder/requests/{ticket.ref}/documents/"),
        "desk": (as_user(world.cora), f"/desk/tickets/{ticket.ref}/documents/"),
    }[side]
    part = person.get(base, headers={"HX-Request": "true"}).content.decode()
    page = person.get(base).content.decode()
    assert "<html" not in part and 'class="papers"' in part
    assert "<html" in page and 'class="papers"' in page and "Proof sheet" in page and ticket.ref in page
