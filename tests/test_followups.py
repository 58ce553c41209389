"""Planned follow-ups: reminders that bring a request back, messages that go out in a person's name or say why not (D5)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from portal.actors import SYSTEM
from portal.errors import Refused
from portal.models import AuditEvent, Notice, Outbox
from portal.tenancy import act_as, act_as_staff
from portal.worktime import DEFAULT_CALENDAR
from tests import rows
from tests.cast import MORNING, Person, World
from tests.tickets import acknowledged, fresh, publish_now
from tickets.actions import merging, triage, work
from tickets.actions.followups import cancel_follow_up, do_follow_ups, plan_follow_up
from tickets.actions.intake import add_client_message
from tickets.models import FollowUp, Message, Ticket
from tickets.queries.followups import follow_ups_waiting
from tickets.rules.followups import MOST_PLANNED, Plan, PlanState, opening_in, why_not_sent
from tickets.rules.states import Group, State

pytestmark = pytest.mark.clause("HLP-5")
HOUR = timedelta(hours=1)
DUE = MORNING + 3 * HOUR
LATER = DUE + HOUR


@pytest.fixture(autouse=True)
def now(frozen: Any) -> None:
    frozen(MORNING)


def answered(world: World, by: Person | None = None) -> Ticket:
    """A request whose promise is kept, so that only our own plans are left."""
    ticket = acknowledged(world, MORNING - HOUR)
    with act_as_staff(SYSTEM):
        publish_now(ticket.pk, "We are looking at it.", by=(by or world.cora).actor, at=MORNING - HOUR)
        return fresh(ticket)


def planned(world: World, ticket: Ticket, plan: Plan = Plan.MESSAGE, **more: Any) -> FollowUp:
    given = {"due_at": DUE, "words": "Does it work now?", "by": world.cora.actor, "at": MORNING}
    return plan_follow_up(ticket.pk, plan, **{**given, **more})


def end_of(row: FollowUp) -> FollowUp:
    return FollowUp.objects.get(pk=row.pk)


@pytest.mark.parametrize(
    ("at", "days", "opens"),
    [
        ("2026-11-24T10:40", 1, "2026-11-25T09:00"),
        ("2026-11-27T08:00", 1, "2026-11-30T09:00"),
        ("2026-11-27T20:00", 2, "2026-12-01T09:00"),
        ("2026-11-28T12:00", 1, "2026-11-30T09:00"),
        ("2026-12-24T10:00", 1, "2026-12-29T09:00"),
        ("2026-03-27T10:00", 1, "2026-03-30T08:00"),
    ],
    ids=["tomorrow", "over a weekend", "two days", "on a Saturday", "over Christmas", "summer time begins"],
)
def test_a_preset_is_an_opening_of_the_working_calendar(at: str, days: int, opens: str) -> None:
    began = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert opening_in(began, days, DEFAULT_CALENDAR) == datetime.fromisoformat(opens).replace(tzinfo=UTC)


@pytest.mark.parametrize("wrong", ["ended", "clock_runs", "client_wrote", "colleague_answered", "author_left"])
def test_each_change_alone_keeps_a_message_back(wrong: str) -> None:
    fine = dict.fromkeys(["ended", "clock_runs", "client_wrote", "colleague_answered", "author_left"], False)
    assert why_not_sent(**fine) == "" and why_not_sent(**{**fine, wrong: True})


@pytest.mark.django_db
class TestPlanning:
    def test_a_message_is_not_planned_while_an_answer_is_owed_and_a_reminder_is(self, world: World) -> None:
        ticket = acknowledged(world)
        with act_as_staff(SYSTEM):
            with pytest.raises(Refused, match="still owed"):
                planned(world, ticket)
            planned(world, ticket, Plan.REMINDER)
            assert fresh(ticket).clock.met_at is None and fresh(ticket).queue_group == Group.CLOCK

    @pytest.mark.parametrize(
        "wrong",
        [{"due_at": MORNING}, {"due_at": MORNING + timedelta(days=181)}, {"words": " "}],
        ids=["now", "in half a year", "no words"],
    )
    def test_what_cannot_come_true_is_refused(self, world: World, wrong: dict[str, Any]) -> None:
        with act_as_staff(SYSTEM):
            ticket = answered(world)
            with pytest.raises(Refused):
                planned(world, ticket, **wrong)

    def test_finished_requests_clients_and_too_many_are_refused(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            ticket = answered(world)
            with pytest.raises(Refused):
                planned(world, ticket, by=world.ann.actor)
            for _ in range(MOST_PLANNED):
                planned(world, ticket, Plan.REMINDER)
            with pytest.raises(Refused, match="At most"):
                planned(world, ticket)
            other = answered(world)
            work.change_state(other.pk, State.RESOLVED, by=world.cora.actor, at=MORNING)
            with pytest.raises(Refused, match="finished"):
                planned(world, other)

    def test_the_client_reads_of_it_only_if_it_says_so(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            ticket = answered(world)
            planned(world, ticket)
            planned(world, ticket, Plan.REMINDER, told_client=True)
            shown = AuditEvent.objects.filter(subject_id=ticket.pk, kind__startswith="follow-up", client_visible=True)
            assert [event.kind for event in shown] == ["follow-up promised"]
        with act_as(world.alder.pk), pytest.raises(Exception, match="permission denied"), transaction.atomic():
            FollowUp.objects.count()

    def test_it_is_cancelled_once_and_never_comes(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            ticket = answered(world)
            row = planned(world, ticket)
            cancel_follow_up(ticket.pk, row.pk, by=world.lee.actor, at=MORNING + HOUR)
            assert do_follow_ups(LATER) == 0 and end_of(row).state == PlanState.CANCELLED
            with pytest.raises(Refused):
                cancel_follow_up(ticket.pk, row.pk, by=world.lee.actor, at=MORNING + HOUR)

    def test_the_database_lets_nothing_end_twice_or_come_before_it_was_planned(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            ticket = answered(world)
            for wrong in ({"due_at": MORNING}, {"state": "done"}, {"ended_at": LATER}, {"words": ""}):
                with pytest.raises(IntegrityError, match="tickets_follow_up"), transaction.atomic():
                    rows.follow_up(ticket, world.cora.actor.staff_id or 0, **wrong)


@pytest.mark.django_db
class TestReminders:
    def test_it_tells_its_person_and_brings_the_request_back_even_late_and_only_once(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            ticket = answered(world)
            work.change_state(ticket.pk, State.WAITING_CLIENT, by=world.cora.actor, at=MORNING)
            row = planned(world, ticket, Plan.REMINDER, to=world.lee.staff)
            assert do_follow_ups(DUE - timedelta(seconds=1)) == 0 and follow_ups_waiting(LATER) == 1
            assert do_follow_ups(LATER) == 1 and do_follow_ups(LATER) == 0
            assert fresh(ticket).queue_group == Group.OURS and end_of(row).state == PlanState.DONE
            told = Notice.objects.get(kind="follow-up")
            assert (told.user_id, told.at) == (world.lee.user.pk, DUE) and "Does it work now?" in told.sentence
            assert AuditEvent.objects.get(kind="follow-up due").at == DUE

    def test_it_ends_a_snooze(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            ticket = answered(world)
            triage.snooze(ticket.pk, until=LATER + HOUR, reason="Later.", by=world.cora.actor, at=MORNING)
            planned(world, ticket, Plan.REMINDER)
            do_follow_ups(DUE)
            assert (fresh(ticket).snoozed_until, fresh(ticket).queue_group) == (None, Group.OURS)

    def test_a_leavers_reminder_reaches_whoever_has_the_request(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            ticket = answered(world)
            planned(world, ticket, Plan.REMINDER, to=world.lee.staff)
            work.assign(ticket.pk, to=world.cora.staff, by=world.ada.actor, at=MORNING)
            world.lee.staff.valid_to = MORNING.date()
            world.lee.staff.save()
            do_follow_ups(DUE)
            assert Notice.objects.get(kind="follow-up").user_id == world.cora.user.pk

    def test_on_a_finished_request_it_only_tells(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            ticket = answered(world)
            planned(world, ticket, Plan.REMINDER)
            work.change_state(ticket.pk, State.RESOLVED, by=world.cora.actor, at=MORNING)
            do_follow_ups(DUE)
            assert fresh(ticket).state == State.RESOLVED and Notice.objects.filter(kind="follow-up").count() == 1


@pytest.mark.django_db
class TestMessages:
    def test_it_goes_out_in_its_authors_name_when_it_really_went_out(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            ticket = answered(world)
            row = planned(world, ticket)
            met_at = fresh(ticket).clock.met_at
            assert do_follow_ups(LATER) == 1 and do_follow_ups(LATER) == 0
            said = Message.objects.get(ticket=ticket, body="Does it work now?")
            assert (said.author_label, said.published_at, said.client_visible) == ("Cora Carter", LATER, True)
            assert Outbox.objects.filter(kind="reply", to_email="ben@example.org").count() == 2
            assert fresh(ticket).clock.met_at == met_at and fresh(ticket).first_reply_at == MORNING - HOUR
            assert (end_of(row).state, end_of(row).words) == (PlanState.DONE, "")
            assert not Notice.objects.filter(kind="follow-up").exists()

    @pytest.mark.parametrize("change", ["closed", "client wrote", "colleague", "merged promise", "left", "no nda"])
    def test_it_is_kept_back_and_its_author_told_when_the_request_changed(self, world: World, change: str) -> None:
        with act_as_staff(SYSTEM):
            ticket = answered(world)
            row = planned(world, ticket)
        self.happen(world, ticket, change)
        with act_as_staff(SYSTEM):
            before = Message.objects.filter(ticket=ticket).count()
            do_follow_ups(DUE)
            assert do_follow_ups(LATER) == 0 and Message.objects.filter(ticket=ticket).count() == before
            kept = end_of(row)
            assert (kept.state, kept.words) == (PlanState.REFUSED, "Does it work now?") and kept.outcome
            told = Notice.objects.filter(kind="follow-up")
            assert all(kept.outcome in one.sentence for one in told)
            leads = {world.lee.user.pk, world.ada.user.pk}
            assert {one.user_id for one in told} == (leads if change == "left" else {world.cora.user.pk})

    def happen(self, world: World, ticket: Ticket, change: str) -> None:
        at = MORNING + HOUR
        if change == "client wrote":
            with act_as(world.alder.pk):
                add_client_message(ticket.pk, "It works.", author=world.ben.membership, by=world.ben.actor, at=at)
            return
        with act_as_staff(SYSTEM):
            if change == "closed":
                work.change_state(ticket.pk, State.RESOLVED, by=world.lee.actor, at=at)
            elif change == "colleague":
                publish_now(ticket.pk, "Lee here.", by=world.lee.actor, at=at)
            elif change == "merged promise":
                merging.merge(acknowledged(world).pk, into_id=ticket.pk, by=world.lee.actor, at=at)
            elif change == "left":
                world.cora.staff.valid_to = MORNING.date()
                world.cora.staff.save()
            else:
                world.cora.staff.ndas.update(valid_to=MORNING.date())

    def test_ones_own_answer_since_keeps_nothing_back(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            ticket = answered(world)
            planned(world, ticket)
            publish_now(ticket.pk, "One more thing.", by=world.cora.actor, at=MORNING + HOUR)
            do_follow_ups(DUE)
            assert Message.objects.filter(ticket=ticket, body="Does it work now?").exists()


def test_two_sweeps_beside_each_other_send_once(lasting_world: World) -> None:
    with act_as_staff(SYSTEM):
        tickets = [answered(lasting_world) for _ in range(3)]
        for ticket in tickets:
            planned(lasting_world, ticket)

    def sweep(_: int) -> int:
        try:
            with act_as_staff(SYSTEM):
                return do_follow_ups(DUE)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        done = sum(threads.map(sweep, range(2)))
    with act_as_staff(SYSTEM):
        done += do_follow_ups(DUE)
        assert done == 3 == Message.objects.filter(body="Does it work now?").count()


@pytest.mark.django_db
class TestPages:
    def test_it_is_planned_shown_and_cancelled(self, world: World, as_user: Any) -> None:
        ticket = answered(world)
        cora, path = as_user(world.cora), f"/desk/tickets/{ticket.ref}/follow-ups/"
        page = cora.get(path).content.decode()
        assert "Next working day, Wed 25 Nov 2026 09:00" in page
        given = {"plan": "message", "when": "2", "words": "Does it work now?", "version": ticket.version}
        assert cora.post(path, given)["Location"] == f"/desk/tickets/{ticket.ref}/"
        with act_as_staff(SYSTEM):
            row = FollowUp.objects.get()
        assert row.due_at == datetime(2026, 11, 26, 9, tzinfo=UTC)
        shown = cora.get(f"/desk/tickets/{ticket.ref}/").content.decode()
        assert "A message of Cora Carter goes out on Thu 26 Nov 2026 09:00:" in shown
        assert cora.post(f"{path}{row.pk}/cancel/")["Location"] == f"/desk/tickets/{ticket.ref}/"
        assert "goes out on" not in cora.get(f"/desk/tickets/{ticket.ref}/").content.decode()
        assert "Cancelled" in cora.get(path).content.decode()

    def test_another_time_is_read_in_the_offices_zone_and_a_missing_one_is_asked_for(
        self, world: World, as_user: Any, frozen: Any
    ) -> None:
        frozen("2026-06-01T08:00+00:00")
        ticket, cora = acknowledged(world, datetime(2026, 6, 1, 8, tzinfo=UTC)), as_user(world.cora)
        path, given = f"/desk/tickets/{ticket.ref}/follow-ups/", {"plan": "reminder", "when": "other", "words": "Ring."}
        assert cora.post(path, given).status_code == 422
        cora.post(path, {**given, "due_at": "2026-06-02T11:30"})
        with act_as_staff(SYSTEM):
            assert FollowUp.objects.get().due_at == datetime(2026, 6, 2, 10, 30, tzinfo=UTC)

    def test_an_old_page_is_a_conflict_with_the_words_kept(self, world: World, as_user: Any) -> None:
        ticket = answered(world)
        given = {"plan": "reminder", "when": "1", "words": "Ring him.", "version": ticket.version - 1}
        page = as_user(world.cora).post(f"/desk/tickets/{ticket.ref}/follow-ups/", given)
        assert page.status_code == 409 and "Ring him." in page.content.decode()

    def test_a_strangers_plan_is_not_found(self, world: World, as_user: Any) -> None:
        ticket, other = answered(world), acknowledged(world, who=world.bea)
        with act_as_staff(SYSTEM):
            row = planned(world, other, Plan.REMINDER)
        assert as_user(world.cora).post(f"/desk/tickets/{ticket.ref}/follow-ups/{row.pk}/cancel/").status_code == 404

    def test_twice_posted_is_planned_once_and_twenty_cost_as_one(self, world: World, as_user: Any) -> None:
        ticket, cora = answered(world), as_user(world.cora)
        path = f"/desk/tickets/{ticket.ref}/follow-ups/"
        given = {"plan": "reminder", "when": "1", "words": "Ring him.", "idempotency_key": "k" * 32}
        assert cora.post(path, given)["Location"] == cora.post(path, given)["Location"]
        with act_as_staff(SYSTEM):
            assert FollowUp.objects.count() == 1
        counts = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as caught:
                cora.get(path)
            counts.append(len(caught))
            with act_as_staff(SYSTEM):
                for _n in range(19):
                    rows.follow_up(ticket, world.cora.actor.staff_id or 0)
        assert counts[0] == counts[1]
