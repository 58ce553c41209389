"""Every address, every role: the rows are in matrix_rows.py, the addresses come from the URL conf."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse

from tests.api import programme_of
from tests.cast import World, signed_in
from tests.matrix import PLAYERS, Row, addresses, page
from tests.matrix_rows import ROWS

# A session keeps its own books, a token its last use; everything else must stand still while somebody only looks.
BOOKKEEPING = {"django_session", "usersessions_usersession", "portal_apitoken"}


def browser_of(world: World, role: str) -> Browser:
    player = PLAYERS[role]
    browser = signed_in(getattr(world, player)) if player else Browser()
    browser.raise_request_exception = False
    return browser


def caller_of(world: World, name: str, role: str) -> Browser:
    """Who comes: with a session to a page, with a token to the interface."""
    player = PLAYERS[role]
    if not name.startswith("api:") or player is None:
        return browser_of(world, role)
    return programme_of(getattr(world, player)).caller()


def address_of(world: World, name: str, row: Row) -> str:
    slug = {"slug": "alder"} if addresses()[name] else {}
    return reverse(name, kwargs={**slug, **row.given(world)})


def changed_rows() -> dict[str, int]:
    """Rows written so far in the test's transaction, by table; PostgreSQL counts them itself, rolled back or not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname, n_tup_ins + n_tup_upd + n_tup_del from pg_stat_xact_user_tables"
            " where n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return {table: count for table, count in cursor.fetchall() if table not in BOOKKEEPING}


def look(world: World, name: str, address: str, role: str) -> tuple[Any, dict[str, int]]:
    """The answer to a GET, and what it wrote."""
    browser = caller_of(world, name, role)
    before = changed_rows()
    answer = browser.get(address)
    if answer.streaming:
        b"".join(answer.streaming_content)  # to its end, which closes the file
    after = changed_rows()
    return answer, {
        table: after[table] - before.get(table, 0) for table in after if after[table] != before.get(table, 0)
    }


def posted_by(browser: Browser, name: str, address: str) -> int:
    """The status of a post that says nothing."""
    if name.startswith("api:"):
        headers = {"Idempotency-Key": "of the matrix"}
        return browser.post(address, "{}", content_type="application/json", headers=headers).status_code
    return browser.post(address).status_code


def test_every_address_has_a_row_and_every_row_an_address():
    known = set(addresses())
    assert (sorted(known - set(ROWS)), sorted(set(ROWS) - known)) == ([], [])


def test_a_row_names_only_known_roles():
    with pytest.raises(KeyError):
        page(mangaer=200)


class TestMatrix:
    @pytest.mark.parametrize("name", sorted(ROWS))
    def test_looking(self, world, name):
        address = address_of(world, name, ROWS[name])
        answers = {role: look(world, name, address, role) for role in PLAYERS}
        assert {role: answer.status_code for role, (answer, _) in answers.items()} == ROWS[name].get
        assert {role: wrote for role, (_, wrote) in answers.items() if wrote} == {}

    @pytest.mark.parametrize("name", sorted(ROWS))
    def test_posting(self, world, name):
        row = ROWS[name]
        address = address_of(world, name, row)
        for role in PLAYERS:
            status = posted_by(caller_of(world, name, role), name, address)
            expected = row.posting(role)
            # A page that takes no posts may say so before it asks who posts.
            assert status in (expected, 405) if expected else status < 500, f"{role}: {status}"


@pytest.mark.urls("tests.tenancy_urls")
class TestTheMatrixNoticesFaults:
    def test_a_look_that_writes(self, world):
        before = changed_rows()
        signed_in(world.ann).get("/c/alder/writes/")
        assert changed_rows().get("portal_notice", 0) == before.get("portal_notice", 0) + 1

    def test_a_page_without_a_row(self):
        assert {"who/", "desk/who/", "open/"} <= set(addresses()) - set(ROWS)
