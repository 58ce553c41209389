"""Comments on a clause of the terms: from a client a request without a clock, from a visitor a row without a mail."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from portal.actions.feedback import leave_comment
from portal.actors import SYSTEM
from portal.errors import Refused
from portal.models import AuditEvent, Outbox, Terms, TermsFeedback
from portal.tenancy import act_as, act_as_staff
from tests.cast import MORNING, World
from tests.tickets import acknowledged
from tickets.actions.replies import reply
from tickets.actions.watch import publish_replies
from tickets.actions.work import accept, correct
from tickets.models import ResponseClock, Ticket
from tickets.rules.states import Group, Kind, State

pytestmark = [pytest.mark.django_db, pytest.mark.clause("DOC-1")]
WORDS = {"body": "Which holidays count?"}
OPEN, OWN = "/terms/HLP-3/comment/", "/c/alder/terms/HLP-3/comment/"


@pytest.fixture(autouse=True)
def morning(frozen: Any) -> None:
    frozen(MORNING)


def newer_terms() -> Terms:
    with act_as_staff(SYSTEM):
        return Terms.objects.create(
            version=2, published_at=MORNING - timedelta(hours=1), summary="Newer.", parameters={}, published_by="Ada"
        )


def commented(world: World) -> Ticket:
    return acknowledged(world, subject="Comment on HLP-3", clause="HLP-3")


class TestAClientsComment:
    def test_becomes_a_feedback_request_that_names_the_clause(self, world: World, as_user: Any) -> None:
        answer = as_user(world.ben).post(OWN, WORDS)
        with act_as_staff(SYSTEM):
            ticket = Ticket.objects.get()
            assert answer.headers["Location"] == f"/c/alder/requests/{ticket.ref}/"
            assert (ticket.clause, ticket.kind, ticket.terms_id) == ("HLP-3", Kind.FEEDBACK, world.terms.pk)
            assert ticket.subject.startswith("Comment on HLP-3: ")
            mail = Outbox.objects.get(kind="acknowledgement", about_id=ticket.pk)
            assert "We promise no time for an answer to feedback" in mail.text and "working day" not in mail.text
            assert AuditEvent.objects.filter(kind="request received", subject_id=ticket.pk).count() == 1

    def test_sent_twice_is_kept_once(self, world: World, as_user: Any) -> None:
        browser, form = as_user(world.ben), WORDS | {"idempotency_key": "k1"}
        first, second = (browser.post(OWN, form).headers["Location"] for _ in range(2))
        with act_as_staff(SYSTEM):
            assert (first, Ticket.objects.count()) == (second, 1)

    def test_stays_with_the_version_that_was_read(self, world: World, as_user: Any) -> None:
        newer = newer_terms()
        as_user(world.ben).post(OWN, WORDS | {"version": "1"})
        as_user(world.ann).post(OWN, WORDS)
        with act_as_staff(SYSTEM):
            assert list(Ticket.objects.order_by("id").values_list("terms_id", flat=True)) == [world.terms.pk, newer.pk]

    def test_is_acknowledged_without_a_clock_and_waits_among_ours(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            raised = commented(world)
            assert (raised.state, raised.acknowledged_at) == (State.ACKNOWLEDGED, MORNING)
            assert (raised.queue_group, raised.queue_at) == (Group.OURS, MORNING)
            assert not ResponseClock.objects.exists()

    def test_is_answered_and_rests_like_any_request(self, world: World) -> None:
        ticket = commented(world)
        with act_as_staff(world.cora.actor):
            reply(ticket.pk, "A good point.", by=world.cora.actor, at=MORNING, then=State.RESOLVED)
            assert publish_replies(MORNING + timedelta(seconds=10)) == 1
            assert Ticket.objects.get(pk=ticket.pk).queue_group == Group.ENDED

    def test_cannot_be_made_into_work_that_would_lack_its_promise(self, world: World) -> None:
        ticket = commented(world)
        with act_as_staff(world.cora.actor):
            with pytest.raises(Refused, match="stays feedback"):
                accept(ticket.pk, kind=Kind.FAULT, by=world.cora.actor, at=MORNING)
            with pytest.raises(Refused, match="stays feedback"):
                correct(ticket.pk, subject="x", kind=Kind.FAULT, product=None, by=world.cora.actor, at=MORNING)
            accept(ticket.pk, kind=Kind.FEEDBACK, by=world.cora.actor, at=MORNING)
            refused = pytest.raises(IntegrityError, match="tickets_doc1_comment_is_feedback")
            with refused, transaction.atomic():
                Ticket.objects.filter(pk=ticket.pk).update(kind=Kind.FAULT)

    @pytest.mark.parametrize("address", ["/c/alder/requests/{}/", "/desk/tickets/{}/", "/desk/"])
    def test_pages_say_that_no_promise_runs(self, world: World, as_user: Any, address: str) -> None:
        ticket = commented(world)
        browser = as_user(world.ben if address.startswith("/c/") else world.cora)
        page = browser.get(address.format(ticket.ref)).content.decode()
        assert "promise runs" in page

    def test_is_out_of_another_client_s_reach(self, world: World, as_user: Any) -> None:
        assert as_user(world.bea).post(OWN, WORDS).status_code == 404
        ticket = commented(world)
        with act_as(world.birch.pk):
            assert not Ticket.objects.filter(pk=ticket.pk).exists()

    def test_an_empty_one_says_what_is_missing(self, world: World, as_user: Any) -> None:
        answer = as_user(world.ben).post(OWN, {})
        assert answer.status_code == 422 and b"Write your comment here." in answer.content

    def test_the_open_link_leads_a_member_to_their_own_page(self, world: World, as_user: Any) -> None:
        assert as_user(world.ben).get(OPEN).headers["Location"] == OWN


class TestAVisitorsComment:
    def test_is_kept_with_version_and_clause_and_sends_no_mail(self, world: World) -> None:
        answer = Browser().post(OPEN, WORDS | {"name": "Jo"})
        assert answer.headers["Location"] == "/terms/#HLP-3"
        with act_as_staff(SYSTEM):
            row = TermsFeedback.objects.get()
            assert (row.clause, row.terms_id, row.name, row.body) == ("HLP-3", world.terms.pk, "Jo", WORDS["body"])
            assert "127.0.0.1" not in row.source
            assert AuditEvent.objects.filter(kind="terms commented on", subject_id=row.pk).count() == 1
            assert not Outbox.objects.exists() and not Ticket.objects.exists()

    def test_sent_twice_is_kept_once(self, world: World) -> None:
        browser = Browser()
        answers = [browser.post(OPEN, WORDS | {"idempotency_key": "v1"}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [302, 302]
        assert self.count() == 1

    def test_of_a_program_that_fills_the_trap_is_thanked_and_forgotten(self, world: World) -> None:
        assert Browser().post(OPEN, WORDS | {"website": "http://spam.example"}).status_code == 302
        assert self.count() == 0

    def test_is_refused_over_five_an_hour_from_one_address_and_not_from_another(self, world: World) -> None:
        answers = [Browser().post(OPEN, WORDS) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [302] * 5 + [429]
        assert b"many comments" in answers[-1].content and b"Which holidays" in answers[-1].content
        assert Browser(REMOTE_ADDR="192.0.2.7").post(OPEN, WORDS).status_code == 302
        assert self.count() == 6

    def test_counts_again_after_an_hour(self, world: World, frozen: Any) -> None:
        for _ in range(5):
            Browser().post(OPEN, WORDS)
        frozen(MORNING + timedelta(hours=1, seconds=1))
        assert Browser().post(OPEN, WORDS).status_code == 302

    def test_is_refused_over_a_hundred_a_day_from_all_together(self, world: World) -> None:
        for number in range(100):
            given = {"terms": world.terms, "clause_id": "HLP-3", "body": "x", "name": "", "at": MORNING}
            leave_comment(**given, address=f"192.0.2.{number}")  # type: ignore[arg-type]
        assert Browser().post(OPEN, WORDS).status_code == 429
        assert self.count() == 100

    def test_stays_with_the_superseded_version_that_was_read(self, world: World) -> None:
        newer_terms()
        Browser().post(OPEN, WORDS | {"version": "1"})
        Browser().post(OPEN, WORDS)
        with act_as_staff(SYSTEM):
            assert list(TermsFeedback.objects.order_by("id").values_list("terms__version", flat=True)) == [1, 2]

    def test_of_staff_is_taken_like_a_visitor_s(self, world: World, as_user: Any) -> None:
        assert as_user(world.cora).get(OPEN).status_code == 200

    def test_on_an_unknown_clause_is_missing(self, world: World) -> None:
        assert Browser().get("/terms/HLP-99/comment/").status_code == 404

    def test_the_words_cannot_be_read_at_the_door(self, world: World) -> None:
        Browser().post(OPEN, WORDS)
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            TermsFeedback.objects.values_list("body").first()

    def count(self) -> int:
        with act_as_staff(SYSTEM):
            return TermsFeedback.objects.count()


class TestTheStaffsList:
    def test_shows_both_with_clause_and_version(self, world: World, as_user: Any) -> None:
        ticket = commented(world)
        Browser().post(OPEN, WORDS)
        browser = as_user(world.cora)
        clients = browser.get("/desk/feedback/").content.decode()
        assert ticket.ref in clients and "HLP-3" in clients and "version 1" in clients
        visitors = browser.get("/desk/feedback/?from=visitors").content.decode()
        assert WORDS["body"] in visitors and "HLP-3" in visitors and "version 1" in visitors

    @pytest.mark.parametrize("source", ["clients", "visitors"])
    def test_costs_as_much_for_one_as_for_ten(self, world: World, as_user: Any, source: str) -> None:
        browser, counts = as_user(world.cora), []
        browser.get("/desk/feedback/")
        for more in (1, 9):
            for number in range(more):
                commented(world)
                given = {"terms": world.terms, "clause_id": "HLP-3", "body": "x", "name": "", "at": MORNING}
                leave_comment(**given, address=f"192.0.2.{number}")  # type: ignore[arg-type]
            with CaptureQueriesContext(connection) as queries:
                browser.get(f"/desk/feedback/?from={source}")
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 14


def test_each_clause_of_the_terms_has_its_link(world: World) -> None:
    page = Browser().get("/terms/").content.decode()
    assert page.count("/comment/") == 92
