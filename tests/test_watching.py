"""Colleagues who get copies: who may add whom, what reaches them, and that it opens nothing by itself."""

from itertools import product
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from portal.actors import SYSTEM
from portal.errors import Refused
from portal.models import AuditEvent, Membership, Outbox
from portal.tenancy import act_as, act_as_staff
from tests.api import is_problem, programme_of
from tests.cast import MORNING, SINCE, Person, World
from tests.mails import raw_mail
from tests.noticing import notices
from tests.tickets import acknowledged, publish_now
from tickets.actions import merging
from tickets.actions.mailin import receive
from tickets.actions.watching import unwatch, watch
from tickets.models import Message, Ticket, TicketPerson, TicketWatcher
from tickets.queries.access import tickets_for_client
from tickets.queries.watching import who_see
from tickets.rules.mail.verdict import RawState
from tickets.rules.watching import MOST_WATCHERS, Adder, check_adding, check_removing

pytestmark = pytest.mark.clause("ODS-4")
ALLOWED = {
    (Adder.REQUESTER, True), (Adder.REQUESTER, False), (Adder.MANAGER, True), (Adder.STAFF, True), (Adder.THEMSELVES, True),
}  # fmt: skip


@pytest.mark.parametrize(("adder", "sees"), [*product(Adder, [True, False])], ids=lambda value: str(value))
def test_who_may_add_whom(adder: Adder, sees: bool) -> None:
    if (adder, sees) in ALLOWED:
        check_adding(adder, sees=sees, watching=MOST_WATCHERS - 1)
        with pytest.raises(Refused, match="get copies already"):
            check_adding(adder, sees=sees, watching=MOST_WATCHERS)
    else:
        with pytest.raises(Refused):
            check_adding(adder, sees=sees, watching=0)


def test_everybody_leaves_and_only_others_take_nobody_off() -> None:
    for adder in set(Adder) - {Adder.OTHER}:
        check_removing(adder)
    with pytest.raises(Refused):
        check_removing(Adder.OTHER)


@pytest.fixture(autouse=True)
def now(frozen: Any) -> None:
    frozen(MORNING)


def add(ticket: Ticket, person: Person, by: Person, *, by_mail: bool = True) -> TicketWatcher:
    """As the page does it, in the scope of who adds."""
    scope = act_as(by.membership.client_id) if by.membership else act_as_staff(by.actor)
    with scope:
        return watch(ticket.pk, person_id=person.membership.pk, by_mail=by_mail, by=by.actor, at=MORNING)


def answer(ticket: Ticket, world: World) -> Message:
    with act_as_staff(SYSTEM):
        return publish_now(ticket.pk, "It works again.", by=world.cora.actor, at=MORNING)


def mailed(kind: str) -> list[Outbox]:
    with act_as_staff(SYSTEM):
        return list(Outbox.objects.filter(kind=kind).order_by("id"))


@pytest.mark.django_db
class TestWhoSees:
    @pytest.mark.parametrize("confidential", [False, True], ids=["standard", "confidential"])
    @pytest.mark.parametrize("named", [(), ("bill",), ("ann", "bill")], ids=["nobody", "bill", "ann and bill"])
    def test_it_is_what_the_pages_show(self, world: World, confidential: bool, named: tuple[str, ...]) -> None:
        ticket = acknowledged(world, confidential=confidential, named=[getattr(world, one).membership for one in named])
        with act_as_staff(SYSTEM):
            seeing = {person.user_id for person in who_see(ticket, MORNING.date())}
            people = [world.ann, world.ben, world.bill]
            shown = {one.user.pk for one in people if tickets_for_client(one.actor).filter(pk=ticket.pk).exists()}
        assert seeing == shown


