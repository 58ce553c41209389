"""The working calendar's versions: what a new one would move is seen first, then done, logged, and nothing else moves."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.actors import SYSTEM
from portal.errors import Refused
from portal.models import AuditEvent, AuditPayload, Entitlement, WorkingCalendar
from portal.queries.contract import calendar_at, worktime_of
from portal.tenancy import act_as, act_as_staff
from portal.worktime import Calendar
from tests.cast import MORNING, World
from tests.tickets import acknowledged, fresh, publish_now
from tickets.actions.calendar import ListChanged, change_calendar
from tickets.actions.watch import watch_clocks
from tickets.models import ResponseClock, Ticket
from tickets.queries.calendar import moved_by, running_clocks, seal_of
from tickets.rules.states import Group

pytestmark = [pytest.mark.django_db, pytest.mark.clause("HLP-3", "HLP-4")]
NEW = "/desk/calendar/new/"
# Tomorrow is closed: a promise due on Wednesday at 10:40 moves to Thursday.
CLOSED = {
    "hours": "09:00-17:30", "days": ["0", "1", "2", "3", "4"], "subdivision": "ENG", "closures": "2026-11-25",
    "effective_from": "2026-11-24",
}  # fmt: skip
CLOSED_TOMORROW = Calendar.parse(closures=[date(2026, 11, 25)], version=2)
THURSDAY = datetime(2026, 11, 26, 10, 40, tzinfo=UTC)


@pytest.fixture(autouse=True)
def morning(frozen: Any) -> None:
    frozen(MORNING)


def confirmed(browser: Any, given: dict[str, Any] = CLOSED, **more: Any) -> Any:
    """Look at the list, then confirm exactly it."""
    seen = browser.post(NEW, given).context["seen"]
    return browser.post(NEW, {**given, "seen": seen, **more})


def changed(world: World, calendar: Calendar, at: datetime = MORNING) -> int:
    with act_as_staff(world.lee.actor):
        seen = seal_of(moved_by(calendar, running_clocks(at), at))
        return change_calendar(calendar, effective_at=at, seen=seen, by=world.lee.actor, at=at)[1]


def four_hours_with_a_lunch_break(world: World) -> Ticket:
    """A support subscriber's request of 10:40, due at 15:40 because of the break from 12:30 to 13:30."""
    changed(world, Calendar.parse(hours="09:00-12:30,13:30-17:30", version=2))
    with act_as_staff(SYSTEM):
        Entitlement.objects.create(
            client=world.alder, kind="support", valid_from=date(2026, 1, 1), source="test", recorded_by="Ada",
            recorded_at=MORNING - timedelta(days=300),
        )  # fmt: skip
    ticket = acknowledged(world)
    with act_as_staff(SYSTEM):
        assert fresh(ticket).clock.due_at == MORNING.replace(hour=15)
    return ticket


def versions() -> list[int]:
    with act_as_staff(SYSTEM):
        return list(WorkingCalendar.objects.order_by("version").values_list("version", flat=True))


class TestBeforeItIsConfirmed:
    def test_the_open_requests_that_would_move_are_listed_with_both_times(self, world: World, as_user: Any) -> None:
        ticket = acknowledged(world)
        answer = as_user(world.lee).post(NEW, CLOSED)
        page = answer.content.decode()
        assert answer.status_code == 200 and ticket.ref in page
        assert "25 November 2026" in page and "26 November 2026" in page
        assert versions() == [1]
        with act_as_staff(SYSTEM):
            assert fresh(ticket).clock.due_at == ticket.clock.due_at

    def test_a_list_that_has_changed_since_is_shown_again(self, world: World, as_user: Any) -> None:
        browser = as_user(world.lee)
        seen = browser.post(NEW, CLOSED).context["seen"]
        ticket = acknowledged(world)
        answer = browser.post(NEW, {**CLOSED, "seen": seen})
        assert answer.status_code == 409 and ticket.ref in answer.content.decode()
        assert versions() == [1]

    def test_what_a_calendar_cannot_be_is_said_in_words(self, world: World, as_user: Any) -> None:
        wrong = [
            ({"hours": "17:00-09:00"}, "hours"),
            ({"hours": "09:00-13:00,12:00-17:00"}, "overlap"),
            ({"days": []}, "field is required"),
            ({"closures": "Christmas"}, "Write a day like"),
            ({"effective_from": "2026-11-23"}, "cannot begin in the past"),
            ({"closures": ""}, "Nothing differs from version 1"),
        ]
        browser = as_user(world.lee)
        for change, says in wrong:
            answer = browser.post(NEW, CLOSED | change)
            assert answer.status_code == 422 and says in answer.content.decode()

    def test_the_list_costs_as_many_queries_for_one_as_for_ten(self, world: World, as_user: Any) -> None:
        browser, counts = as_user(world.lee), []
        browser.get(NEW)
        for more in (1, 9):
            for _ in range(more):
                acknowledged(world)
            with CaptureQueriesContext(connection) as queries:
                browser.post(NEW, CLOSED)
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 14


