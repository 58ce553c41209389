"""Reported mails: kept with their request, read under guard, judged by staff with a sentence (EML-6)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from portal.actors import SYSTEM
from portal.errors import Refused
from portal.models import AuditEvent, Outbox
from portal.tenancy import act_as, act_as_staff
from tests.cast import MORNING, World
from tests.spamming import eml, reported
from tickets.actions.replies import publish
from tickets.actions.spam import judge_report, read_reported
from tickets.models import Message, SpamReport, Ticket
from tickets.queries.spam import sightings
from tickets.rules.spam import Harm, Verdict
from tickets.rules.states import State

pytestmark = [pytest.mark.django_db, pytest.mark.clause("EML-6")]
WHY = "It leads to a false page of the bank. Please delete it."


def test_a_report_is_a_request_with_the_mail_as_its_file(world: World) -> None:
    report = reported(world)
    with act_as_staff(SYSTEM):
        ticket = Ticket.objects.get(pk=report.ticket_id)
        mail = Outbox.objects.get(kind="acknowledgement", about_id=ticket.pk)
        event = AuditEvent.objects.get(kind="mail reported", subject_id=ticket.pk)
        assert report.attachment is not None and report.attachment.content_type == "message/rfc822"
    assert ticket.subject == "Suspicious mail: Your account is locked"
    assert (ticket.priority, mail.to_email, event.client_id) == ("normal", "ben@example.org", world.alder.pk)
    assert (report.sender, report.sender_domain, report.reply_to) == (
        "service@evil.example", "evil.example", "cash@third.example"
    )  # fmt: skip
    assert report.return_path == "bounce@other.example"
    assert report.claims == ["mx.alder.example; dmarc=fail header.from=evil.example"]
    assert report.links == [["www.bank.example", "https://evil.example/login", True]]
    assert "<" not in report.words and "alert" not in report.words


@pytest.mark.parametrize(
    ("harm", "priority"), [(Harm.ENTERED, "high"), (Harm.CLICKED, "high"), (Harm.UNKNOWN, "normal")]
)
def test_what_was_done_with_the_mail_raises_the_priority(world: World, harm: Harm, priority: str) -> None:
    report = reported(world, harm=harm)
    with act_as_staff(SYSTEM):
        assert Ticket.objects.get(pk=report.ticket_id).priority == priority


def test_what_is_no_mail_is_refused(world: World) -> None:
    with pytest.raises(Refused, match="not a mail"):
        read_reported(b"Just some words.\n\nNothing else.")


def test_a_verdict_answers_the_client_and_settles_the_request(world: World) -> None:
    report = reported(world)
    at = MORNING + timedelta(minutes=5)
    with act_as_staff(world.cora.actor):
        judge_report(report.pk, Verdict.PHISHING, WHY, by=world.cora.actor, at=at)
        message = Message.objects.get(ticket_id=report.ticket_id, kind="reply")
        event = AuditEvent.objects.get(kind="report judged", subject_id=report.ticket_id)
    assert message.then_state == State.RESOLVED and WHY in message.body and "is phishing" in message.body
    assert event.client_visible
    with act_as(world.alder.pk):
        seen = SpamReport.objects.get()
    assert (seen.verdict, seen.judged_by_label, seen.judged_at) == ("phishing", "Cora Carter", at)


def test_a_verdict_is_put_right_and_the_client_told_again(world: World) -> None:
    report = reported(world)
    with act_as_staff(world.cora.actor):
        judge_report(report.pk, Verdict.PHISHING, WHY, by=world.cora.actor, at=MORNING, resolve=False)
        with pytest.raises(Refused, match="given already"):
            judge_report(report.pk, Verdict.PHISHING, WHY, by=world.cora.actor, at=MORNING)
        right = {"verdict": Verdict.HARMLESS, "words": "It was your own newsletter.", "by": world.lee.actor}
        with pytest.raises(Refused, match="just going out"):
            judge_report(report.pk, **right, at=MORNING)
        said = Message.objects.get(ticket_id=report.ticket_id, kind="reply")
        publish(said, ticket=said.ticket, by=SYSTEM, at=MORNING + timedelta(seconds=11))
        judge_report(report.pk, **right, at=MORNING + timedelta(seconds=12))
        assert Message.objects.filter(ticket_id=report.ticket_id, kind="reply").count() == 2
        assert AuditEvent.objects.filter(kind="report judged", subject_id=report.ticket_id).count() == 2


@pytest.mark.parametrize("words", ["", "Phishing."])
def test_a_verdict_without_a_sentence_is_refused(world: World, words: str) -> None:
    report = reported(world)
    with act_as_staff(world.cora.actor), pytest.raises(Refused, match="Write a sentence"):
        judge_report(report.pk, Verdict.PHISHING, words, by=world.cora.actor, at=MORNING)


def test_no_client_judges(world: World) -> None:
    report = reported(world)
    with act_as(world.alder.pk), pytest.raises(Refused, match="Only our staff"):
        judge_report(report.pk, Verdict.SPAM, WHY, by=world.ann.actor, at=MORNING)


@pytest.mark.parametrize("missing", ["judged_at", "judged_by", "verdict_words"])
def test_the_database_wants_who_and_when_of_a_verdict(world: World, missing: str) -> None:
    report = reported(world)
    given: dict[str, Any] = {"judged_at": MORNING, "judged_by": world.cora.staff, "verdict_words": WHY}
    given[missing] = "" if missing == "verdict_words" else None
    with (
        act_as_staff(SYSTEM),
        pytest.raises(IntegrityError, match="tickets_eml6_verdict_by_someone"),
        transaction.atomic(),
    ):
        SpamReport.objects.filter(pk=report.pk).update(verdict="spam", **given)


def test_a_request_is_one_report_at_most(world: World) -> None:
    report = reported(world)
    report.pk = None
    with act_as_staff(SYSTEM), pytest.raises(IntegrityError, match="one_report_a_request"), transaction.atomic():
        report.save(force_insert=True)


def test_no_client_sees_anothers_report_or_points_to_its_request(world: World) -> None:
    alders = reported(world)
    reported(world, world.bea)
    with act_as(world.birch.pk):
        row = SpamReport.objects.get()
        assert row.client_id == world.birch.pk
        row.pk, row.ticket_id = None, alders.ticket_id
        with pytest.raises(IntegrityError, match="tickets_spamreport_ticket_id_same_client"), transaction.atomic():
            row.save(force_insert=True)


def test_staff_see_how_often_a_sender_was_reported_and_by_how_many(world: World) -> None:
    report = reported(world)
    reported(world, world.bea, raw=eml("x@evil.example"))
    reported(world, world.bea)
    with act_as_staff(world.cora.actor):
        address, domain = sightings(report)
    assert (address.reports, address.clients, domain.reports, domain.clients) == (2, 2, 3, 2)
