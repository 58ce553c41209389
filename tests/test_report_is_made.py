"""A manager asks for a report, a worker makes it, and anyone can check it."""

from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import pytest

from compliance.actions.making import make_reports
from compliance.actions.requests import request_report
from compliance.models import Report, ReportRequest
from compliance.queries import alarms_by_ticket
from compliance.report.document import print_report
from compliance.report.snapshot import KIND
from portal.actions.mail import alarm_late_acknowledgements
from portal.actions.making import claim
from portal.actors import SYSTEM
from portal.documents.render import stop_renderer
from portal.documents.sign import verify_signature
from portal.errors import Refused
from portal.files import open_stored
from portal.models import AuditEvent, Document, Notice, VerificationRecord
from portal.tenancy import act_as, act_as_staff
from tests.cast import MORNING, World
from tests.tickets import acknowledged, publish_now, raised
from tickets.actions.work import accept
from tickets.rules.states import Kind

pytestmark = [pytest.mark.django_db, pytest.mark.clause("CMP-10")]


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Any, frozen: Any) -> Iterator[None]:
    """The demo's certificate signs; its clock has no offset here."""
    frozen(MORNING)
    settings.PORTAL_DEMO, settings.PORTAL_VAR = True, tmp_path
    yield
    stop_renderer()


def ask(world: World) -> ReportRequest:
    with act_as(world.alder.pk):
        return request_report(
            period_from=date(2026, 1, 1), period_to=date(2026, 11, 23), membership=world.ann.membership,
            by=world.ann.actor, at=MORNING,
        )  # fmt: skip


def some_history(world: World) -> None:
    for days in (3, 10, 40):
        ticket = acknowledged(world, MORNING - timedelta(days=days))
        with act_as_staff(world.cora.actor):
            accept(ticket.pk, kind=Kind.FAULT, by=world.cora.actor, at=ticket.received_at + timedelta(minutes=5))
            publish_now(ticket.pk, "Done.", by=world.cora.actor, at=ticket.received_at + timedelta(days=days % 5))


def stored(document: Document) -> bytes:
    with open_stored(document.storage_name) as file:
        return file.read()


def check_again(document: Document, signed: bytes) -> None:
    """Drawn again from its snapshot the report is the same to the byte, and the signed file begins with those bytes."""
    again = print_report(document.snapshot)
    assert again.sha256 == document.unsigned_sha256
    assert again.snapshot_sha256 == document.snapshot_sha256
    assert signed[: len(again.pdf)] == again.pdf


def check_facts(document: Document) -> None:
    told = document.snapshot
    assert [row["accepted_by"] for row in told["requests"]] == ["Cora Carter"] * 3
    states = {row["id"]: row["state"] for row in told["matrix"]["measured"]}
    assert states["HLP-5"] == "met"


def test_only_a_manager_may_ask(world: World) -> None:
    with act_as(world.alder.pk), pytest.raises(Refused, match="manager"):
        request_report(
            period_from=date(2026, 1, 1), period_to=date(2026, 2, 1), membership=world.ben.membership,
            by=world.ben.actor, at=MORNING,
        )  # fmt: skip


def test_a_report_is_made_signed_stored_and_told(world: World) -> None:
    some_history(world)
    ask(world)
    assert make_reports(MORNING) == 1
    assert make_reports(MORNING) == 0
    with act_as_staff(SYSTEM):
        report = Report.objects.select_related("document", "request").get()
        document = report.document
        assert (report.number, report.request.state, report.request.progress) == ("CR-2026-001", "ready", 100)
        signed = stored(document)
        assert sha256(signed).hexdigest() == document.signed_sha256
        assert VerificationRecord.objects.get(signed_sha256=document.signed_sha256).kind == KIND
        assert Notice.objects.filter(user=world.ann.user, kind="report").exists()
        assert AuditEvent.objects.filter(kind="document issued", client=world.alder).exists()
    check_facts(document)
    check_again(document, signed)
    facts = verify_signature(signed)
    assert facts.intact and facts.valid and facts.trusted and facts.whole_file
    flipped = bytearray(signed)
    flipped[len(flipped) // 3] ^= 1
    assert not verify_signature(bytes(flipped)).intact


def test_a_dead_workers_report_is_taken_up_after_its_lease(world: World) -> None:
    request = ask(world)
    with act_as_staff(SYSTEM):
        ReportRequest.objects.filter(pk=request.pk).update(state="running", leased_until=MORNING + timedelta(minutes=3))
    assert claim(ReportRequest, MORNING) is None
    with act_as_staff(SYSTEM):
        ReportRequest.objects.filter(pk=request.pk).update(leased_until=MORNING - timedelta(seconds=1))
    taken = claim(ReportRequest, MORNING)
    assert taken is not None and taken.attempts == 1


def test_the_page_is_for_managers_and_gives_the_same_bytes_again(world: World, as_user: Any) -> None:
    manager = as_user(world.ann)
    answer = manager.post("/c/alder/reports/", {"period_from": "2026-01-01", "period_to": "2026-11-23"})
    assert answer.status_code == 302
    make_reports(MORNING)
    page = manager.get("/c/alder/reports/").content.decode()
    assert "CR-2026-001" in page
    with act_as_staff(SYSTEM):
        pk = ReportRequest.objects.get().pk
    first, second = (b"".join(manager.get(f"/c/alder/reports/{pk}/").streaming_content) for _ in range(2))
    assert first == second and first.startswith(b"%PDF")
    assert as_user(world.ben).get("/c/alder/reports/").status_code == 403
    assert as_user(world.bea).get(f"/c/birch/reports/{pk}/").status_code == 404


def test_a_period_that_ends_before_it_begins_is_refused_in_words(world: World, as_user: Any) -> None:
    answer = as_user(world.ann).post("/c/alder/reports/", {"period_from": "2026-02-01", "period_to": "2026-01-01"})
    assert answer.status_code == 422
    assert "before the first day" in answer.content.decode()


@pytest.mark.clause("HLP-5")
def test_the_alarm_about_a_late_acknowledgement_is_found_by_its_request(world: World) -> None:
    ticket = raised(world, MORNING - timedelta(minutes=6))
    with act_as_staff(SYSTEM):
        alarm_late_acknowledgements(MORNING)
        assert alarms_by_ticket(world.alder.pk) == {ticket.pk: MORNING}
        assert alarms_by_ticket(world.birch.pk) == {}
