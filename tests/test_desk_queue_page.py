"""The staff queue: what stands where, page by page, and what it costs."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.actors import SYSTEM
from portal.tenancy import act_as_staff
from portal.worktime import DEFAULT_CALENDAR
from tests.cast import MORNING, World
from tests.tickets import acknowledged, raised
from tickets.models import Ticket
from tickets.queries.queue import View, queue_page
from tickets.rules.bands import Band

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(frozen: Any) -> None:
    frozen(MORNING)


def test_the_queue_is_grouped_by_what_must_happen_next(world: World) -> None:
    raised(world)
    acknowledged(world, MORNING - timedelta(days=4))
    acknowledged(world, MORNING - timedelta(hours=1))
    with act_as_staff(SYSTEM):
        page = queue_page(View(), actor=world.cora.actor, at=MORNING, calendar=DEFAULT_CALENDAR)
    assert [(band.band, band.count) for band in page.bands] == [(Band.ALARM, 1), (Band.PAST, 1), (Band.LATER, 1)]
    assert page.total == 3


def test_the_page_shows_references_promises_and_the_way_to_each(world: World, as_user: Any) -> None:
    ticket = acknowledged(world, MORNING - timedelta(hours=1))
    answer = as_user(world.cora).get("/desk/")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert ticket.ref in page and "Mailbox full" in page and "Alder Architects" in page
    assert f"/desk/tickets/{ticket.ref}/" in page and "Wed 09:40" in page


def test_pages_follow_each_other_without_gap_or_double(world: World) -> None:
    made = [acknowledged(world, MORNING - timedelta(minutes=number)).ref for number in range(7)]
    seen: list[str] = []
    cursor = ""
    with act_as_staff(SYSTEM):
        for _ in range(4):
            page = queue_page(
                View(), actor=world.cora.actor, at=MORNING, calendar=DEFAULT_CALENDAR, cursor=cursor, size=2
            )
            seen += [row.ref for band in page.bands for row in band.rows]
            cursor = page.next_cursor
    assert sorted(seen) == sorted(made) and len(seen) == 7 and cursor == ""


def test_a_damaged_cursor_is_not_found(world: World, as_user: Any) -> None:
    assert as_user(world.cora).get("/desk/?after=nonsense").status_code == 404


@pytest.mark.parametrize("view", ["open", "mine", "unassigned", "waiting", "done", "unknown"])
def test_every_view_answers_when_empty(world: World, as_user: Any, view: str) -> None:
    assert as_user(world.cora).get(f"/desk/?view={view}").status_code == 200


def test_the_queue_asks_as_much_for_twenty_rows_as_for_one(world: World, as_user: Any) -> None:
    staff = as_user(world.cora)
    acknowledged(world)
    staff.get("/desk/")
    with CaptureQueriesContext(
        connection,
    ) as one:
        staff.get("/desk/")
    for _ in range(19):
        acknowledged(world)
    with CaptureQueriesContext(connection) as twenty:
        staff.get("/desk/")
    assert len(twenty) == len(one)
    assert len(twenty) <= 15, [query["sql"][:120] for query in twenty]


def test_the_version_moves_with_every_act(world: World, as_user: Any) -> None:
    staff = as_user(world.cora)
    first = staff.get("/desk/queue/version/")["ETag"]
    assert staff.get("/desk/queue/version/", headers={"If-None-Match": first}).status_code == 304
    raised(world)
    assert staff.get("/desk/queue/version/", headers={"If-None-Match": first}).status_code == 200


def test_the_preview_says_what_the_contract_says(world: World, as_user: Any) -> None:
    ticket = acknowledged(world)
    page = as_user(world.cora).get(f"/desk/tickets/{ticket.ref}/preview/").content.decode()
    assert "1 working day" in page and "locked until you accept" in page and "I cannot send." in page


def test_done_requests_leave_the_queue(world: World, as_user: Any) -> None:
    ticket = acknowledged(world)
    with act_as_staff(SYSTEM):
        Ticket.objects.filter(pk=ticket.pk).update(state="closed", queue_group=4, closed_at=MORNING)
    staff = as_user(world.cora)
    assert ticket.ref not in staff.get("/desk/").content.decode()
    assert ticket.ref in staff.get("/desk/?view=done").content.decode()
