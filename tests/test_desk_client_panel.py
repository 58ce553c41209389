"""A client's page at the desk shows what is open, and lets staff write a request down."""

from typing import Any

import pytest

from portal.actors import SYSTEM
from portal.tenancy import act_as_staff
from tests.cast import MORNING, World
from tests.tickets import acknowledged
from tickets.models import Ticket
from tickets.rules.states import Channel

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(frozen: Any) -> None:
    frozen(MORNING)


def test_the_clients_open_requests_stand_on_its_page(world: World, as_user: Any) -> None:
    ours, theirs = acknowledged(world), acknowledged(world, who=world.bea)
    page = as_user(world.lee).get("/desk/clients/alder/").content.decode()
    assert ours.ref in page and theirs.ref not in page
    assert "/desk/tickets/new/alder/" in page


@pytest.mark.clause("HLP-6")
def test_a_call_becomes_a_request_whose_clock_waits_for_the_acknowledgement(world: World, as_user: Any) -> None:
    staff = as_user(world.cora)
    assert staff.get("/desk/tickets/new/alder/").status_code == 200
    given = {"requester": world.ben.membership.pk, "subject": "Called about mail", "body": "No mail since nine."}
    answer = staff.post("/desk/tickets/new/alder/", given)
    assert answer.status_code == 302
    with act_as_staff(SYSTEM):
        ticket = Ticket.objects.get()
        assert (ticket.channel, ticket.requester_label, ticket.acknowledged_at) == (Channel.PHONE, "Ben Baker", None)
        assert not hasattr(ticket, "clock")


def test_somebody_elses_person_cannot_be_the_requester(world: World, as_user: Any) -> None:
    given = {"requester": world.bea.membership.pk, "subject": "Called", "body": "Words."}
    assert as_user(world.cora).post("/desk/tickets/new/alder/", given).status_code == 422
    with act_as_staff(SYSTEM):
        assert not Ticket.objects.exists()