@pytest.mark.django_db
class TestAdding:
    def test_the_requester_shows_it_to_a_colleague(self, world: World) -> None:
        ticket = acknowledged(world)
        row = add(ticket, world.bill, world.ben)
        assert row.named
        with act_as(world.alder.pk):
            assert tickets_for_client(world.bill.actor).get() == ticket
        assert notices(world.bill)[-1].sentence == f"Ben Baker added you to {ticket.ref} Mailbox full."
        with act_as_staff(SYSTEM):
            assert AuditEvent.objects.filter(kind="watcher added", subject_id=ticket.pk).count() == 1

    @pytest.mark.parametrize("who", ["ann", "cora"])
    def test_nobody_else_opens_a_request_to_somebody(self, world: World, who: str) -> None:
        ticket = acknowledged(world)
        with pytest.raises(Refused, match="cannot see the request"):
            add(ticket, world.bill, getattr(world, who))
        assert not add(ticket, world.ann, getattr(world, who)).named

    def test_a_manager_does_not_get_copies_of_what_is_confidential(self, world: World) -> None:
        ticket = acknowledged(world, confidential=True)
        with pytest.raises(Refused, match="cannot see the request"):
            add(ticket, world.ann, world.cora)

    def test_another_clients_person_is_nobody_here(self, world: World) -> None:
        ticket = acknowledged(world)
        for by in (world.ben, world.cora):
            with pytest.raises(Refused, match="client’s people"):
                add(ticket, world.bea, by)

    def test_nobody_is_added_twice(self, world: World) -> None:
        ticket = acknowledged(world)
        add(ticket, world.ann, world.ben)
        with pytest.raises(Refused, match="already"):
            add(ticket, world.ann, world.ben)

    def test_the_database_keeps_clients_apart(self, world: World) -> None:
        ticket = acknowledged(world)
        given = {"client": world.alder, "ticket": ticket, "added_by": "x", "added_at": MORNING}
        with act_as_staff(SYSTEM), pytest.raises(IntegrityError, match="same_client"), transaction.atomic():
            TicketWatcher.objects.create(membership=world.bea.membership, **given)
        add(ticket, world.ann, world.ben)
        with act_as(world.birch.pk):
            assert not TicketWatcher.objects.exists()


@pytest.mark.django_db
class TestCopies:
    def test_an_answer_reaches_each_in_a_mail_of_their_own(self, world: World) -> None:
        ticket = acknowledged(world)
        add(ticket, world.ann, world.ben)
        add(ticket, world.bill, world.ben, by_mail=False)
        answer(ticket, world)
        assert [mail.to_email for mail in mailed("reply")] == [world.ben.user.email]
        copy = mailed("copy")[0]
        assert len(mailed("copy")) == 1 and copy.to_email == world.ann.user.email
        assert "It works again." in copy.text and "Dear Ann Archer" in copy.text
        assert world.ben.user.email not in copy.text + str(copy.headers)
        assert "Auto-Submitted" not in copy.headers
        for person in (world.ann, world.bill):
            assert notices(person)[-1].sentence == f"{ticket.ref} Mailbox full is answered."

    def test_who_may_see_it_no_more_gets_no_more(self, world: World) -> None:
        ticket = acknowledged(world)
        add(ticket, world.ann, world.ben)
        with act_as_staff(SYSTEM):
            Ticket.objects.filter(pk=ticket.pk).update(visibility="confidential")
        answer(ticket, world)
        assert not mailed("copy")

    def test_a_leaver_gets_no_more(self, world: World) -> None:
        ticket = acknowledged(world)
        add(ticket, world.bill, world.ben)
        with act_as_staff(SYSTEM):
            Membership.objects.filter(pk=world.bill.membership.pk).update(valid_to=MORNING.date())
        answer(ticket, world)
        assert not mailed("copy")

    def test_the_watchers_of_a_merged_request_follow_where_they_may_see(self, world: World) -> None:
        one, two = acknowledged(world), acknowledged(world)
        add(one, world.ann, world.ben)
        add(one, world.bill, world.ben)
        with act_as_staff(SYSTEM):
            merging.merge(one.pk, into_id=two.pk, by=world.cora.actor, at=MORNING)
        answer(two, world)
        assert [mail.to_email for mail in mailed("copy")] == [world.ann.user.email]

    def test_the_watchers_are_read_in_one_query(self, world: World) -> None:
        ticket = acknowledged(world)
        add(ticket, world.ann, world.ben, by_mail=False)
        with act_as_staff(SYSTEM), CaptureQueriesContext(connection) as caught:
            publish_now(ticket.pk, "One.", by=world.cora.actor, at=MORNING)
        assert sum('FROM "tickets_ticketwatcher"' in one["sql"] for one in caught) == 1

    @pytest.mark.parametrize("who", ["ann", "bill"])
    def test_a_watchers_mail_joins_as_theirs(self, world: World, who: str) -> None:
        """As that of somebody who takes part, even where our mail server says nothing about the sender."""
        ticket, person = acknowledged(world), getattr(world, who)
        add(ticket, person, world.ben)
        answer(ticket, world)
        raw = raw_mail(person, In_Reply_To=mailed("copy")[0].message_id, body="Not for me.")
        row = receive(raw, source="command", at=MORNING)
        assert row.state == RawState.REPLIED
        with act_as_staff(SYSTEM):
            said = Message.objects.filter(ticket=ticket).order_by("-id")[0]
        assert said.author_member_id == person.membership.pk and "Not for me." in said.body


