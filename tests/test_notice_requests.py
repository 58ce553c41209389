"""What happens to a request is told to whose it is, once, and never to who did it."""

from datetime import timedelta

import pytest

from portal.actions.noticemail import mail_notices
from portal.actions.people import invite_member
from portal.actors import SYSTEM
from portal.models import Product
from portal.rules.notices import Way
from portal.tenancy import act_as, act_as_staff
from tests.cast import MORNING, Person, World
from tests.noticing import HOUR, choose, mails, notices
from tests.tickets import acknowledged, publish_now
from tickets.actions.intake import add_client_message
from tickets.actions.work import accept, assign, change_state, reopen
from tickets.models import Ticket
from tickets.rules.states import Kind, State


def kinds(person: Person) -> list[str]:
    return [notice.kind for notice in notices(person)]


def at_work(world: World) -> Ticket:
    ticket = acknowledged(world)
    with act_as_staff(SYSTEM):
        accept(ticket.pk, kind=Kind.FAULT, by=world.cora.actor, at=MORNING, product=Product.objects.get())
    return ticket


def test_the_requester_hears_of_acceptance_waiting_and_the_end(world: World) -> None:
    ticket = at_work(world)
    with act_as_staff(SYSTEM):
        for state in (State.WAITING_CLIENT, State.RESOLVED):
            change_state(ticket.pk, state, by=world.cora.actor, at=MORNING)
        reopen(ticket.pk, by=world.cora.actor, at=MORNING)
    assert kinds(world.ben) == ["request accepted", "request waiting", "request ended", "request reopened"]
    assert notices(world.ben)[2].sentence == f"{ticket.ref} Mailbox full is now resolved."
    assert kinds(world.ann) == []


@pytest.mark.clause("HLP-5")
def test_an_answer_is_not_mailed_twice(world: World) -> None:
    ticket = at_work(world)
    with act_as_staff(SYSTEM):
        publish_now(ticket.pk, "Done.", by=world.cora.actor, at=MORNING, then=State.RESOLVED)
        mail_notices(MORNING + HOUR)
    assert kinds(world.ben) == ["request accepted", "request answered"]
    assert notices(world.ben)[1].sentence.endswith("is answered and resolved.")
    assert [mail.kind for mail in mails(world.ben, kinds=("reply", "notice", "digest"))] == ["reply"]


def test_the_assignee_hears_of_the_clients_words_and_of_being_given_it(world: World) -> None:
    ticket = at_work(world)
    with act_as(world.alder.pk):
        add_client_message(ticket.pk, "More.", author=world.ben.membership, by=world.ben.actor, at=MORNING)
    with act_as_staff(SYSTEM):
        assign(ticket.pk, to=world.lee.staff, by=world.cora.actor, at=MORNING)
        assign(ticket.pk, to=None, by=world.lee.actor, at=MORNING)
    assert kinds(world.cora) == ["client answered"]
    assert notices(world.cora)[0].sentence == f"Ben Baker wrote on {ticket.ref} Mailbox full."
    assert kinds(world.lee) == ["request assigned"]
    assert kinds(world.ben) == ["request accepted"]


def test_a_colleague_choosing_not_to_know_is_honoured_by_a_clients_work(world: World) -> None:
    choose(world.cora, "client answered", Way.OFF)
    ticket = at_work(world)
    with act_as(world.alder.pk):
        add_client_message(ticket.pk, "More.", author=world.ben.membership, by=world.ben.actor, at=MORNING)
    assert kinds(world.cora) == []


def test_who_reopens_by_writing_is_not_told_but_the_requester_is(world: World) -> None:
    ticket = at_work(world)
    with act_as_staff(SYSTEM):
        change_state(ticket.pk, State.RESOLVED, by=world.cora.actor, at=MORNING)
    with act_as(world.alder.pk):
        add_client_message(ticket.pk, "No.", author=world.ann.membership, by=world.ann.actor, at=MORNING + HOUR)
    assert kinds(world.ben)[-1] == "request reopened"
    assert kinds(world.ann) == []


def test_nobody_is_told_of_what_they_did(world: World) -> None:
    ticket = acknowledged(world)
    with act_as_staff(SYSTEM):
        accept(ticket.pk, kind=Kind.FAULT, by=world.cora.actor, at=MORNING, product=Product.objects.get())
        assign(ticket.pk, to=world.cora.staff, by=world.cora.actor, at=MORNING)
    assert kinds(world.cora) == []


def test_the_other_managers_hear_of_a_new_person(world: World) -> None:
    given = {"client_id": world.alder.pk, "email": "new@example.org", "name": "Nia New", "role": "manager"}
    with act_as_staff(SYSTEM):
        invite_member(**given, by=world.ann.actor, at=MORNING)
    assert kinds(world.ann) == []
    with act_as_staff(SYSTEM):
        invite_member(
            **{**given, "email": "more@example.org", "role": "author"},
            by=world.lee.actor,
            at=MORNING + timedelta(hours=1),
        )
    assert kinds(world.ann) == ["new person"]
    assert notices(world.ann)[0].sentence == "Lee Lister invited Nia New as author."
