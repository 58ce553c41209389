"""A leaver's open requests return to the queue; the demo's clock finds what falls due next."""

from portal import clock_stops
from portal.actions.staff import leave_staff
from tests.cast import MORNING
from tests.people import audited, overview
from tests.tickets import acknowledged, fresh
from tickets.actions.work import assign


class TestLeavers:
    def test_open_requests_go_back_to_nobody(self, world):
        with overview():
            ticket = acknowledged(world)
            assign(ticket.pk, to=world.cora.staff, by=world.lee.actor, at=MORNING)
        leave_staff(staff_id=world.cora.staff.pk, day=MORNING.date(), by=world.ada.actor, at=MORNING)
        with overview():
            assert fresh(ticket).assignee_id is None
        assert [event.actor_label for event in audited("request assigned")] == ["Lee Lister", "Ada Ashby"]

    def test_those_of_others_stay(self, world):
        with overview():
            ticket = acknowledged(world)
            assign(ticket.pk, to=world.lee.staff, by=world.lee.actor, at=MORNING)
        leave_staff(staff_id=world.cora.staff.pk, day=MORNING.date(), by=world.ada.actor, at=MORNING)
        with overview():
            assert fresh(ticket).assignee_id == world.lee.staff.pk


class TestNextStop:
    def test_it_is_the_first_due_time_that_no_answer_has_met(self, world):
        with overview():
            ticket = fresh(acknowledged(world))
            assert clock_stops.next_stop(MORNING) == ticket.clock.due_at
            assert clock_stops.next_stop(ticket.clock.due_at) is None
