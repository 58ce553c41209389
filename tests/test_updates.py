"""Columns written by a statement that is planned once, and a statement that is a scope of its own."""

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from portal.actors import SYSTEM
from portal.prepared import Prepared
from portal.tenancy import Alone, act_as_staff
from portal.updates import update
from tests.cast import World
from tests.tickets import raised
from tickets.models import RawMail, Ticket

PLACE = "select current_setting('role'), coalesce(current_setting('portal.client_id', true), '')"
COUNTED = Alone(Prepared("update portal_client set name = %s returning (select count(*) from portal_client)"))
BROKEN = Alone(Prepared("insert into tickets_rawmail (source) values (%s) returning id"))


def test_only_the_named_columns_are_written(world: World) -> None:
    ticket = raised(world)
    product = next(iter(world.products.values()))
    ticket.subject, ticket.impact, ticket.product = "Changed", "not written", product
    with act_as_staff(SYSTEM):
        assert update(ticket, ["subject", "product"])
        now = Ticket.objects.get(pk=ticket.pk)
    assert (now.subject, now.impact, now.product) == ("Changed", "", product)


def test_a_row_that_is_no_longer_as_it_was_is_left_alone(world: World) -> None:
    ticket = raised(world)
    ticket.subject = "Changed"
    with act_as_staff(SYSTEM):
        assert not update(ticket, ["subject"], only_if={"version": ticket.version + 1})
        assert not update(ticket, ["subject"], only_if={"assignee": world.cora.staff and world.cora.staff.pk})
        assert update(ticket, ["subject"], only_if={"version": ticket.version, "assignee": None})
        assert not update(Ticket(pk=0, subject="Nobody's"), ["subject"])
        assert Ticket.objects.get().subject == "Changed"


def test_what_only_django_can_write_is_refused() -> None:
    with pytest.raises(TypeError, match="RawMail has columns that only Django can write: envelope_to"):
        update(RawMail(pk=1), ["envelope_to"])


def test_a_statement_alone_is_committed_and_leaves_no_role_behind(lasting_world: World) -> None:
    assert not connection.in_atomic_block
    for name in ("First", "Second"):  # prepared, then run as prepared
        assert COUNTED.run("staff", [name])[0] >= 2
        with connection.cursor() as cursor:
            cursor.execute(PLACE)
            assert cursor.fetchone() == ("none", "")
        with act_as_staff(SYSTEM):
            lasting_world.alder.refresh_from_db()
        assert lasting_world.alder.name == name


def test_inside_another_transaction_it_is_undone_with_it(lasting_world: World) -> None:
    with transaction.atomic():
        COUNTED.run("staff", ["Never"])
        with connection.cursor() as cursor:
            cursor.execute(PLACE)
            assert cursor.fetchone() == ("none", "")
        transaction.set_rollback(True)
    with act_as_staff(SYSTEM):
        lasting_world.alder.refresh_from_db()
    assert lasting_world.alder.name != "Never"


def test_one_that_fails_has_done_nothing_and_the_connection_lives(lasting_world: World) -> None:
    for _ in range(2):
        with pytest.raises(IntegrityError):
            BROKEN.run("staff", ["smtp"])
    with act_as_staff(SYSTEM):
        assert not RawMail.objects.exists()
