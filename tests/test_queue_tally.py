"""The queue's kept numbers are what is there, whatever happens to tickets and however often they are folded."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from random import Random
from typing import Any

import psycopg2
import pytest
from django.db import ProgrammingError, connection, transaction
from django.db.models import Sum

from portal import jobs
from portal.actors import SYSTEM
from portal.tenancy import act_as, act_as_staff
from portal.tenancy.roles import role
from portal.worktime import DEFAULT_CALENDAR
from tests.cast import MORNING, World
from tests.catalogue import owner_session
from tests.rows import ticket
from tickets.actions.tally import fold_tally
from tickets.models import QueueTally, Ticket
from tickets.queries.queue import VIEWS, View, edges_at, queue_page
from tickets.rules.states import Group

Numbers = dict[tuple[int, int | None, datetime | None], int]
# Where one band of the queue ends and another begins, to the second: now, one working hour ahead, midnight.
EDGES = edges_at(MORNING, DEFAULT_CALENDAR)
NEAR = [
    edge + timedelta(seconds=seconds)
    for edge in (EDGES.now, EDGES.hour, EDGES.today)
    for seconds in (-900, -300, -1, 0, 1, 300, 900)
]


def kept() -> Numbers:
    rows = QueueTally.objects.values_list("queue_group", "assignee_id", "due_quarter").annotate(Sum("number"))
    return {(group, staff, quarter): number for group, staff, quarter, number in rows if number}


def counted() -> Numbers:
    rows = Ticket.objects.filter(queue_group__lt=Group.ENDED).values_list("queue_group", "assignee_id", "queue_at")
    return dict(Counter((group, staff, quarter_of(at) if group == Group.CLOCK else None) for group, staff, at in rows))


def quarter_of(at: datetime) -> datetime:
    return at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)


def ways(world: World, dice: Random) -> list[Callable[[], Any]]:
    """What can happen to one ticket, to some of them, or to none."""
    desks = [None, world.cora.staff.pk, world.lee.staff.pk]

    def some() -> Any:
        return Ticket.objects.filter(pk__in=dice.sample(list(Ticket.objects.values_list("pk", flat=True)), 2))

    def new() -> None:
        by = dice.choice([world.ann, world.bea]).membership
        ticket(world, by, queue_group=dice.choice(list(Group)), queue_at=dice.choice(NEAR))

    def moved() -> None:
        some().update(queue_group=dice.choice(list(Group)))

    def put_off() -> None:
        some().update(queue_at=dice.choice(NEAR))

    def handed_over() -> None:
        some().update(assignee=dice.choice(desks), assigned_at=MORNING)

    def saved() -> None:
        one = some()[0]
        one.queue_group, one.assignee_id, one.assigned_at = dice.choice(list(Group)), dice.choice(desks), MORNING
        one.queue_at = dice.choice(NEAR)
        one.save()

    def undone() -> None:
        with transaction.atomic():
            new()
            transaction.set_rollback(True)

    return [new, moved, put_off, handed_over, saved, undone, lambda: some().update(subject="Other words")]


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(5))
def test_it_is_what_is_open_whatever_happens(world: World, seed: int) -> None:
    dice = Random(seed)
    with act_as_staff(SYSTEM):
        for _ in range(4):
            ticket(world, world.ann.membership)
        for _ in range(40):
            dice.choice(ways(world, dice))()
            assert kept() == counted()
            if dice.random() < 0.2:
                fold_tally(MORNING)
                assert kept() == counted() and QueueTally.objects.count() == len(kept())


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(5))
def test_every_view_shows_the_numbers_of_its_rows(world: World, seed: int) -> None:
    """Also where clocks are due on the very edge of a band."""
    dice = Random(seed)
    with act_as_staff(SYSTEM):
        for _ in range(4):
            ticket(world, world.ann.membership)
        for _ in range(60):
            dice.choice(ways(world, dice))()
        for near in NEAR:
            ticket(world, world.bea.membership, queue_group=Group.CLOCK, queue_at=near)
        for name in VIEWS:
            page = queue_page(View(name), actor=world.cora.actor, at=MORNING, calendar=DEFAULT_CALENDAR, size=500)
            if name != "done":
                assert page.counts == {band.band: len(band.rows) for band in page.bands}
                assert page.tabs[name] == page.total
        of_both = [
            queue_page(View(client=slug), actor=world.cora.actor, at=MORNING, calendar=DEFAULT_CALENDAR).total
            for slug in ("alder", "birch")
        ]
        whole = queue_page(View(), actor=world.cora.actor, at=MORNING, calendar=DEFAULT_CALENDAR)
        assert sum(of_both) == whole.total > 0


@pytest.mark.django_db
def test_a_client_counts_and_reads_nothing(world: World) -> None:
    with act_as(world.alder.pk):
        ticket(world, world.ann.membership)
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            QueueTally.objects.count()
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            QueueTally.objects.create(queue_group=0, number=5)
    with act_as_staff(SYSTEM):
        assert kept() == counted() == {(Group.UNACKNOWLEDGED, None, None): 1}


def test_what_is_deleted_is_open_no_more(lasting_world: World) -> None:
    """Nobody may delete tickets yet; the purge of a client that left will."""
    with act_as_staff(SYSTEM):
        ticket(lasting_world, lasting_world.ann.membership)
    with (
        closing(psycopg2.connect(**owner_session(connection.settings_dict["NAME"]))) as owner,
        owner.cursor() as cursor,
    ):
        cursor.execute(f"grant delete on tickets_ticket to {role('staff')}; set local role {role('staff')}")
        cursor.execute("delete from tickets_ticket; select number from tickets_queuetally order by id")
        assert cursor.fetchall() == [(1,), (-1,)]
        owner.rollback()


def test_two_folds_at_once_lose_and_double_nothing(lasting_world: World) -> None:
    with act_as_staff(SYSTEM):
        rows = [ticket(lasting_world, lasting_world.ann.membership) for _ in range(12)]
        Ticket.objects.filter(pk__in=[one.pk for one in rows[:5]]).update(queue_group=Group.CLOCK)
        before = kept()
        assert before == counted() and QueueTally.objects.count() == 22

    def fold(number: int) -> int:
        try:
            with act_as_staff(SYSTEM):
                if number % 2:
                    ticket(lasting_world, lasting_world.bea.membership)
                return fold_tally(MORNING)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(fold, range(6))) >= 20
    with act_as_staff(SYSTEM):
        assert kept() == counted() == before | {(Group.UNACKNOWLEDGED, None, None): 10}
    assert jobs.run("queue numbers", MORNING) >= 0
    with act_as_staff(SYSTEM):
        assert QueueTally.objects.count() == 2 and kept() == counted()
        assert fold_tally(MORNING) == 0
