"""Search: what is found by whom, what is shown of it, and which plan finds it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.actors import SYSTEM
from portal.tenancy import act_as, act_as_staff
from tests import rows
from tests.cast import MORNING, Person, World
from tests.tickets import acknowledged, publish_now, raised
from tickets.actions.replies import note, withdraw_message
from tickets.models import Message, Ticket
from tickets.queries import search as searching
from tickets.queries.search import (
    CAP,
    CLOSE,
    OPEN,
    STAFF_HITS,
    pieces,
    search_for_client,
    search_for_staff,
)
from tickets.rules.searching import Wanted, wanted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(frozen: Any) -> None:
    frozen(MORNING)


def staff_finds(said: str) -> list[str]:
    with act_as_staff(SYSTEM):
        return [one.ticket.ref for one in search_for_staff(wanted(said)).rows]


def client_finds(person: Person, said: str) -> list[str]:
    with act_as(person.actor.client_id or 0):
        return [one.ticket.ref for one in search_for_client(wanted(said), actor=person.actor).rows]


@pytest.mark.parametrize(
    ("said", "reference", "begins", "address"),
    [
        ("7KQM-2XWD", "7KQM-2XWD", "7KQM-2XWD", ""),
        (" 7kqm2xwd ", "7KQM-2XWD", "7KQM-2XWD", ""),
        ("7kq", "", "7KQ", ""),
        ("7KQM-2", "", "7KQM-2", ""),
        ("KQMX", "", "KQMX", ""),
        ("mail", "", "", ""),
        ("7k", "", "", ""),
        ("mailbox full", "", "", ""),
        ("Ben@Example.org", "", "", "ben@example.org"),
        ("a\x00b\n c", "", "", ""),
    ],
    ids=[
        "whole",
        "spoken",
        "three letters",
        "with a dash",
        "capitals",
        "a word",
        "two letters",
        "words",
        "address",
        "control",
    ],
)
def test_what_is_typed_is_read_as_what_it_is(said: str, reference: str, begins: str, address: str) -> None:
    read = wanted(said)
    assert (read.reference, read.begins, read.address) == (reference, begins, address)
    assert read.words.isprintable()


def test_only_two_hundred_characters_are_read() -> None:
    assert len(wanted("x" * 1000).words) == 200


@pytest.mark.parametrize(
    "said",
    ["mailbox", "Mailboxes", '"mailbox full"', "baker", "send", "mailbox -archive", "printer or mailbox"],
    ids=["subject", "another form", "phrase", "person", "message", "without", "either"],
)
def test_a_request_is_found_by_its_words_and_people(world: World, said: str) -> None:
    ticket = acknowledged(world)
    raised(world, who=world.bea, subject="Calendar", body="Hello.")
    assert staff_finds(said) == [ticket.ref]
    assert client_finds(world.ann, said) == [ticket.ref]


@pytest.mark.parametrize("said", ['"full mailbox"', "mailbox -full", "mailbo", "zebra"])
def test_what_does_not_match_is_not_found(world: World, said: str) -> None:
    acknowledged(world)
    assert staff_finds(said) == [] == client_finds(world.ann, said)


def test_a_reference_is_found_whole_and_by_its_beginning(world: World) -> None:
    with act_as_staff(SYSTEM):
        one = rows.ticket(world, world.ben.membership, ref="7KQM-2XWD")
        rows.ticket(world, world.bea.membership, ref="7KQM-9999")
    assert len(staff_finds("7kqm")) == 2
    assert staff_finds("7KQM-2") == [one.ref] == client_finds(world.ann, "7kqm")


def test_an_address_finds_what_the_person_asked_and_who_it_is(world: World, as_user: Any) -> None:
    ticket = acknowledged(world)
    page = as_user(world.cora).get("/desk/search/", {"q": "Ben@example.org"}).content.decode()
    assert ticket.ref in page and "Ben Baker" in page and "Alder Architects" in page


def test_clients_find_nothing_of_another_client(world: World) -> None:
    acknowledged(world)
    assert client_finds(world.bea, "mailbox") == []


def test_an_author_finds_only_the_own_requests(world: World) -> None:
    mine, other = acknowledged(world), acknowledged(world, who=world.ann)
    assert client_finds(world.ben, "mailbox") == [mine.ref]
    assert client_finds(world.ann, "mailbox") == [other.ref, mine.ref]


def test_a_confidential_request_is_found_by_those_named_on_it_and_not_by_the_manager(world: World) -> None:
    secret = acknowledged(world, confidential=True, named=[world.bill.membership])
    assert client_finds(world.ann, "mailbox") == []
    assert client_finds(world.ben, "mailbox") == [secret.ref] == client_finds(world.bill, "mailbox")


def test_clients_never_find_notes_held_replies_or_withdrawn_messages(world: World) -> None:
    ticket = acknowledged(world)
    with act_as_staff(SYSTEM):
        note(ticket.pk, "a rhinoceros inside", by=world.cora.actor, at=MORNING)
        said = publish_now(ticket.pk, "an elephant outside", by=world.cora.actor, at=MORNING)
    assert staff_finds("rhinoceros") == [ticket.ref] and client_finds(world.ben, "rhinoceros") == []
    assert client_finds(world.ben, "elephant") == [ticket.ref]
    with act_as_staff(SYSTEM):
        withdraw_message(said.pk, reason="wrong client", by=world.cora.actor, at=MORNING)
    assert client_finds(world.ben, "elephant") == []


def test_the_excerpt_of_a_client_comes_from_what_it_may_read(world: World) -> None:
    ticket = acknowledged(world)
    with act_as_staff(SYSTEM):
        note(ticket.pk, "they cannot send because they never paid", by=world.cora.actor, at=MORNING)
    with act_as(world.alder.pk):
        found = search_for_client(wanted("send"), actor=world.ann.actor).rows
    assert "paid" not in str(found[0].excerpt) and ("send", True) in found[0].excerpt


def test_the_function_reads_the_clients_own_setting_and_nothing_without_it(world: World) -> None:
    acknowledged(world)
    ask = "select count(*) from search_own('mailbox', '', %s, true, null, 10, null)"
    with act_as(world.birch.pk), connection.cursor() as cursor:
        cursor.execute(ask, [world.ann.user.pk])
        assert cursor.fetchone() == (1,)  # the row that says how far the index was read
        cursor.execute("select set_config('portal.client_id', '', true)")
        cursor.execute(ask, [world.ann.user.pk])
        assert cursor.fetchone() == (1,)


def test_pages_follow_each_other_without_gap_or_double(world: World) -> None:
    made = [acknowledged(world, MORNING - timedelta(minutes=number)).ref for number in range(5)]
    seen: list[str] = []
    before: int | None = None
    with act_as(world.alder.pk):
        for size in (2, 2, 2):
            page = search_for_client(wanted("mailbox"), actor=world.ann.actor, before=before, size=size)
            seen, before = seen + [one.ticket.ref for one in page.rows], page.older
    assert sorted(seen) == sorted(made) and len(seen) == 5 and before is None


@pytest.mark.parametrize(("said", "problem"), [("", "nothing"), ("the and", "common"), ("-mailbox", "without")])
def test_what_cannot_be_searched_is_said(world: World, as_user: Any, said: str, problem: str) -> None:
    acknowledged(world)
    with act_as_staff(SYSTEM):
        assert search_for_staff(wanted(said)).problem == problem
    for who, url in ((world.cora, "/desk/search/"), (world.ann, "/c/alder/requests/search/")):
        page = as_user(who).get(url, {"q": said}).content.decode()
        assert "Not searched" in page and ("cannot be searched" in page) == (problem != "nothing")


@pytest.mark.parametrize("said", ["'", "\\", ":*", "a & b | !c", "(((", '"', "%_", "\x00", "<b>x</b>", "ß" * 300])
def test_no_wild_words_break_the_page(world: World, as_user: Any, said: str) -> None:
    # No text has a NUL: such an address is refused before anybody looks.
    status = 400 if "\x00" in said else 200
    assert as_user(world.cora).get("/desk/search/", {"q": said}).status_code == status
    assert as_user(world.ann).get("/c/alder/requests/search/", {"q": said}).status_code == status


def test_a_whole_reference_leads_to_its_request(world: World, as_user: Any) -> None:
    ticket = acknowledged(world)
    said = ticket.ref.replace("-", "").lower()
    assert as_user(world.cora).get("/desk/search/", {"q": said})["Location"] == f"/desk/tickets/{ticket.ref}/"
    assert as_user(world.ben).get("/c/alder/requests/search/", {"q": said})["Location"].endswith(f"{ticket.ref}/")
    assert as_user(world.bea).get("/c/birch/requests/search/", {"q": said}).status_code == 200


def test_staff_without_an_agreement_find_nothing(world: World, as_user: Any) -> None:
    acknowledged(world)
    assert as_user(world.dev).get("/desk/search/", {"q": "mailbox"}).status_code == 403


def test_words_are_marked_and_what_people_typed_stays_text(world: World, as_user: Any) -> None:
    acknowledged(world, subject="<script>alert(1)</script> mailbox", body=f"<img src=x> mailbox {OPEN}forged{CLOSE}")
    for who, url in ((world.cora, "/desk/search/"), (world.ben, "/c/alder/requests/search/")):
        page = as_user(who).get(url, {"q": "mailbox"}).content.decode()
        assert "<mark>mailbox</mark>" in page and "<mark>forged" not in page
        assert "<script>alert" not in page and "<img src=x" not in page


def test_a_marked_text_falls_into_pieces() -> None:
    assert pieces(f"a {OPEN}b{CLOSE} c") == [("a ", False), ("b", True), (" c", False)]
    assert pieces("") == []


def test_the_search_asks_as_much_for_twenty_requests_as_for_one(world: World, as_user: Any) -> None:
    acknowledged(world)
    staff, client = as_user(world.cora), as_user(world.ann)
    asked = ((staff, "/desk/search/?q=mailbox"), (client, "/c/alder/requests/search/?q=mailbox"))
    counts = []
    for _ in range(2):
        for browser, url in asked:
            browser.get(url)
            with CaptureQueriesContext(connection) as queries:
                browser.get(url)
            counts.append(len(queries))
        for _ in range(19):
            acknowledged(world)
    assert counts[:2] == counts[2:] and max(counts) <= 20


@pytest.mark.parametrize(
    ("look", "again", "cap", "recent"),
    [(300, 300, 300, 300), (1, 1, 1, 1), (1, 1, 1, 2), (1, 1, 1, 300), (1, 300, 1, 1), (1, 1, 300, 1)],
)
def test_every_way_to_the_words_finds_the_same(
    world: World, monkeypatch: Any, look: int, again: int, cap: int, recent: int
) -> None:
    """Common words by looking at the newest, rare ones by the index, and what lies between by both."""
    monkeypatch.setattr(searching, "RECENT", recent)
    monkeypatch.setattr(searching, "LOOK", look)
    monkeypatch.setattr(searching, "LOOK_AGAIN", again)
    monkeypatch.setattr(searching, "CAP", cap)
    made = [acknowledged(world, MORNING - timedelta(minutes=number)).ref for number in range(4)]
    acknowledged(world, who=world.bea)
    raised(world, subject="Something else", body="Entirely.")
    with act_as(world.alder.pk):
        page = search_for_client(wanted("mailbox"), actor=world.ann.actor, size=3)
        rest = search_for_client(wanted("mailbox"), actor=world.ann.actor, size=3, before=page.older)
    assert [one.ticket.ref for one in [*page.rows, *rest.rows]] == made[::-1]
    assert len(staff_finds("mailbox")) == 5
    with act_as_staff(SYSTEM):
        first = search_for_staff(wanted("mailbox"), size=3)
        second = search_for_staff(wanted("mailbox"), size=3, before=first.older)
    assert [one.ticket.ref for one in [*first.rows, *second.rows]] == staff_finds("mailbox")


COPY = """
insert into tickets_ticket (client_id, ref, requester_id, requester_label, for_whom, subject, impact, clause, channel,
    visibility, state, queue_group, queue_at, version, terms_id, received_at, last_client_at, state_since, state_note)
