"""A client's own search at size: the functions' own statements, as the database holds them, and the plan for each kind of word.

A client has so many requests; the words are one in a thousand, and one in every request. Times are measured by the benchmarks.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections, transaction

from portal.actors import SYSTEM
from portal.tenancy import act_as, act_as_staff
from portal.tenancy.roles import role
from tests.cast import MORNING, World
from tests.tickets import acknowledged
from tickets.models import Message, Ticket
from tickets.queries.search import CAP, LOOK, PAGE, search_for_client
from tickets.rules.searching import wanted

NOT_COPIED = ("ref", "subject", "ticket", "body")
RARE, COMMON = "rhinoceros", "mailbox"
SIZES = [6_000, pytest.param(50_000, marks=pytest.mark.full)]


def columns(model: Any) -> str:
    """The stored columns that a copy takes over as they are."""
    fields = (field for field in model._meta.local_concrete_fields if not field.primary_key and not field.generated)
    return ", ".join(field.column for field in fields if field.name not in NOT_COPIED)


TICKETS = f"""
insert into tickets_ticket ({columns(Ticket)}, ref, subject)
select {columns(Ticket)}, upper(lpad(to_hex(n), 4, '0')) || '-AAAA',
    case when n %% 1000 = 0 then 'A {RARE} stands here' else 'The {COMMON} is full again' end
from tickets_ticket, generate_series(1, %(number)s) n where id = %(source)s
"""
MESSAGES = f"""
insert into tickets_message ({columns(Message)}, ticket_id, body)
select {", ".join(f"m.{name}" for name in columns(Message).split(", "))}, t.id, 'Please look at the {COMMON}.'
from tickets_message m, tickets_ticket t where m.ticket_id = %(source)s and t.id <> %(source)s
"""


@pytest.fixture
def filled(lasting_world: World, frozen: Any, number: int) -> World:
    """Alder with so many requests, each with a message, and statistics, which only the owner may take."""
    frozen(MORNING)
    source = acknowledged(lasting_world, subject="The first")
    with act_as_staff(SYSTEM), connection.cursor() as cursor:
        cursor.execute(TICKETS, {"number": number, "source": source.pk})
        cursor.execute(MESSAGES, {"source": source.pk})
    with connections["owner"].cursor() as cursor:
        cursor.execute("vacuum analyze tickets_ticket, tickets_message, portal_membership")
    connections["owner"].close()
    return lasting_world


@contextmanager
def as_definer(world: World) -> Iterator[Any]:
    """Inside the search functions: their owner's role, for Alder."""
    owner = connections["owner"]
    with transaction.atomic(using="owner"), owner.cursor() as cursor:
        cursor.execute(f"set local role {role('definer')}; set local plan_cache_mode = force_custom_plan")
        cursor.execute("select set_config('portal.client_id', %s, true)", [str(world.alder.pk)])
        yield cursor
    owner.close()


def plan_of(world: World, function: str, words: str, last: int, *, sees_all: bool = True) -> str:
    """The plan of the statement that stands in this function now."""
    with as_definer(world) as cursor:
        cursor.execute("select prosrc from pg_proc where proname = %s", [function])
        body = re.search(r"\$query\$(.*)\$query\$", cursor.fetchone()[0], re.DOTALL)
        assert body
        cursor.execute(f"prepare search_plan (text, text, bigint, boolean, bigint, integer, integer) as {body[1]}")
        values = [words, world.ann.user.pk, sees_all, PAGE + 1, last]
        cursor.execute("explain execute search_plan(%s, '', %s, %s, null, %s, %s)", values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute("deallocate search_plan")
    return plan


@pytest.mark.parametrize("number", SIZES, ids=["six thousand", "fifty thousand"])
def test_a_clients_search_reads_its_words_by_index_and_the_newest_from_the_end(filled: World, number: int) -> None:
    rare = plan_of(filled, "search_own", RARE, CAP)
    assert "Bitmap Index Scan on tickets_search" in rare, rare
    assert "Bitmap Index Scan on tickets_message_search" in rare, rare
    newest = plan_of(filled, "search_own_newest", COMMON, LOOK)
    assert re.search(r"Index Scan Backward using tickets_ticket\w+ on tickets_ticket", newest), newest
    for plan in (rare, newest):
        assert "Seq Scan on tickets_ticket" not in plan and "Seq Scan on tickets_message" not in plan, plan
    found = {}
    with act_as(filled.alder.pk):
        for word in (RARE, COMMON):
            found[word] = search_for_client(wanted(word), actor=filled.ann.actor)
    assert len(found[RARE].rows) == min(number // 1000, PAGE)
    assert len(found[COMMON].rows) == PAGE and found[COMMON].older is not None
