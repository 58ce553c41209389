"""Worked time: the timer, entries by hand, corrections, and what the database refuses (HLP-8, D19)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from portal.actions.staff import leave_staff
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.tenancy import act_as, act_as_staff
from tests import rows
from tests.cast import MORNING, Person, World
from tests.charging import MINUTE, accepted, approved, asked, hourly, supported
from tests.people import audited
from tickets.actions.charging import Verdict, answer_charge, rule
from tickets.actions.timing import Work, add_time, reverse_time, start_timer, stop_timer
from tickets.models import Ticket, TimeEntry, Timer
from tickets.queries.charges import Standing, standing
from tickets.rules.charge import Form
from tickets.rules.scope import Area

pytestmark = [pytest.mark.django_db, pytest.mark.clause("HLP-8")]
LATER = MORNING + timedelta(hours=5)


def included(world: World) -> Ticket:
    supported(world)
    ticket = accepted(world)
    with act_as_staff(SYSTEM):
        rule(ticket.pk, Verdict(Area.PRODUCT), by=world.cora.actor, at=MORNING)
    return ticket


def worked(
    world: World, ticket: Ticket, minutes: float, begun: Any = MORNING, free: str = "", at: Any = LATER
) -> TimeEntry:
    with act_as_staff(world.cora.actor):
        work = Work(begun, round(minutes * 60), "Read the log", free)
        return add_time(ticket.pk, work, by=world.cora.actor, at=at)


def timed(
    world: World, ticket: Ticket, minutes: float, begun: Any = MORNING, by: Person | None = None
) -> list[TimeEntry]:
    who = (by or world.cora).actor
    with act_as_staff(who):
        start_timer(ticket.pk, by=who, at=begun)
        return stop_timer(ticket.pk, "Read the log", by=who, at=begun + minutes * MINUTE)


def now_of(ticket: Ticket) -> Standing:
    with act_as_staff(SYSTEM):
        return standing(Ticket.objects.get(pk=ticket.pk))


class TestTheTimer:
    def test_survives_and_becomes_an_entry(self, world: World) -> None:
        ticket = included(world)
        (row,) = timed(world, ticket, 17.5)
        assert (row.seconds, row.billable, row.reason, row.source) == (1050, False, "Part of support", "timer")
        assert (row.day, row.started_at, row.staff_label) == (MORNING.date(), MORNING, "Cora Carter")
        with act_as_staff(SYSTEM):
            assert not Timer.objects.exists()
        assert len(audited("timer started")) == len(audited("timer stopped")) == 1

    def test_runs_once_a_person_wherever_it_is(self, world: World) -> None:
        first, second = included(world), included_again(world)
        with act_as_staff(world.cora.actor):
            start_timer(first.pk, by=world.cora.actor, at=MORNING)
            with pytest.raises(Refused, match="runs already"):
                start_timer(second.pk, by=world.cora.actor, at=MORNING)
            with pytest.raises(Refused, match="No timer of yours"):
                stop_timer(second.pk, "Nothing", by=world.cora.actor, at=MORNING)
            assert standing(second, staff_id=world.cora.staff.pk).mine == (first.ref, MORNING)
            with pytest.raises(IntegrityError, match="one_timer_a_person"), transaction.atomic():
                Timer.objects.create(client=world.alder, ticket=second, staff=world.cora.staff, started_at=MORNING)
        with act_as_staff(world.lee.actor):
            start_timer(second.pk, by=world.lee.actor, at=MORNING)

    def test_does_not_start_without_acceptance_ruling_or_yes(self, world: World) -> None:
        from_whom = world.cora.actor
        plain, charged = accepted(world), hourly(world)
        asked(world, charged)
        for ticket, words in ((plain, "Rule first"), (charged, "has not said yes")):
            with act_as_staff(from_whom), pytest.raises(Refused, match=words):
                start_timer(ticket.pk, by=from_whom, at=MORNING)
        with act_as_staff(SYSTEM):
            Ticket.objects.filter(pk=plain.pk).update(reopened_at=MORNING + MINUTE)
            with pytest.raises(Refused, match="Accept the request"):
                start_timer(plain.pk, by=from_whom, at=MORNING + MINUTE)

    def test_beyond_the_estimate_is_written_down_and_not_charged(self, world: World) -> None:
        ticket = hourly(world)
        row = approved(world, ticket, 30)
        covered, beyond = timed(world, ticket, 50)
        assert (covered.seconds, covered.billable, covered.approval_id) == (1800, True, row.pk)
        assert (beyond.seconds, beyond.billable, beyond.reason) == (1200, False, "Beyond the approved estimate")
        assert beyond.started_at == MORNING + 30 * MINUTE
        assert now_of(ticket).total == Decimal("42.50")
        with act_as_staff(SYSTEM), pytest.raises(Refused, match="used up"):
            start_timer(ticket.pk, by=world.cora.actor, at=MORNING + 55 * MINUTE)
        approved(world, ticket, 15, at=MORNING + 60 * MINUTE)
        assert timed(world, ticket, 10, MORNING + 61 * MINUTE)[0].billable
        assert now_of(ticket).total == Decimal("63.75")

    def test_begun_before_the_yes_is_not_charged(self, world: World) -> None:
        ticket = included(world)
        with act_as_staff(SYSTEM):
            start_timer(ticket.pk, by=world.cora.actor, at=MORNING)
            rows.rate_card()
            verdict = Verdict(Area.SECURITY, outcome=None)
            from_support = rows.ruling(world, ticket, area=verdict.area)
            charge = rows.charge(world, ticket, from_support)
        with act_as(world.alder.pk):
            answer_charge(charge.pk, yes=True, by=world.ann.actor, at=MORNING + MINUTE)
        with act_as_staff(SYSTEM):
            (row,) = stop_timer(ticket.pk, "Both", by=world.cora.actor, at=MORNING + 2 * MINUTE)
        assert (row.billable, row.reason) == (False, "Begun before the client’s yes")

    def test_of_a_leaver_ends_without_an_entry(self, world: World) -> None:
        ticket = included(world)
        with act_as_staff(SYSTEM):
            start_timer(ticket.pk, by=world.cora.actor, at=MORNING)
        leave_staff(staff_id=world.cora.staff.pk, day=MORNING.date(), by=world.ada.actor, at=MORNING)
        with act_as_staff(SYSTEM):
            assert not Timer.objects.exists() and not TimeEntry.objects.exists()
        assert [one.actor_label for one in audited("timer dropped")] == ["Ada Ashby"]


def included_again(world: World) -> Ticket:
    ticket = accepted(world)
    with act_as_staff(SYSTEM):
        rule(ticket.pk, Verdict(Area.PRODUCT), by=world.cora.actor, at=MORNING)
    return ticket


class TestByHand:
    def test_it_is_rounded_once_a_day_and_priced(self, world: World) -> None:
        ticket = hourly(world)
        approved(world, ticket, 60)
        for begun in (0, 20, 40):
            worked(world, ticket, 5, MORNING + begun * MINUTE)
        worked(world, ticket, 5, MORNING + timedelta(days=1), at=MORNING + timedelta(days=2))
        now = now_of(ticket)
        assert [(line.seconds, line.minutes, line.amount) for line in now.lines] == [
            (900, 15, Decimal("21.25")), (300, 15, Decimal("21.25")),
        ]  # fmt: skip
        assert (now.total, now.free_seconds) == (Decimal("42.50"), 0)

    def test_it_is_over_after_the_yes_and_within_the_estimate(self, world: World) -> None:
        ticket = hourly(world)
        approved(world, ticket, 60)
        for minutes, begun, words in (
            (60, LATER, "not over yet"), (10, MORNING - MINUTE, "before the client said yes"),
            (61, MORNING, "60 minutes left"),
        ):  # fmt: skip
            with pytest.raises(Refused, match=words):
                worked(world, ticket, minutes, begun)
        assert worked(world, ticket, 60).billable

    def test_it_may_be_left_uncharged_with_a_reason(self, world: World) -> None:
        ticket = hourly(world)
        approved(world, ticket, 60)
        row = worked(world, ticket, 90, free="Our own mistake")
        assert (row.billable, row.reason, row.approval_id) == (False, "Our own mistake", None)
        assert now_of(ticket).total == Decimal(0)

    def test_under_a_fixed_price_the_time_costs_nothing_more(self, world: World) -> None:
        ticket = hourly(world)
        approved(world, ticket, 0, form=Form.FIXED, fixed=Decimal("450.00"))
        assert worked(world, ticket, 200).billable
        now = now_of(ticket)
        assert (now.total, now.lines, now.room(MORNING.date())) == (Decimal("450.00"), [], None)

    @pytest.mark.parametrize("who", ["ben", "ann"])
    def test_only_staff_write_time_down(self, world: World, who: str) -> None:
        ticket = included(world)
        by: Actor = world.people[who].actor
        with act_as(world.alder.pk), pytest.raises(Refused, match="Only our staff"):
            add_time(ticket.pk, Work(MORNING, 60, "Mine"), by=by, at=LATER)


class TestCorrections:
    def test_are_rows_of_their_own_and_take_the_price_back(self, world: World) -> None:
        ticket = hourly(world)
        approved(world, ticket)
        row = worked(world, ticket, 20)
        with act_as_staff(world.cora.actor):
            back = reverse_time(row.pk, "Wrong request", by=world.cora.actor, at=LATER)
        assert (back.seconds, back.reverses_id, back.approval_id) == (-1200, row.pk, row.approval_id)
        assert now_of(ticket).total == Decimal(0)
        with act_as_staff(world.cora.actor):
            for again in (row.pk, back.pk):
                with pytest.raises(Refused, match="taken back already"):
                    reverse_time(again, "Twice", by=world.cora.actor, at=LATER)

    def test_are_ones_own_or_a_leads(self, world: World) -> None:
        ticket = included(world)
        (row,) = timed(world, ticket, 5, by=world.lee)
        with act_as_staff(world.cora.actor), pytest.raises(Refused, match="or a lead"):
            reverse_time(row.pk, "Not mine", by=world.cora.actor, at=LATER)
        own = worked(world, ticket, 5)
        with act_as_staff(world.lee.actor):
            assert reverse_time(own.pk, "Checked", by=world.lee.actor, at=LATER).recorded_by_label == "Lee Lister"
            with pytest.raises(Refused, match="Say why"):
                reverse_time(row.pk, " ", by=world.lee.actor, at=LATER)

    def test_nobody_edits_or_removes_a_row(self, world: World) -> None:
        row = worked(world, included(world), 5)
        for change in (lambda: TimeEntry.objects.filter(pk=row.pk).update(seconds=1), row.delete):
            with act_as_staff(world.cora.actor), pytest.raises(ProgrammingError), transaction.atomic():
                change()


class TestTheDatabase:
    CHARGED = {"billable": True, "reason": ""}

    def refuses(self, world: World, ticket: Ticket, constraint: str, **wrong: Any) -> None:
        with act_as_staff(SYSTEM), pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            rows.time_entry(world, ticket, **wrong)

    def test_refuses_charged_time_without_a_recorded_yes(self, world: World) -> None:
        ticket = hourly(world)
        waiting = asked(world, ticket)
        self.refuses(world, ticket, "hlp8_charged_time_is_approved", **self.CHARGED)
        self.refuses(world, ticket, "hlp8_charged_time_is_approved", **self.CHARGED, approval=waiting)
        invented = {"approval": waiting, "approved_at": MORNING}
        self.refuses(world, ticket, "hlp8_time_needs_the_yes", **self.CHARGED, **invented)

    def test_refuses_time_before_the_yes_and_another_instant_of_it(self, world: World) -> None:
        ticket = hourly(world)
        row = approved(world, ticket)
        given = {"approval": row, "approved_at": MORNING}
        self.refuses(world, ticket, "hlp8_no_time_before_the_yes", **self.CHARGED, **given, started_at=MORNING - MINUTE)
        earlier = {"approval": row, "approved_at": MORNING - MINUTE}
        self.refuses(world, ticket, "hlp8_time_needs_the_yes", **self.CHARGED, **earlier)

    def test_refuses_the_yes_of_another_request_or_client(self, world: World) -> None:
        row = approved(world, hourly(world))
        given = {**self.CHARGED, "approval": row, "approved_at": MORNING}
        self.refuses(world, accepted(world), "hlp8_time_needs_the_yes", **given)
        self.refuses(world, accepted(world, who=world.bea), "hlp8_time_needs_the_yes", **given)

    def test_refuses_uncharged_time_without_reason_and_false_corrections(self, world: World) -> None:
        ticket = included(world)
        row = worked(world, ticket, 5)
        self.refuses(world, ticket, "hlp8_uncharged_time_says_why", reason="")
        self.refuses(world, ticket, "hlp8_correction_is_a_reversal", seconds=-5)
        self.refuses(world, ticket, "hlp8_correction_is_a_reversal", reverses=row)
        other_day = {"seconds": -300, "reverses": row, "day": MORNING.date() - timedelta(days=1)}
        self.refuses(world, ticket, "reverses_id_same_client", **other_day)

    def test_shows_no_client_another_ones_time_or_anybodys_timer(self, world: World) -> None:
        ticket = included(world)
        worked(world, ticket, 5)
        with act_as(world.alder.pk):
            assert TimeEntry.objects.count() == 1
            with pytest.raises(ProgrammingError), transaction.atomic():
                Timer.objects.count()
        with act_as(world.birch.pk):
            assert TimeEntry.objects.count() == 0
