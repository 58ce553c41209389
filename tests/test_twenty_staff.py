"""Twenty people work on the same queue at once: nothing that was accepted is lost, nothing is said twice, nobody meets a fault."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from threading import Barrier
from time import sleep
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection

from portal import clock
from portal.actors import SYSTEM
from portal.models import Address, AuditEvent, Nda, Outbox, Staff, User
from portal.queries.contract import calendar_at, worktime_of
from portal.rules.states import Grade
from portal.tenancy import act_as_staff
from tests.browser import Site
from tests.cast import BEGAN, SINCE, Person, World
from tests.staffhands import ACCEPTED, CONFLICT, Deed, Hand
from tests.tickets import acknowledged
from tickets.actions.base import lock
from tickets.actions.watch import publish_replies
from tickets.models import BulkAct, Message, Ticket
from tickets.queries.queue import View, queue_page
from tickets.rules.states import Group, MessageKind

STAFF = 20
KINDS = {
    "accept": ("request accepted",),
    "assign": ("request assigned",),
    "move": ("request moved", "request resolved"),
    "mark": ("request marked",),
    "note": ("note written",),
    "merge": ("request merged",),
}
EVENTS = AuditEvent.objects.select_related("body")
VERSIONED = ("accept", "assign", "move", "mark", "merge")


def hire(number: int) -> list[Person]:
    """So many further agents with a valid NDA."""
    password = make_password(None)
    made = []
    with act_as_staff(SYSTEM):
        for n in range(number):
            label, email = f"Hand Number{n:02d}", f"hand{n:02d}@example.org"
            user = User.objects.create(email=email, name=label, password=password, created_at=BEGAN)
            address = Address.objects.create(
                user=user, email=email, registered_by="Ada Ashby", registered_at=BEGAN, verified_at=BEGAN
            )
            staff = Staff.objects.create(
                user=user, address=address, label=label, email=email, grade=Grade.AGENT, valid_from=SINCE
            )
            Nda.objects.create(
                staff=staff, valid_from=SINCE, template_version="1", witness="A. N. Other", recorded_by="Ada Ashby",
                storage_reference="cabinet 1", recorded_at=BEGAN,
            )  # fmt: skip
            made.append(Person(user, address, staff=staff))
    return made


class Desk:
    """The queue and the twenty at it."""

    def __init__(self, site: Site, world: World, requests: int) -> None:
        self.world, self.people = world, hire(STAFF)
        now = clock.now()
        self.tickets = [acknowledged(world, now, subject=f"Request {n}") for n in range(requests)]
        self.hands = [Hand(site.url, person) for person in self.people]
        self.gate = Barrier(STAFF)
        self.deeds: list[Deed] = []

    def work(self, rounds: int) -> None:
        """Everybody reads the same page, then everybody sends; so many times."""
        with ThreadPoolExecutor(STAFF) as threads:
            for done in threads.map(lambda n: self.shift(n, rounds), range(STAFF)):
                self.deeds += done

    def shift(self, n: int, rounds: int) -> list[Deed]:
        try:
            return [deed for at in range(rounds) for deed in self.one(n, at)]
        except BaseException:
            self.gate.abort()
            raise

    def one(self, n: int, at: int) -> list[Deed]:
        dice, hand = random.Random(f"{n} {at}"), self.hands[n]
        ticket = self.tickets[at % len(self.tickets)]
        act = dice.choice(["say", "say", "mark", "mark", "accept", "assign", "move", "merge", "note", "bulk"])
        words = f"{act[0]}{n:02d}-{at:02d}"
        self.gate.wait(timeout=60)
        page = hand.read(f"/desk/tickets/{ticket.ref}/")
        if act == "bulk":
            return [self.many(hand, words)]
        other = dice.choice([one for one in self.tickets if one.pk != ticket.pk])
        given: dict[str, dict[str, Any]] = {
            "say": {"kind": "reply", "body": f"Answer {words}", "then": "stay", "state": ""},
            "note": {"kind": "note", "body": f"Note {words}", "then": "stay", "state": ""},
            "mark": {"priority": dice.choice(["high", "low"]), "tags": words},
            "accept": {"kind": dice.choice(["fault", "question"]), "product": ""},
            "assign": {"assignee": dice.choice(self.people).staff.pk},  # type: ignore[union-attr]
            "move": {"state": dice.choice(["in_progress", "waiting_client"]), "note": words},
            "merge": {"ref": other.ref},
        }
        action = f"/desk/tickets/{ticket.ref}/{'say' if act == 'note' else act}/"
        if f'action="{action}"' not in page:  # it was finished or merged meanwhile: the page offers it no longer
            self.gate.wait(timeout=60)
            return []
        fields = hand.form(page, action) | given[act]
        self.gate.wait(timeout=60)
        return self.twice(hand, lambda: hand.send(act, ticket.ref, action, fields, words))

    def many(self, hand: Hand, words: str) -> Deed:
        """A tag on every request at once."""
        fields = hand.form(hand.read("/desk/bulk/"), "/desk/bulk/")
        fields |= {"act": "tag", "tag": words, "assignee": "", "priority": "normal"}
        self.gate.wait(timeout=60)
        refs = [ticket.ref for ticket in self.tickets]
        return hand.send("bulk", "", "/desk/bulk/", fields | {"refs": refs}, words)

    def twice(self, hand: Hand, send: Callable[[], Deed]) -> list[Deed]:
        """A double click: the same form twice at the same time gets one answer."""
        with ThreadPoolExecutor(2) as fingers:
            first, second = fingers.map(lambda _: send(), range(2))
        assert (first.status, first.where) == (second.status, second.where), (first, second)
        first.said += second.said
        return [first]

    def close(self) -> None:
        for hand in self.hands:
            hand.close()


@pytest.fixture
def desk(site: Site, lasting_world: World, rounds: int) -> Iterator[Desk]:
    open_desk = Desk(site, lasting_world, requests=rounds + 2)
    yield open_desk
    open_desk.close()


@pytest.mark.clause("HLP-5")
@pytest.mark.parametrize("rounds", [3, pytest.param(20, marks=pytest.mark.full)], ids=["a few minutes", "a morning"])
def test_no_edit_is_lost_and_nothing_is_answered_twice(desk: Desk, rounds: int) -> None:
    desk.work(rounds)
    outcomes = Counter(deed.outcome for deed in desk.deeds)
    assert outcomes[ACCEPTED] and outcomes[CONFLICT], outcomes
    publish_beside_itself()
    with act_as_staff(SYSTEM):
        every_accepted_deed_is_in_the_record(desk)
        each_version_was_changed_once(desk)
        marks_build_on_each_other(desk)
        answers_are_given_once(desk)
        losers_kept_their_words(desk)
        the_numbers_are_those_of_the_rows(desk)


def publish_beside_itself() -> None:
    """The sweep that sends what waits, three of it at once."""

    def sweep(_: int) -> None:
        try:
            with act_as_staff(SYSTEM):
                publish_replies(clock.now())
        finally:
            connection.close()

    with act_as_staff(SYSTEM):
        Message.objects.filter(kind=MessageKind.REPLY, published_at=None).update(publish_at=clock.now())
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(sweep, range(3)))
    with act_as_staff(SYSTEM):
        while publish_replies(clock.now()):
            continue


def sent(desk: Desk, *acts: str, outcome: str = ACCEPTED) -> list[Deed]:
    return [deed for deed in desk.deeds if deed.act in acts and deed.outcome == outcome]


def every_accepted_deed_is_in_the_record(desk: Desk) -> None:
    people = [hand.label for hand in desk.hands]
    for act, kinds in KINDS.items():
        events = EVENTS.filter(kind__in=kinds, actor_label__in=people)
        found = Counter((event.actor_label, event.body.payload["ref"]) for event in events if not of_many(event))
        assert found == Counter((deed.who, deed.ref) for deed in sent(desk, act)), act
    for deed in desk.deeds:
        if deed.act in ("say", "note"):
            count = Message.objects.filter(ticket__ref=deed.ref, body__endswith=deed.words).count()
            assert count == (deed.outcome == ACCEPTED), deed
    lines = [line for act in BulkAct.objects.all() for line in act.lines]
    assert BulkAct.objects.count() == len(sent(desk, "bulk"))
    marked = [event for event in EVENTS.filter(kind="request marked") if of_many(event)]
    assert len(marked) == sum(line["version"] is not None for line in lines)


def of_many(event: AuditEvent) -> bool:
    """Whether a mark came from the act on many: its words begin with a b."""
    return event.kind == "request marked" and any(tag.startswith("b") for tag in added(event))


def added(event: AuditEvent) -> set[str]:
    return set(event.body.payload["after"]["tags"]) - set(event.body.payload["before"]["tags"])


def each_version_was_changed_once(desk: Desk) -> None:
    """Two people who saw the same version never both changed it."""
    taken = Counter((deed.ref, deed.seen) for deed in sent(desk, *VERSIONED))
    assert set(taken.values()) <= {1}, taken.most_common(3)


def marks_build_on_each_other(desk: Desk) -> None:
    """Each mark began where the last one ended, the row stands where the last one left it, and a tag for many took none away."""
    for ticket in Ticket.objects.filter(pk__in=[one.pk for one in desk.tickets]):
        stands: dict[str, Any] = {"priority": "normal", "tags": []}
        for event in EVENTS.filter(kind="request marked", subject_id=ticket.pk).order_by("id"):
            before, after = event.body.payload["before"], event.body.payload["after"]
            assert before == stands
            assert not of_many(event) or after["tags"][:-1] == before["tags"], event.body.payload
            stands = after
        assert {"priority": ticket.priority, "tags": ticket.tags} == stands
        last = EVENTS.filter(
            kind__in=["request accepted", "request assigned"], subject_id=ticket.pk, actor_label__startswith="Hand"
        ).last()
        if last is not None:
            holder = last.body.payload["to"] if last.kind == "request assigned" else last.actor_label
            assert ticket.assignee is not None and ticket.assignee.label == holder


def answers_are_given_once(desk: Desk) -> None:
    """Whoever answered had seen every colleague's answer; each went out once, to each person once, and one was the first."""
    for ticket in desk.tickets:
        replies = list(Message.objects.filter(ticket=ticket, kind=MessageKind.REPLY).order_by("id"))
        by_words = {deed.words: deed for deed in sent(desk, "say")}
        for earlier, later in pairwise(replies):
            same = earlier.author_label == later.author_label
            assert same or by_words[later.body.split()[-1]].after >= earlier.pk
        out = EVENTS.filter(kind="reply published", subject_id=ticket.pk)
        published = Counter(event.body.payload["message"] for event in out)
        assert published == Counter(reply.pk for reply in replies)
        assert sum(event.body.payload["first"] for event in out) == bool(replies)
    mailed = Counter(Outbox.objects.filter(kind="reply").values_list("about_id", "to_email", "text"))
    assert set(mailed.values()) <= {1}


