"""The database's own catalogue: no wall is missing, and every check notices the fault it is for."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest
from django.db import connection

from tests.catalogue import every_fault, owner_session

DEFINER = "create function public.{} returns int language sql security definer {} as 'select 1'"
PATH = "set search_path = pg_catalog, public, pg_temp"

# What is planted, and the sentence that must appear.
PLANTED = {
    "a table without row security": (
        "create table extra (id bigint primary key, client_id bigint, unique (client_id, id))",
        "extra: row security is not enabled and forced",
    ),
    "row security that the owner escapes": (
        "alter table tickets_ticket no force row level security",
        "tickets_ticket: row security is not enabled and forced",
    ),
    "a missing policy": ("drop policy client on tickets_message", "tickets_message: no policy for portal_client"),
    "a missing policy for staff": ("drop policy staff on portal_notice", "portal_notice: no policy for portal_staff"),
    "a missing unique key": (
        "alter table tickets_message drop constraint tickets_message_of_client cascade",
        "tickets_message: no unique key of client_id and its primary key",
    ),
    "a plain key": (
        "alter table tickets_message drop constraint tickets_message_ticket_id_same_client;"
        "alter table tickets_message add foreign key (ticket_id) references tickets_ticket (id)",
        "tickets_message.ticket_id: may point across clients to tickets_ticket",
    ),
    "a key without its SQL": (
        "alter table tickets_ticket drop constraint tickets_ticket_requester_id_same_client",
        "tickets_ticket.requester_id: looks like a key and is none",
    ),
    "a view": ("create view peek as select * from tickets_ticket", "peek: a view that reads with its owner's rights"),
    "a materialised view": (
        "create materialized view pile as select * from tickets_ticket",
        "pile: a view that reads with its owner's rights",
    ),
    "an unlisted definer function": (
        DEFINER.format("stray()", PATH),
        "stray: a definer function that is not on the list",
    ),
    "a definer function of the owner": (
        DEFINER.format("contract_day()", PATH),
        "contract_day: belongs to portal_owner",
    ),
    "a definer function without a search path": (
        DEFINER.format("contract_day()", ""),
        "contract_day: its search path is the caller’s",
    ),
    "a function for everybody": (
        "create function public.open_to_all() returns int language sql as 'select 1';"
        "grant execute on function public.open_to_all() to public",
        "open_to_all: anybody may run it",
    ),
    "a grant to everybody": ("grant select on portal_client to public", "portal_client: granted to everybody"),
    "a new right at the door": (
        "grant select on portal_membership to portal_app",
        "portal_membership: SELECT at the door",
    ),
    "a right on one column at the door": (
        "grant select (subject) on tickets_ticket to portal_app",
        "tickets_ticket: SELECT (subject) at the door",
    ),
    "content without an NDA": (
        "grant select on tickets_message to portal_staff_plain",
        "tickets_message: SELECT without an NDA",
    ),
    "a check at the wrong time": (
        "alter table portal_product add constraint late unique (name) deferrable initially immediate",
        "portal_product: late is deferrable, but not deferred",
    ),
    "a constraint that reads the clock": (
        "alter table portal_product add constraint today check (now() > '2020-01-01')",
        "today: reads the clock (now())",
    ),
}


@pytest.fixture
def owner(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """The owner in a transaction of its own, which is rolled back."""
    with closing(psycopg2.connect(**owner_session(connection.settings_dict["NAME"]))) as session:
        yield session.cursor()
        session.rollback()


def test_no_wall_is_missing(owner):
    assert every_fault(owner) == []


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_noticed(owner, fault):
    statement, sentence = PLANTED[fault]
    owner.execute(statement)
    assert sentence in every_fault(owner)
