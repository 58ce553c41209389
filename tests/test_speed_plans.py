"""The lists of open and finished work are read by their partial indexes, from the very row where a page begins.

The table is filled with rows of the tests' own, with statistics, and nothing is switched off: the planner chooses.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test import override_settings

from portal.actors import SYSTEM, Actor
from portal.tenancy import act_as, act_as_staff
from portal.worktime import DEFAULT_CALENDAR
from tests.cast import MORNING, World
from tests.tickets import acknowledged
from tickets.models import Ticket
from tickets.queries.access import ticket_for_staff
from tickets.queries.client import client_page
from tickets.queries.queue import View, queue_page
from tickets.rules.states import Group

ROWS = 6000
COPIED = ", ".join(
    field.column for field in Ticket._meta.local_concrete_fields
    if not field.primary_key and not field.generated
    and field.name not in ("ref", "queue_group", "queue_at", "state", "state_since", "last_client_at", "assignee", "assigned_at")
)  # fmt: skip
# One in fifty is open, as in a portal of some years; one in five of these is Cora's.
FILL = f"""
insert into tickets_ticket ({COPIED}, ref, queue_group, queue_at, state, state_since, last_client_at, assignee_id, assigned_at)
select {COPIED}, upper(lpad(to_hex(n), 4, '0')) || '-AAAA',
    case when n %% 50 = 0 then 1 + n / 50 %% 3 else {Group.ENDED} end, received_at + n * interval '1 minute',
    case when n %% 50 = 0 then state else 'declined' end, received_at + n * interval '1 minute',
    received_at + n * interval '1 minute',
    case when n %% 250 = 0 then %(staff)s end, case when n %% 250 = 0 then received_at end
from tickets_ticket, generate_series(1, {ROWS}) n where id = %(source)s
"""


@pytest.fixture
def filled(lasting_world: World, frozen: Any) -> World:
    """Committed, because only the owner may take statistics, over a connection of its own."""
    frozen(MORNING)
    source = acknowledged(lasting_world, MORNING - timedelta(days=10))
    with act_as_staff(SYSTEM), connection.cursor() as cursor:
        cursor.execute(FILL, {"staff": lasting_world.cora.actor.staff_id, "source": source.pk})
    with connections["owner"].cursor() as cursor:
        cursor.execute("vacuum analyze tickets_ticket, tickets_responseclock, portal_client, portal_staff")
    connections["owner"].close()
    return lasting_world


@contextmanager
def caught() -> Iterator[list[tuple[str, Any]]]:
    """Every statement with its values, as the portal sends it."""
    found: list[tuple[str, Any]] = []

    def catch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        found.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(catch):
        yield found


def plan_of(work: Callable[[], Any], word: str = "order by") -> str:
    # As plain text: "execute portal_7" would not say what it is.
    with override_settings(PORTAL_PREPARED=False), caught() as found:
        work()
    sql, params = next((sql, params) for sql, params in found if word in sql)
    with connection.cursor() as cursor:
        cursor.execute(f"explain {sql}", params)
        return "\n".join(row[0] for row in cursor.fetchall())


def queue(actor: Actor, name: str, cursor: str = "") -> Any:
    return queue_page(View(name), actor=actor, at=MORNING, calendar=DEFAULT_CALENDAR, cursor=cursor, size=20)


def test_lists_begin_in_their_index_at_the_row_where_the_page_begins(filled: World) -> None:
    actor, reader = filled.cora.actor, filled.ann.actor
    plans: dict[str, str] = {}
    with act_as_staff(SYSTEM):
        for view, index in (("open", "tickets_queue"), ("mine", "tickets_queue_mine"), ("done", "tickets_done_newest")):
            cursor = queue(actor, view).next_cursor
            plans[index] = plan_of(lambda view=view, cursor=cursor: queue(actor, view, cursor))  # type: ignore[misc]
    with act_as(reader.client_id or 0):
        cursor = client_page(reader, "all", size=20).next_cursor
        plans["tickets_client_newest"] = plan_of(lambda: client_page(reader, "all", after=cursor, size=20), "ORDER BY")
    for index, plan in plans.items():
        assert f"using {index} " in plan and re.search(r"Index Cond: .*ROW\(", plan), plan
        assert "Seq Scan on tickets_ticket" not in plan and "Sort" not in plan, plan


def test_what_is_nobodys_is_read_in_order_too(filled: World) -> None:
    """Most requests have an assignee, most open ones have none: PostgreSQL must know both."""
    with act_as_staff(SYSTEM):
        plan = plan_of(lambda: queue(filled.cora.actor, "unassigned"))
    assert "using tickets_queue " in plan and "Sort" not in plan, plan


def test_numbers_and_references_are_read_by_their_index(filled: World) -> None:
    with act_as_staff(SYSTEM):
        counting = plan_of(lambda: queue(filled.cora.actor, "open"), "tickets_queuetally")
        finding = plan_of(lambda: ticket_for_staff("0032-AAAA"), "tickets_ticket")
    assert "on tickets_queuetally" in counting and counting.count("tickets_ticket") == 1, counting
    assert re.search(r"using tickets_queue\w* on tickets_ticket", counting), counting
    assert re.search(r"Index Cond: .*queue_at >= e.quarter.*queue_at < \(e.quarter \+", counting), counting
    assert "using tickets_ref_once_per_client " in finding, finding


def test_the_numbers_are_those_of_the_rows(filled: World) -> None:
    actor = filled.cora.actor
    with act_as_staff(SYSTEM):
        for view, total in (("open", 121), ("mine", 24), ("waiting", 40), ("unassigned", 97)):
            page = queue_page(View(view), actor=actor, at=MORNING, calendar=DEFAULT_CALENDAR, size=500)
            shown = {band.band: len(band.rows) for band in page.bands}
            assert page.counts == shown and page.total == page.tabs[view] == sum(shown.values()) == total