def losers_kept_their_words(desk: Desk) -> None:
    for deed in sent(desk, "say", "mark", "move", outcome=CONFLICT):
        assert "Nothing of yours was saved" in deed.body and deed.words in deed.body


def the_numbers_are_those_of_the_rows(desk: Desk) -> None:
    now, reader = clock.now(), desk.people[0].actor
    page = queue_page(View("open"), actor=reader, at=now, calendar=worktime_of(calendar_at(now)), size=100)
    standing = Ticket.objects.filter(queue_group__lt=Group.ENDED).count()
    assert page.total == standing == sum(len(band.rows) for band in page.bands)
    merged = Ticket.objects.filter(merged_into__isnull=False).count()
    assert standing == len(desk.tickets) - merged == len(desk.tickets) - len(sent(desk, "merge"))


@pytest.mark.clause("HLP-5")
def test_a_person_never_meets_a_deadlock(site: Site, lasting_world: World) -> None:
    """Somebody holds the second request and reaches for the first, while a merge holds the first and waits for the second."""
    now = clock.now()
    first, second = (acknowledged(lasting_world, now) for _ in range(2))
    hand = Hand(site.url, lasting_world.cora)
    action = f"/desk/tickets/{first.ref}/merge/"
    fields = hand.form(hand.read(f"/desk/tickets/{first.ref}/"), action) | {"ref": second.ref}
    with ThreadPoolExecutor(1) as beside:
        with act_as_staff(SYSTEM):
            lock(second.pk)
            merging = beside.submit(hand.send, "merge", first.ref, action, fields, "")
            wait_until_somebody_waits()
            lock(first.pk)
        deed = merging.result(timeout=30)
    hand.close()
    assert deed.outcome == ACCEPTED, deed.said
    with act_as_staff(SYSTEM):
        assert Ticket.objects.get(pk=first.pk).merged_into_id == second.pk
        assert EVENTS.filter(kind="request merged").count() == 1


def wait_until_somebody_waits() -> None:
    with connection.cursor() as cursor:
        for _ in range(200):
            cursor.execute("select count(*) from pg_locks where not granted and locktype in ('transactionid', 'tuple')")
            if cursor.fetchone()[0]:
                return
            sleep(0.05)
    pytest.fail("nobody waited")
