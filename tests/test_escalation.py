"""A request goes to Microsoft with its case, is asked about every two working days, and its clock never pauses (HLP-10)."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from portal import jobs
from portal.actors import SYSTEM
from portal.errors import Refused
from portal.models import AuditEvent, Notice
from portal.tenancy import act_as_staff
from tests.cast import MORNING, World
from tests.tickets import acknowledged, fresh
from tickets.actions.escalation import escalate, remind_of_microsoft
from tickets.actions.replies import reply
from tickets.actions.work import accept, change_state
from tickets.models import Escalation, Ticket
from tickets.rules.states import Group, Kind, State

DAY = timedelta(days=1)
KEY = {"idempotency_key": "0f8fad5b-d9cb-469f-a165-70867728950e"}
CASE = {"case_number": "2610000123", "reason": "The service itself is at fault"}


def accepted(world: World) -> Ticket:
    one = acknowledged(world, MORNING)
    with act_as_staff(world.cora.actor):
        return accept(one.pk, kind=Kind.FAULT, by=world.cora.actor, at=MORNING)


@pytest.mark.django_db
@pytest.mark.clause("HLP-10")
def test_escalating_by_the_page_needs_the_case_and_leaves_the_clock_alone(
    world: World, as_user: Any, frozen: Any
) -> None:
    frozen(MORNING)
    one = accepted(world)
    with act_as_staff(SYSTEM):
        before = fresh(one).clock
    cora, path = as_user(world.cora), f"/desk/tickets/{one.ref}/escalate/"
    assert cora.post(path, {"case_number": "", "reason": ""}).status_code == 422
    for _ in range(2):
        assert cora.post(path, CASE | KEY).status_code == 302
    with act_as_staff(SYSTEM):
        now = fresh(one)
        assert (now.state, now.queue_group) == (State.WITH_MICROSOFT, Group.CLOCK)
        assert (now.clock.due_at, now.clock.next_at) == (before.due_at, before.next_at)
        case = Escalation.objects.get()
        assert (case.since, case.remind_at, case.ended_at) == (MORNING, MORNING + 2 * DAY, None)
        assert AuditEvent.objects.filter(kind="request escalated", subject_id=one.pk, client_visible=True).count() == 1
    assert "case 2610000123" in as_user(world.ben).get(f"/c/alder/requests/{one.ref}/").content.decode()
    assert "2610000123" in cora.get(f"/desk/tickets/{one.ref}/access/").content.decode()


@pytest.mark.django_db
@pytest.mark.clause("HLP-10", "ACC-6")
def test_no_other_way_leads_to_microsoft(world: World) -> None:
    one, by = accepted(world), world.cora.actor
    with act_as_staff(by):
        with pytest.raises(Refused, match="Escalate"):
            change_state(one.pk, State.WITH_MICROSOFT, by=by, at=MORNING)
        with pytest.raises(Refused, match="Escalate"):
            reply(one.pk, "It is with Microsoft.", by=by, at=MORNING, then=State.WITH_MICROSOFT)
        untouched = acknowledged(world)
        with pytest.raises(Refused, match="Accept"):
            escalate(untouched.pk, **CASE, by=by, at=MORNING)
        escalate(one.pk, **CASE, by=by, at=MORNING)
        with pytest.raises(Refused, match="already"):
            escalate(one.pk, **CASE, by=by, at=MORNING)


@pytest.mark.django_db
@pytest.mark.clause("HLP-10")
def test_reminders_come_every_two_working_days_once_each_and_late(world: World) -> None:
    one, by = accepted(world), world.cora.actor
    with act_as_staff(SYSTEM):
        escalate(one.pk, **CASE, by=by, at=MORNING)
        assert remind_of_microsoft(MORNING + 2 * DAY - timedelta(seconds=1)) == 0
        assert remind_of_microsoft(MORNING + 2 * DAY) == 1
        assert remind_of_microsoft(MORNING + 2 * DAY) == 0
        late = MORNING + 9 * DAY
        assert remind_of_microsoft(late) == 1 and remind_of_microsoft(late) == 0
        assert Notice.objects.filter(kind="ask Microsoft again", user=world.cora.user).count() == 2
        case = Escalation.objects.get()
        assert (case.reminders, case.reminded_at, case.remind_at) == (2, late, late + 4 * DAY)
        change_state(one.pk, State.IN_PROGRESS, by=by, at=late)
        case.refresh_from_db()
        assert (case.ended_at, case.remind_at) == (late, None)
        assert remind_of_microsoft(late + 30 * DAY) == 0


@pytest.mark.clause("HLP-10")
def test_two_sweeps_beside_each_other_remind_once(lasting_world: World) -> None:
    world, gate = lasting_world, Barrier(2)
    one = accepted(world)
    with act_as_staff(SYSTEM):
        escalate(one.pk, **CASE, by=world.cora.actor, at=MORNING)
    done: list[int] = []

    def sweep() -> None:
        try:
            with act_as_staff(SYSTEM):
                gate.wait(10)
                done.append(remind_of_microsoft(MORNING + 2 * DAY))
        finally:
            connection.close()

    threads = [Thread(target=sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    with act_as_staff(SYSTEM):
        assert sorted(done) == [0, 1]
        assert Notice.objects.filter(kind="ask Microsoft again").count() == 1


def test_the_sweep_is_registered() -> None:
    assert jobs.load()["Microsoft reminders"].clause == "HLP-10"
