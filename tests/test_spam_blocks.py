"""Blocked senders: under an accepted request, in the client's tenant only within an access, lifted with a reason (EML-6, ACC-6)."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from portal.errors import Refused
from portal.models import AuditEvent
from portal.tenancy import act_as, act_as_staff
from tests import rows
from tests.cast import MORNING, World
from tests.spamming import reported, taken_on, window
from tickets.actions.blocks import Block, block_sender, lift_block
from tickets.models import DataChange, SenderBlock, Ticket
from tickets.rules.spam import BlockKind, BlockPlace

pytestmark = [pytest.mark.django_db, pytest.mark.clause("EML-6")]
LATER = MORNING + timedelta(minutes=10)
FILTER = Block(BlockKind.ADDRESS, "service@evil.example", BlockPlace.FILTER, "Phishing for passwords")
TENANT = Block(BlockKind.DOMAIN, "evil.example", BlockPlace.TENANT, "Phishing for passwords")


@pytest.fixture
def ticket(world: World) -> Ticket:
    return taken_on(world, reported(world))


def blocked(world: World, ticket: Ticket, block: Block) -> SenderBlock:
    with act_as_staff(world.cora.actor):
        return block_sender(ticket.pk, block, by=world.cora.actor, at=LATER)


def test_a_block_in_our_filter_names_what_where_who_and_when(world: World, ticket: Ticket) -> None:
    row = blocked(world, ticket, FILTER)
    assert (row.value, row.place, row.blocked_by_label, row.blocked_at) == (
        "service@evil.example", "filter", "Cora Carter", LATER
    )  # fmt: skip
    with act_as(world.alder.pk):
        assert SenderBlock.objects.get().pk == row.pk
        assert AuditEvent.objects.filter(kind="sender blocked", client_visible=True).exists()
    with act_as(world.birch.pk):
        assert not SenderBlock.objects.exists()


def test_nothing_is_blocked_before_the_request_is_accepted(world: World) -> None:
    report = reported(world)
    with act_as_staff(world.cora.actor), pytest.raises(Refused, match="Accept the request"):
        block_sender(report.ticket_id, FILTER, by=world.cora.actor, at=LATER)


@pytest.mark.clause("ACC-6")
def test_a_block_in_the_clients_tenant_needs_an_open_access(world: World, ticket: Ticket) -> None:
    with pytest.raises(Refused, match="Open an access"):
        blocked(world, ticket, TENANT)
    window(world, ticket)
    row = blocked(world, ticket, TENANT)
    with act_as(world.alder.pk):
        change = DataChange.objects.get(pk=row.change_id)
    assert (change.thing, change.before, change.after) == ("Sender evil.example", "not blocked", "blocked")


@pytest.mark.clause("ACC-6")
def test_a_colleagues_access_does_not_count(world: World, ticket: Ticket) -> None:
    window(world, ticket)
    with act_as_staff(world.lee.actor), pytest.raises(Refused, match="Open an access"):
        block_sender(ticket.pk, TENANT, by=world.lee.actor, at=LATER)


@pytest.mark.clause("ACC-6")
def test_the_database_refuses_a_block_in_the_tenant_without_its_change(world: World, ticket: Ticket) -> None:
    with (
        act_as_staff(world.cora.actor),
        pytest.raises(IntegrityError, match="tickets_acc6_block_in_tenant_is_a_change"),
        transaction.atomic(),
    ):
        rows.sender_block(ticket, world.cora.staff, place="tenant")


@pytest.mark.clause("ACC-6")
def test_a_block_stands_on_the_request_of_its_access(world: World, ticket: Ticket) -> None:
    window(world, ticket)
    change_id = blocked(world, ticket, TENANT).change_id
    with act_as_staff(world.cora.actor):
        other = rows.ticket(world, world.ben.membership)
        with pytest.raises(IntegrityError, match="tickets_acc6_block_in_own_access"), transaction.atomic():
            rows.sender_block(other, world.cora.staff, place="tenant", change_id=change_id)


def test_a_sender_is_blocked_once_in_one_place(world: World, ticket: Ticket) -> None:
    blocked(world, ticket, FILTER)
    with pytest.raises(Refused, match="blocked there already"):
        blocked(world, ticket, FILTER)
    with (
        act_as_staff(world.cora.actor),
        pytest.raises(IntegrityError, match="tickets_eml6_blocked_once"),
        transaction.atomic(),
    ):
        rows.sender_block(ticket, world.cora.staff)


def test_a_block_is_lifted_with_a_reason_and_may_come_again(world: World, ticket: Ticket) -> None:
    row = blocked(world, ticket, FILTER)
    with act_as_staff(world.lee.actor):
        with pytest.raises(Refused, match="Say why"):
            lift_block(row.pk, reason=" ", by=world.lee.actor, at=LATER)
        lifted = lift_block(row.pk, reason="It was a supplier of theirs.", by=world.lee.actor, at=LATER)
        with pytest.raises(Refused, match="lifted already"):
            lift_block(row.pk, reason="Again.", by=world.lee.actor, at=LATER)
    assert (lifted.lifted_by_label, lifted.lift_reason) == ("Lee Lister", "It was a supplier of theirs.")
    assert blocked(world, ticket, FILTER).pk != row.pk


@pytest.mark.clause("ACC-6")
def test_in_the_tenant_the_end_of_a_block_is_a_change_too(world: World, ticket: Ticket) -> None:
    access = window(world, ticket)
    row = blocked(world, ticket, TENANT)
    after = access.ends_at + timedelta(minutes=1)
    with act_as_staff(world.cora.actor):
        with pytest.raises(Refused, match="Open an access"):
            lift_block(row.pk, reason="A supplier of theirs.", by=world.cora.actor, at=after)
        lifted = lift_block(row.pk, reason="A supplier of theirs.", by=world.cora.actor, at=LATER)
        change = DataChange.objects.get(pk=lifted.lift_change_id)
    assert (change.before, change.after) == ("blocked", "not blocked")


def test_the_end_of_a_block_names_who_when_and_why(world: World, ticket: Ticket) -> None:
    row = blocked(world, ticket, FILTER)
    with (
        act_as_staff(world.cora.actor),
        pytest.raises(IntegrityError, match="tickets_eml6_lifted_by_someone"),
        transaction.atomic(),
    ):
        SenderBlock.objects.filter(pk=row.pk).update(lifted_at=LATER)


def test_no_client_writes_a_block_and_nobody_rewrites_one(world: World, ticket: Ticket) -> None:
    row = blocked(world, ticket, FILTER)
    with act_as(world.alder.pk), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        SenderBlock.objects.filter(pk=row.pk).update(lift_reason="x")
    with (
        act_as_staff(world.cora.actor),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
    ):
        SenderBlock.objects.filter(pk=row.pk).update(value="other@evil.example")