@pytest.mark.django_db
class TestEnding:
    def test_who_leaves_may_still_see_it(self, world: World) -> None:
        ticket = acknowledged(world)
        row = add(ticket, world.bill, world.ben)
        with act_as(world.alder.pk):
            unwatch(ticket.pk, watcher_id=row.pk, by=world.bill.actor, at=MORNING)
            assert tickets_for_client(world.bill.actor).exists()
        answer(ticket, world)
        assert not mailed("copy")

    def test_whom_the_requester_takes_off_sees_it_no_more(self, world: World) -> None:
        ticket = acknowledged(world)
        row = add(ticket, world.bill, world.ben)
        with act_as(world.alder.pk):
            unwatch(ticket.pk, watcher_id=row.pk, by=world.ben.actor, at=MORNING)
            assert not tickets_for_client(world.bill.actor).exists()
            assert not TicketPerson.objects.exists()

    def test_a_named_colleague_takes_nobody_else_off(self, world: World) -> None:
        ticket = acknowledged(world, named=[world.bill.membership])
        row = add(ticket, world.ann, world.ben)
        with act_as(world.alder.pk), pytest.raises(Refused, match="take somebody else off"):
            unwatch(ticket.pk, watcher_id=row.pk, by=world.bill.actor, at=MORNING)