select client_id, 'P' || to_char(n, 'FM000') || '-' || to_char(n, 'FM0000'), requester_id, requester_label, for_whom,
    'Nothing special ' || n, impact, clause, channel, visibility, state, queue_group, queue_at, version, terms_id, received_at,
    last_client_at, state_since, state_note
from tickets_ticket, generate_series(1, 999) n where id = %s
"""


def test_the_words_are_looked_up_in_the_index_and_never_walked_to_along_the_key(world: World) -> None:
    """With ORDER BY id DESC LIMIT beside the words, PostgreSQL would read the newest requests one by one."""
    with act_as_staff(SYSTEM), connection.cursor() as cursor:
        plain = rows.ticket(world, world.ben.membership)
        cursor.execute(COPY, [plain.pk])
        cursor.execute("set local enable_seqscan = off")
        values = {
            "words": "rhinoceros",
            "begins": "",
            "address": "",
            "before": None,
            "most": 26,
            "cap": CAP,
            "after": 0,
        }
        cursor.execute(f"explain {STAFF_HITS}", values)
        plan = "\n".join(line for (line,) in cursor.fetchall())
        cursor.execute("explain select id from tickets_ticket where search @@ 'rhinoceros' order by id desc limit 26")
        walk = "\n".join(line for (line,) in cursor.fetchall())
    assert "Bitmap Index Scan on tickets_search" in plan and "Bitmap Index Scan on tickets_message_search" in plan
    assert "tickets_ticket_pkey" not in plan and "CTE hits" in plan
    assert Ticket._meta.db_table in walk and Message._meta.db_table not in walk


def test_an_empty_wish_is_none() -> None:
    assert wanted("  ") == Wanted("", "", "", "")
