"""A client's pages: home, requests, one request, asking, replying."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.actors import SYSTEM
from portal.models import AuditEvent, Outbox
from portal.tenancy import act_as_staff
from tests.cast import MORNING, World
from tests.tickets import acknowledged, fresh, publish_now, raised
from tickets.actions.replies import note
from tickets.actions.work import change_state
from tickets.models import Ticket, TicketPerson
from tickets.rules.states import State

pytestmark = pytest.mark.django_db
QUESTION = {"subject": "Scanner  silent", "body": "It sends nothing."}


@pytest.fixture(autouse=True)
def now(frozen: Any) -> None:
    frozen(MORNING)


@pytest.mark.clause("HLP-5")
def test_asking_gives_a_reference_and_queues_the_acknowledgement(world: World, as_user: Any) -> None:
    answer = as_user(world.ben).post("/c/alder/requests/new/", QUESTION)
    with act_as_staff(SYSTEM):
        ticket = Ticket.objects.get()
        assert answer.headers["Location"] == f"/c/alder/requests/{ticket.ref}/"
        assert (ticket.subject, ticket.requester_label, ticket.channel) == ("Scanner silent", "Ben Baker", "portal")
        assert Outbox.objects.filter(kind="acknowledgement", about_id=ticket.pk).count() == 1
        assert AuditEvent.objects.filter(kind="request received", subject_id=ticket.pk).count() == 1


def test_the_same_form_twice_is_one_request(world: World, as_user: Any) -> None:
    form = QUESTION | {"idempotency_key": "0f8fad5b-d9cb-469f-a165-70867728950e"}
    person = as_user(world.ben)
    first, second = (person.post("/c/alder/requests/new/", form).headers["Location"] for _ in range(2))
    assert first == second
    with act_as_staff(SYSTEM):
        assert Ticket.objects.count() == 1


@pytest.mark.parametrize("lacks", ["subject", "body"])
def test_an_incomplete_form_says_what_is_missing_and_keeps_the_rest(world: World, as_user: Any, lacks: str) -> None:
    answer = as_user(world.ben).post("/c/alder/requests/new/", {**QUESTION, lacks: ""})
    page = answer.content.decode()
    assert answer.status_code == 422 and "data-errors" in page
    kept = QUESTION["body" if lacks == "subject" else "subject"]
    assert kept in page


def test_a_billing_contact_and_an_author_see_their_own_and_a_manager_all(world: World, as_user: Any) -> None:
    bens, anns = acknowledged(world), acknowledged(world, who=world.ann)
    lists = {
        name: as_user(world.people[name]).get("/c/alder/requests/?view=all").content.decode()
        for name in ("ann", "ben", "bill")
    }
    assert bens.ref in lists["ann"] and anns.ref in lists["ann"]
    assert bens.ref in lists["ben"] and anns.ref not in lists["ben"]
    assert bens.ref not in lists["bill"]
    assert as_user(world.bill).get(f"/c/alder/requests/{bens.ref}/").status_code == 404


def test_a_confidential_request_is_seen_by_the_requester_and_people_named(world: World, as_user: Any) -> None:
    ticket = raised(world, confidential=True, named=[world.bill.membership])
    address = f"/c/alder/requests/{ticket.ref}/"
    assert as_user(world.ben).get(address).status_code == 200
    assert as_user(world.bill).get(address).status_code == 200
    assert as_user(world.ann).get(address).status_code == 404
    with act_as_staff(SYSTEM):
        assert TicketPerson.objects.get().membership_id == world.bill.membership.pk


def test_another_clients_request_is_the_same_404_as_none(world: World, as_user: Any) -> None:
    ticket = acknowledged(world)
    stranger = as_user(world.bea)
    assert stranger.get(f"/c/birch/requests/{ticket.ref}/").status_code == 404
    assert stranger.get("/c/birch/requests/0000-0000/").status_code == 404
    assert stranger.get(f"/c/alder/requests/{ticket.ref}/").status_code == 404
    assert stranger.post(f"/c/birch/requests/{ticket.ref}/reply/", {"body": "mine"}).status_code == 404


def test_a_reply_brings_a_waiting_request_back_to_us(world: World, as_user: Any) -> None:
    ticket = acknowledged(world)
    with act_as_staff(world.cora.actor):
        publish_now(ticket.pk, "Which printer?", by=world.cora.actor, at=MORNING, then=State.WAITING_CLIENT)
    answer = as_user(world.ben).post(f"/c/alder/requests/{ticket.ref}/reply/", {"body": "The big one."})
    assert answer.status_code == 302
    with act_as_staff(SYSTEM):
        assert fresh(ticket).state == State.ACKNOWLEDGED
        assert fresh(ticket).asked_at == MORNING


def test_an_internal_note_never_reaches_a_clients_page(world: World, as_user: Any) -> None:
    ticket = acknowledged(world)
    with act_as_staff(world.cora.actor):
        note(ticket.pk, "MARKER-INSIDE", by=world.cora.actor, at=MORNING)
    for who in (world.ben, world.ann):
        page = as_user(who).get(f"/c/alder/requests/{ticket.ref}/").content.decode()
        assert "I cannot send." in page and "MARKER-INSIDE" not in page


def test_the_page_explains_the_promise_and_how_it_is_reckoned(world: World, as_user: Any) -> None:
    ticket = acknowledged(world)
    page = as_user(world.ben).get(f"/c/alder/requests/{ticket.ref}/").content.decode()
    assert "We will answer by Wed 10:40." in page
    assert "How this time is worked out" in page and "HLP-3" in page


def test_a_resolved_request_is_settled_by_one_button(world: World, as_user: Any) -> None:
    ticket = acknowledged(world)
    with act_as_staff(world.cora.actor):
        publish_now(ticket.pk, "Done.", by=world.cora.actor, at=MORNING, then=State.RESOLVED)
    person = as_user(world.ben)
    assert "Is it settled?" in person.get(f"/c/alder/requests/{ticket.ref}/").content.decode()
    person.post(f"/c/alder/requests/{ticket.ref}/settled/")
    with act_as_staff(SYSTEM):
        assert fresh(ticket).state == State.CLOSED


@pytest.mark.clause("HLP-5")
def test_writing_to_a_request_that_ended_long_ago_is_refused_in_words(world: World, as_user: Any, frozen: Any) -> None:
    ticket = acknowledged(world)
    with act_as_staff(world.cora.actor):
        change_state(ticket.pk, State.RESOLVED, by=world.cora.actor, at=MORNING)
    person = as_user(world.ben)
    frozen(MORNING + timedelta(days=15))
    answer = as_user(world.ben).post(f"/c/alder/requests/{ticket.ref}/reply/", {"body": "Again."})
    assert answer.status_code == 422 and "more than 14 days ago" in answer.content.decode()
    assert person is not None


@pytest.mark.parametrize("address", ["/c/alder/", "/c/alder/requests/?view=all"])
def test_lists_ask_as_much_for_twenty_rows_as_for_one(world: World, as_user: Any, address: str) -> None:
    person = as_user(world.ann)
    acknowledged(world)
    person.get(address)
    with CaptureQueriesContext(connection) as one:
        person.get(address)
    for _ in range(19):
        acknowledged(world)
    with CaptureQueriesContext(connection) as twenty:
        page = person.get(address).content.decode()
    assert len(twenty) == len(one), [query["sql"][:100] for query in twenty]
    assert page.count("Mailbox full") >= 6


def test_the_home_page_is_true_when_nothing_was_ever_asked(world: World, as_user: Any) -> None:
    page = as_user(world.bea).get("/c/birch/").content.decode()
    assert "Nothing is waiting." in page and "Nothing has been asked yet" in page