@pytest.mark.django_db
class TestPages:
    def test_added_once_shown_to_both_sides_and_left_by_one_click(self, world: World, as_user: Any) -> None:
        ticket = acknowledged(world)
        address = f"/c/alder/requests/{ticket.ref}/copies/"
        said = {"person": world.ann.membership.pk, "by_mail": "on", "idempotency_key": "k1"}
        for _ in range(2):
            assert as_user(world.ben).post(address, said, follow=True).status_code == 200
        with act_as_staff(SYSTEM):
            row = TicketWatcher.objects.get()
            assert AuditEvent.objects.filter(kind="watcher added").count() == 1
        assert "Ann Archer" in as_user(world.cora).get(f"/desk/tickets/{ticket.ref}/copies/").content.decode()
        assert "Stop my copies" in as_user(world.ann).get(address).content.decode()
        end = {"idempotency_key": "k2"}
        for _ in range(2):
            as_user(world.ann).post(f"{address}{row.pk}/end/", end)
        with act_as_staff(SYSTEM):
            assert not TicketWatcher.objects.exists()
            assert AuditEvent.objects.filter(kind="watcher removed").count() == 1

    def test_staff_add_a_manager_and_are_told_what_is_missing(self, world: World, as_user: Any) -> None:
        ticket = acknowledged(world)
        address = f"/desk/tickets/{ticket.ref}/copies/"
        staff = as_user(world.cora)
        assert staff.post(address, {"by_mail": "on"}).status_code == 422
        assert staff.post(address, {"by_mail": "on", "person": world.bill.membership.pk}).status_code == 422
        page = staff.post(address, {"person": world.ann.membership.pk}, follow=True).content.decode()
        assert "Ann Archer gets a copy" in page and "in the portal" in page

    def test_a_named_colleague_is_offered_only_themselves(self, world: World, as_user: Any) -> None:
        ticket = acknowledged(world, named=[world.bill.membership])
        page = as_user(world.bill).get(f"/c/alder/requests/{ticket.ref}/copies/").content.decode()
        assert ">Bill Butler</option>" in page and ">Ann Archer</option>" not in page

    def test_another_requests_watcher_is_not_found_here(self, world: World, as_user: Any) -> None:
        one, two = acknowledged(world), acknowledged(world)
        row = add(one, world.ann, world.ben)
        answered = as_user(world.ben).post(f"/c/alder/requests/{two.ref}/copies/{row.pk}/end/")
        assert answered.status_code == 404
        assert as_user(world.bea).post(f"/c/birch/requests/{one.ref}/copies/{row.pk}/end/").status_code == 404

    @pytest.mark.parametrize("side", ["client", "desk"])
    def test_the_page_costs_the_same_with_one_and_twenty(self, world: World, as_user: Any, side: str) -> None:
        ticket = acknowledged(world)
        address = {"client": f"/c/alder/requests/{ticket.ref}/copies/", "desk": f"/desk/tickets/{ticket.ref}/copies/"}
        browser = as_user(world.ben if side == "client" else world.cora)
        add(ticket, world.bill, world.ben)
        counts = []
        for many in (0, 19):
            crowd(world, ticket, many)
            browser.get(address[side])
            with CaptureQueriesContext(connection) as caught:
                assert browser.get(address[side]).status_code == 200
            counts.append(len(caught))
        assert counts[0] == counts[1]


@pytest.mark.django_db
class TestProgrammes:
    def test_a_programme_adds_lists_and_ends_as_the_page_does(self, world: World) -> None:
        ticket, programme = acknowledged(world), programme_of(world.ben)
        address = f"tickets/{ticket.ref}/watchers"
        said = {"person": world.ann.membership.pk, "by_mail": True}
        for _ in range(2):
            made = programme.post(address, said, key="one")
            assert made.status_code == 201, made.content
        shown = made.json()
        assert (shown["name"], shown["by_mail"], shown["added_by"]) == ("Ann Archer", True, "Ben Baker")
        assert programme.get(address).json()["results"] == [shown]
        assert programme_of(world.cora).get(address).json()["results"] == [shown]
        is_problem(programme_of(world.bea).get(address), 404)
        is_problem(programme_of(world.bea).post(f"{address}/{shown['id']}/end"), 404)
        assert programme.post(f"{address}/{shown['id']}/end").status_code == 200
        is_problem(programme.post(f"{address}/{shown['id']}/end"), 404)

    def test_whom_nobody_may_add_is_refused(self, world: World) -> None:
        ticket = acknowledged(world)
        refused = is_problem(
            programme_of(world.cora).post(f"tickets/{ticket.ref}/watchers", {"person": world.bill.membership.pk}), 400
        )
        assert [one["field"] for one in refused["errors"]] == ["person"]


def crowd(world: World, ticket: Ticket, many: int) -> None:
    """More watchers, each a membership of the past of Bill's."""
    with act_as_staff(SYSTEM):
        for number in range(many):
            day = SINCE.replace(year=2000 + number)
            past = Membership.objects.create(
                client=world.alder, user=world.bill.user, address=world.bill.address, label=f"Person {number}",
                email=world.bill.user.email, role="billing", valid_from=day, valid_to=day.replace(month=2),
                invited_at=MORNING, joined_at=MORNING,
            )  # fmt: skip
            TicketWatcher.objects.create(
                client=world.alder, ticket=ticket, membership=past, added_by="Ben", added_at=MORNING
            )