class TestConfirmed:
    def test_the_open_promise_moves_and_its_place_in_the_queue(self, world: World, as_user: Any) -> None:
        ticket = acknowledged(world)
        assert confirmed(as_user(world.lee)).headers["Location"] == "/desk/calendar/"
        with act_as_staff(SYSTEM):
            now = fresh(ticket)
            assert (now.clock.due_at, now.queue_at, now.queue_group) == (THURSDAY, THURSDAY, Group.CLOCK)
            assert now.clock.calendar.version == 2 and now.version == ticket.version + 1
            assert now.clock.trail["due"] == THURSDAY.isoformat()
            assert MORNING < now.clock.next_at == now.clock.warn75_at < now.clock.warn90_at < THURSDAY
            assert calendar_at(MORNING).closures == ["2026-11-25"]

    def test_each_moved_request_and_the_version_are_on_record(self, world: World, as_user: Any) -> None:
        ticket, other = acknowledged(world), acknowledged(world, who=world.bea)
        confirmed(as_user(world.lee))
        with act_as_staff(SYSTEM):
            assert AuditEvent.objects.filter(kind="calendar changed", client_id=None).count() == 1
            said = AuditPayload.objects.get(event__kind="deadline moved", event__subject_id=ticket.pk).payload
            assert (said["ref"], said["calendar"]) == (ticket.ref, 2)
            assert said["from"].startswith("2026-11-25T10:40") and said["to"].startswith("2026-11-26T10:40")
        with act_as(world.birch.pk):
            seen = AuditEvent.objects.filter(kind="deadline moved").values_list("subject_id", flat=True)
            assert list(seen) == [other.pk]

    def test_confirmed_twice_is_done_once(self, world: World, as_user: Any) -> None:
        acknowledged(world)
        browser = as_user(world.lee)
        seen = browser.post(NEW, CLOSED).context["seen"]
        form = {**CLOSED, "seen": seen, "idempotency_key": "c1"}
        assert [browser.post(NEW, form).status_code for _ in range(2)] == [302, 302]
        assert versions() == [1, 2]

    def test_answered_missed_and_finished_promises_stay(self, world: World) -> None:
        answered, missed = acknowledged(world), acknowledged(world, at=MORNING - timedelta(days=4))
        with act_as_staff(SYSTEM):
            publish_now(answered.pk, "Done.", by=world.cora.actor, at=MORNING)
            watch_clocks(MORNING)
            before = {clock.pk: (clock.due_at, clock.calendar_id) for clock in ResponseClock.objects.all()}
            assert fresh(missed).clock.breached_at
        assert changed(world, CLOSED_TOMORROW) == 0
        with act_as_staff(SYSTEM):
            after = {clock.pk: (clock.due_at, clock.calendar_id) for clock in ResponseClock.objects.all()}
        assert before == after

    @pytest.mark.parametrize(("hour", "due"), [(14, (14, 40)), (15, (15, 40))])
    def test_a_change_of_hours_does_not_break_a_promise_by_itself(
        self, world: World, hour: int, due: tuple[int, int]
    ) -> None:
        """Without the lunch break the promise ends at 14:40: told at 14:00 it moves there, at 15:00 it keeps its time."""
        ticket = four_hours_with_a_lunch_break(world)
        changed(world, Calendar.parse(version=3), at=MORNING.replace(hour=hour, minute=0))
        with act_as_staff(SYSTEM):
            assert fresh(ticket).clock.due_at == MORNING.replace(hour=due[0], minute=due[1])

    def test_a_share_that_is_passed_now_is_told_by_the_next_sweep(self, world: World) -> None:
        ticket, at = four_hours_with_a_lunch_break(world), MORNING.replace(hour=14, minute=0)
        changed(world, Calendar.parse(version=3), at=at)
        with act_as_staff(SYSTEM):
            assert fresh(ticket).clock.next_at == at
            assert watch_clocks(at) == 1
            clock = fresh(ticket).clock
            assert clock.warned75_at == clock.warn75_at == MORNING.replace(hour=13, minute=40)
            assert clock.next_at == clock.warn90_at

    def test_a_version_that_begins_later_moves_nothing(self, world: World, as_user: Any) -> None:
        ticket = acknowledged(world)
        confirmed(as_user(world.ada), CLOSED | {"effective_from": "2026-12-01", "closures": "2026-12-24"})
        with act_as_staff(SYSTEM):
            assert fresh(ticket).clock.due_at == ticket.clock.due_at
            assert calendar_at(MORNING).version == 1
            later = calendar_at(datetime(2026, 12, 1, tzinfo=UTC))
            assert (later.version, later.closures) == (2, ["2026-12-24"])

    def test_a_version_before_a_planned_one_is_refused(self, world: World, as_user: Any) -> None:
        browser = as_user(world.lee)
        confirmed(browser, CLOSED | {"effective_from": "2026-12-01", "closures": "2026-12-24"})
        assert confirmed(browser).status_code == 302
        assert versions() == [1, 2]

    def test_several_spans_a_day_and_other_bank_holidays_are_kept(self, world: World, as_user: Any) -> None:
        spans = {"hours": "09:00-12:30, 13:30-17:30", "days": ["0", "2", "5"], "subdivision": "SCT", "closures": ""}
        confirmed(as_user(world.lee), CLOSED | spans)
        with act_as_staff(SYSTEM):
            row = WorkingCalendar.objects.get(version=2)
        assert (row.hours, row.days, row.subdivision) == ([["09:00", "12:30"], ["13:30", "17:30"]], [0, 2, 5], "SCT")
        assert row.made_by == "Lee Lister" and worktime_of(row).version == 2

    def test_the_moved_times_cost_a_fixed_number_of_queries(self, world: World) -> None:
        counts = []
        for number, more in enumerate((1, 9)):
            for _ in range(more):
                acknowledged(world)
            calendar = Calendar.parse(closures=[date(2026, 11, 25)] + [date(2026, 11, 26)] * number)
            with CaptureQueriesContext(connection) as queries:
                changed(world, calendar)
            counts.append(len(queries))
        assert counts[0] == counts[1]


class TestWhoMayChangeIt:
    def test_agents_and_clients_may_not(self, world: World, as_user: Any) -> None:
        for who in (world.cora, world.dev, world.ann, world.bea):
            assert as_user(who).post(NEW, CLOSED | {"seen": seal_of([])}).status_code in (403, 404)
        assert versions() == [1]

    def test_the_action_asks_too(self, world: World) -> None:
        with act_as_staff(world.cora.actor), pytest.raises(Refused, match="change the working calendar"):
            change_calendar(CLOSED_TOMORROW, effective_at=MORNING, seen=seal_of([]), by=world.cora.actor, at=MORNING)

    def test_another_list_is_no_confirmation(self, world: World) -> None:
        acknowledged(world)
        with pytest.raises(ListChanged), act_as_staff(world.lee.actor):
            change_calendar(CLOSED_TOMORROW, effective_at=MORNING, seen=seal_of([]), by=world.lee.actor, at=MORNING)

    def test_the_versions_are_listed(self, world: World, as_user: Any) -> None:
        confirmed(as_user(world.lee))
        page = as_user(world.lee).get("/desk/calendar/").content.decode()
        assert "Version 2" in page and "2026-11-25" in page and "Lee Lister" in page
