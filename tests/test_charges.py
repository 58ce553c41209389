"""From the ruling to the client's yes: who is asked, who may answer, and that nothing is written down before (HLP-8)."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from compliance.models import ReportRequest
from compliance.queries import charge_facts
from compliance.report.facts import ChargeFacts
from portal.actors import SYSTEM
from portal.errors import Refused
from portal.models import Entitlement, Notice, Outbox, RateCard
from portal.queries.contract import worktime_of
from portal.tenancy import act_as, act_as_staff
from tests import rows
from tests.cast import MORNING, SINCE, World
from tests.charging import MINUTE, accepted, approved, asked, hourly, supported
from tests.people import audited
from tests.tickets import acknowledged, fresh
from tickets.actions.base import EditConflict
from tickets.actions.charging import Verdict, answer_charge, rule
from tickets.actions.work import change_state
from tickets.models import ChargeApproval, ScopeRuling, Ticket
from tickets.rules.charge import Answer, Form
from tickets.rules.scope import Area, Outcome
from tickets.rules.states import Group, State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def morning(frozen: Any) -> None:
    frozen(MORNING)


def ruled(world: World, ticket: Ticket, *given: Any, **more: Any) -> ScopeRuling:
    with act_as_staff(world.cora.actor):
        return rule(ticket.pk, Verdict(*given, **more), by=world.cora.actor, at=MORNING)


class TestTheRuling:
    @pytest.mark.clause("HLP-8", "HLP-1", "LIA-1")
    def test_follows_the_support_of_the_clocks_start(self, world: World) -> None:
        bare = accepted(world)
        held = supported(world)
        with_support = accepted(world)
        with act_as_staff(SYSTEM):
            Entitlement.objects.filter(pk=held.pk).update(valid_to=MORNING.date())
        first, second = ruled(world, bare, Area.PRODUCT), ruled(world, with_support, Area.PRODUCT)
        assert (first.outcome, first.clause, first.entitlement_id) == ("hourly", "HLP-8", None)
        # Support bought after the first and lapsed since the second changes neither (D7).
        assert (second.outcome, second.clause, second.entitlement_id) == ("included", "LIA-1", held.pk)

    @pytest.mark.clause("HLP-7")
    def test_no_access_to_a_product_that_is_held_is_free(self, world: World) -> None:
        given = {"client": world.alder, "source": "an order", "recorded_by": "Ada", "recorded_at": MORNING}
        with act_as_staff(SYSTEM):
            Entitlement.objects.create(
                kind="product_held", product=world.products["exchange"], valid_from=SINCE, **given
            )
        assert ruled(world, accepted(world), Area.ACCESS).outcome == Outcome.ACCESS

    @pytest.mark.clause("CMP-12")
    def test_a_waiver_of_mfa_is_kept_with_the_ruling(self, world: World) -> None:
        supported(world)
        given = {"client": world.alder, "kind": "security_waived", "source": "a waiver", "recorded_by": "Ada"}
        with act_as_staff(SYSTEM):
            Entitlement.objects.create(subjects=["ben@example.org"], valid_from=SINCE, recorded_at=MORNING, **given)
        bens = ruled(world, accepted(world), Area.SECURITY)
        assert (bens.outcome, bens.clause, bens.waived) == ("hourly", "CMP-12", True)
        assert ruled(world, accepted(world), Area.PASSWORD).outcome == "included"
        anns = ruled(world, accepted(world, who=world.ann), Area.SECURITY)
        assert (anns.outcome, anns.waived) == ("included", False)

    @pytest.mark.clause("LIA-1")
    def test_needs_an_accepted_request_and_a_person_of_the_staff(self, world: World) -> None:
        ticket = acknowledged(world)
        with pytest.raises(Refused, match="Accept the request first"):
            ruled(world, ticket, Area.PRODUCT)
        for person in (SYSTEM, world.ben.actor):
            with act_as_staff(SYSTEM), pytest.raises(Refused, match="Only our staff"):
                rule(ticket.pk, Verdict(Area.PRODUCT), by=person, at=MORNING)

    @pytest.mark.clause("LIA-2")
    def test_of_ones_own_says_why_or_the_database_refuses(self, world: World) -> None:
        ticket = accepted(world)
        with pytest.raises(Refused, match="Say why"):
            ruled(world, ticket, Area.PRODUCT, Outcome.INCLUDED)
        row = ruled(world, ticket, Area.PRODUCT, Outcome.INCLUDED, "We broke it ourselves")
        assert (row.outcome, row.proposed, row.clause) == ("included", "hourly", "LIA-1")
        with (
            act_as_staff(SYSTEM),
            transaction.atomic(),
            pytest.raises(IntegrityError, match="lia2_own_ruling_says_why"),
        ):
            rows.ruling(world, ticket, outcome="included")
        event = audited("request ruled", subject_id=ticket.pk)[0]
        assert event.client_visible and event.actor_label == "Cora Carter"

    @pytest.mark.clause("LIA-4")
    def test_a_project_asks_for_its_quote_and_leaves_the_desk(self, world: World) -> None:
        ticket = accepted(world)
        with pytest.raises(Refused, match="quote"):
            ruled(world, ticket, Area.PROJECT)
        row = ruled(world, ticket, Area.PROJECT, quote_for="Move 40 mailboxes")
        assert (row.outcome, row.quote_for) == ("project", "Move 40 mailboxes")
        now = fresh_of(ticket)
        assert (now.state, now.queue_group, now.closed_at) == (State.DECLINED, Group.ENDED, MORNING)
        with act_as_staff(SYSTEM):
            assert Notice.objects.filter(user=world.ben.user, kind="request ended").exists()
            with transaction.atomic(), pytest.raises(IntegrityError, match="lia4_project_asks_for_a_quote"):
                rows.ruling(world, ticket, outcome="project", proposed="project")

    def test_is_never_changed_and_its_page_may_be_old(self, world: World) -> None:
        ticket = accepted(world)
        row = ruled(world, ticket, Area.PRODUCT)
        with act_as_staff(world.cora.actor):
            with pytest.raises(ProgrammingError), transaction.atomic():
                ScopeRuling.objects.filter(pk=row.pk).update(outcome="included")
            with pytest.raises(EditConflict):
                rule(ticket.pk, Verdict(Area.PRODUCT), by=world.cora.actor, at=MORNING, seen=1)

    def test_that_is_no_longer_charged_withdraws_the_question(self, world: World) -> None:
        ticket = hourly(world)
        question = asked(world, ticket)
        ruled(world, ticket, Area.PRODUCT, Outcome.INCLUDED, "We broke it ourselves")
        assert fresh_of(ticket).state == State.ACCEPTED
        with act_as(world.alder.pk), pytest.raises(Refused, match="answered or replaced"):
            answer_charge(question.pk, yes=True, by=world.ann.actor, at=MORNING)


def fresh_of(ticket: Ticket) -> Ticket:
    with act_as_staff(SYSTEM):
        return fresh(ticket)


@pytest.mark.clause("HLP-8")
class TestTheQuestion:
    def test_makes_the_request_wait_and_asks_every_manager_by_mail_and_notice(self, world: World) -> None:
        ticket = hourly(world)
        before = fresh_of(ticket).clock
        row = asked(world, ticket, minutes=50)
        assert (row.hourly_rate, row.step_minutes, row.estimate_minutes) == (Decimal("85.00"), 15, 60)
        now = fresh_of(ticket)
        assert now.state == State.AWAITING_CHARGE
        # The response clock runs on as if nobody had asked (D6).
        assert (now.clock.due_at, now.clock.next_at, now.queue_group) == (before.due_at, before.next_at, Group.CLOCK)
        with act_as_staff(SYSTEM):
            mail = Outbox.objects.get(kind="charge")
            assert (
                mail.to_email == "ann@example.org" and f"/c/alder/requests/{ticket.ref}/charge/{row.pk}/" in mail.text
            )
            assert "£85.00 an hour" in mail.text and "60 minutes, £85.00" in mail.text and "Find the fault" in mail.text
            assert mail.headers["Auto-Submitted"] == "auto-generated"
            assert [one.user_id for one in Notice.objects.filter(kind="charge asked")] == [world.ann.user.pk]

    def test_of_a_confidential_request_says_no_more_than_the_price(self, world: World) -> None:
        ticket = hourly(world, confidential=True, subject="A grievance")
        asked(world, ticket)
        with act_as_staff(SYSTEM):
            mail, notice = Outbox.objects.get(kind="charge"), Notice.objects.get(kind="charge asked")
        for said in (mail.subject, mail.text, notice.sentence):
            assert "grievance" not in said and "Find the fault" not in said
        assert "£85.00" in mail.text

    def test_needs_the_ruling_and_a_rate_card(self, world: World) -> None:
        ticket = accepted(world)
        with pytest.raises(Refused, match="ruled as charged"):
            asked(world, ticket)
        ruled(world, ticket, Area.PRODUCT)
        with pytest.raises(Refused, match="no prices"):
            asked(world, ticket)

    def test_keeps_its_rate_when_the_rate_card_changes_and_a_newer_one_replaces_it(self, world: World) -> None:
        ticket = hourly(world)
        first = asked(world, ticket)
        with act_as_staff(SYSTEM):
            given = {"hourly_rate": Decimal(99), "valid_from": MORNING.date(), "made_by": "Ada", "made_at": MORNING}
            RateCard.objects.create(version=2, **given)
        second = asked(world, ticket, 30)
        with act_as_staff(SYSTEM):
            first.refresh_from_db()
        assert (first.answer, first.hourly_rate) == (Answer.REPLACED, Decimal("85.00"))
        assert (second.answer, second.hourly_rate) == (Answer.ASKED, Decimal("99.00"))

    def test_may_name_a_fixed_price(self, world: World) -> None:
        row = approved(world, hourly(world), 0, form=Form.FIXED, fixed=Decimal("450.00"))
        assert (row.fixed_price, row.estimate_minutes, row.answer) == (Decimal("450.00"), None, "yes")


@pytest.mark.clause("HLP-8")
class TestTheAnswer:
    def test_yes_takes_the_request_back_to_work_and_tells_who_asked(self, world: World) -> None:
        ticket = hourly(world)
        row = approved(world, ticket)
        assert (row.answer, row.approved_at, row.answered_by_label) == (Answer.YES, MORNING, "Ann Archer")
        assert fresh_of(ticket).state == State.IN_PROGRESS
        with act_as_staff(SYSTEM):
            told = Notice.objects.get(kind="charge answered")
            assert told.user_id == world.cora.user.pk and "said yes" in told.sentence
        event = audited("charge approved", subject_id=ticket.pk)[0]
        assert event.actor_label == "Ann Archer" and event.client_visible

    def test_no_leaves_the_decision_to_us_and_nothing_is_charged(self, world: World) -> None:
        ticket = hourly(world)
        row = asked(world, ticket)
        with act_as(world.alder.pk):
            answer_charge(row.pk, yes=False, by=world.ann.actor, at=MORNING + MINUTE, note="Too dear")
        now = fresh_of(ticket)
        assert (now.state, now.asked_at) == (State.ACCEPTED, MORNING)
        with act_as_staff(SYSTEM):
            row.refresh_from_db()
        assert (row.answer, row.approved_at, row.answer_note) == (Answer.NO, None, "Too dear")

    @pytest.mark.parametrize("who", ["ben", "bill", "bea", "cora"])
    def test_is_only_a_managers(self, world: World, who: str) -> None:
        row = asked(world, hourly(world))
        with act_as(world.alder.pk), pytest.raises(Refused, match="Only a manager"):
            answer_charge(row.pk, yes=True, by=world.people[who].actor, at=MORNING)

    def test_is_given_once_and_stands_even_against_the_database(self, world: World) -> None:
        row = approved(world, hourly(world))
        with act_as(world.alder.pk):
            with pytest.raises(Refused, match="answered or replaced"):
                answer_charge(row.pk, yes=False, by=world.ann.actor, at=MORNING)
            with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
                ChargeApproval.objects.filter(pk=row.pk).update(answer="no", approved_at=None)

    def test_comes_too_late_for_a_request_that_has_ended(self, world: World) -> None:
        ticket = hourly(world)
        row = asked(world, ticket)
        with act_as_staff(SYSTEM):
            change_state(ticket.pk, State.RESOLVED, by=world.cora.actor, at=MORNING)
        with act_as(world.alder.pk), pytest.raises(Refused, match="has ended meanwhile"):
            answer_charge(row.pk, yes=True, by=world.ann.actor, at=MORNING)

    def test_of_another_client_does_not_exist(self, world: World) -> None:
        row = asked(world, hourly(world))
        with act_as(world.birch.pk), pytest.raises(ChargeApproval.DoesNotExist):
            answer_charge(row.pk, yes=True, by=world.bea.actor, at=MORNING)

    def test_a_client_cannot_change_the_price(self, world: World) -> None:
        row = asked(world, hourly(world))
        with act_as(world.alder.pk), pytest.raises(ProgrammingError), transaction.atomic():
            ChargeApproval.objects.filter(pk=row.pk).update(hourly_rate=Decimal("1.00"))

    @pytest.mark.parametrize(
        ("wrong", "constraint"),
        [
            ({"answer": "yes"}, "hlp8_answered_by_a_person"),
            ({"answer": "no"}, "hlp8_answered_by_a_person"),
            ({"approved_at": MORNING}, "hlp8_yes_has_its_instant"),
            ({"hourly_rate": None}, "hlp8_charge_names_its_price"),
            ({"form": "fixed"}, "hlp8_charge_names_its_price"),
        ],
        ids=[
            "yes by nobody",
            "no by nobody",
            "instant without yes",
            "no rate",
            "fixed by the hour",
        ],
    )
    def test_the_database_refuses_what_makes_no_sense(
        self, world: World, wrong: dict[str, Any], constraint: str
    ) -> None:
        ticket = accepted(world)
        with act_as_staff(SYSTEM), pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            rows.charge(world, ticket, rows.ruling(world, ticket), **wrong)

    def test_the_database_refuses_a_yes_without_its_instant_or_before_the_question(self, world: World) -> None:
        ticket = accepted(world)
        by_ann = {"answered_by": world.ann.membership, "answered_by_label": "Ann Archer"}
        for wrong, constraint in (
            ({"answer": "yes", "answered_at": MORNING}, "hlp8_yes_has_its_instant"),
            ({"answer": "no", "answered_at": MORNING - MINUTE}, "hlp8_answer_after_question"),
        ):
            with act_as_staff(SYSTEM), pytest.raises(IntegrityError, match=constraint), transaction.atomic():
                rows.charge(world, ticket, rows.ruling(world, ticket), **by_ann, **wrong)


@pytest.mark.clause("HLP-8")
def test_the_report_counts_charged_requests_and_their_yes(world: World) -> None:
    first, second = hourly(world), hourly(world)
    row = approved(world, first)
    asked(world, second)
    period = ReportRequest(client=world.alder, period_from=MORNING.date(), period_to=MORNING.date())
    with act_as_staff(SYSTEM):
        for _each in range(2):
            rows.time_entry(world, first, billable=True, reason="", approval=row, approved_at=MORNING)
        rows.time_entry(world, second)
        found = charge_facts(period, worktime_of(world.calendar))
        assert found == ChargeFacts(1, 1, 2, 1, charged_seconds=1200, free_seconds=600)
        later = ReportRequest(client=world.birch, period_from=MORNING.date(), period_to=MORNING.date())
        assert charge_facts(later, worktime_of(world.calendar)) == ChargeFacts(0, 0, 0, 0)
