"""Statements that PostgreSQL plans once a connection (portal/prepared.py)."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from portal.actors import SYSTEM
from portal.prepared import Prepared, numbered
from portal.tenancy import act_as, act_as_staff
from tests.cast import World

SUM = "select %s::int + %s::int"


@contextmanager
def sent() -> Iterator[list[str]]:
    """What is sent to PostgreSQL."""
    found: list[str] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        found.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


def answer(statement: Prepared, values: Any) -> Any:
    with connection.cursor() as cursor:
        statement.run(cursor, values)
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("text", "said", "names"),
    [
        pytest.param("select %s, %s", "select $1, $2", ["", ""], id="in order"),
        pytest.param("select %(a)s, %(b)s, %(a)s", "select $1, $2, $1", ["a", "b"], id="by name, one twice"),
        pytest.param("select 7 %% %s", "select 7 % $1", [""], id="a percent sign"),
        pytest.param("select 1", "select 1", [], id="no place"),
    ],
)
def test_places_become_numbers(text: str, said: str, names: list[str]) -> None:
    assert numbered(text) == (said, names)


def test_it_is_planned_once_and_executed_each_time(db: None) -> None:
    statement = Prepared(SUM)
    with sent() as found:
        assert [answer(statement, [one, 1]) for one in range(3)] == [1, 2, 3]
    first, *later = found
    name = re.match(r"prepare (portal_\d+) as select \$1::int \+ \$2::int; execute \1\(%s, %s\)$", first)
    assert name, first
    assert later == [f"execute {name[1]}(%s, %s)"] * 2


def test_values_by_name_and_percent_signs_come_through(db: None) -> None:
    statement = Prepared("select %(word)s || '%%' || %(word)s || %(other)s")
    for word in ("a", "it's", "100 %s", "$1; drop table x"):
        assert answer(statement, {"word": word, "other": "!", "unused": 1}) == f"{word}%{word}!"


def test_several_statements_run_in_one_trip_and_the_last_one_answers(db: None) -> None:
    statement = Prepared("select set_config('portal.told', %s, true); select current_setting('portal.told') || %s;")
    with sent() as found:
        assert [answer(statement, ["a", "b"]), answer(statement, ["c", "d"])] == ["ab", "cd"]
    assert len(found) == 2


def test_a_rollback_takes_no_plan_away(transactional_db: None) -> None:
    statement = Prepared(SUM)
    with transaction.atomic():
        assert answer(statement, [1, 2]) == 3
        transaction.set_rollback(True)
    with sent() as found:
        assert answer(statement, [2, 2]) == 4
    assert found[0].startswith("execute ")


def test_a_first_run_that_fails_is_prepared_anew(transactional_db: None) -> None:
    statement = Prepared("select 1 / %s::int")
    for _ in range(2):
        with pytest.raises(DatabaseError, match="division by zero"), transaction.atomic():
            answer(statement, [0])
    assert answer(statement, [1]) == 1


def test_a_connection_that_was_lost_takes_its_plans_with_it(transactional_db: None) -> None:
    statement = Prepared(SUM)
    answer(statement, [1, 1])
    connection.close()
    with sent() as found:
        assert answer(statement, [2, 3]) == 5
    assert found[0].startswith("prepare ")


def test_behind_a_pooler_nothing_is_prepared(db: None, settings: Any) -> None:
    settings.PORTAL_PREPARED = False
    statement = Prepared("select %(a)s::int + 1; select 10 %% %(a)s::int")
    with sent() as found:
        assert answer(statement, {"a": 4}) == 2
    assert found == [statement.text]


def test_a_plan_made_for_one_client_shows_nothing_of_another(world: World) -> None:
    """Row level security reads the scope when a plan runs, also where one plan serves all (six runs and more)."""
    statement = Prepared("select string_agg(distinct client_id::text, ' ') from portal_membership where id > %s")
    for _ in range(4):
        for person in (world.ann, world.bea):
            with act_as(person.actor.client_id or 0):
                assert answer(statement, [0]) == str(person.actor.client_id)
        with act_as_staff(SYSTEM):
            assert set(answer(statement, [0]).split()) == {str(world.alder.pk), str(world.birch.pk)}
