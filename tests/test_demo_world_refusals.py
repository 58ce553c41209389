"""Where the demo world is not loaded, and what happens when it is loaded again: only a demo is ever emptied."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import InternalError, ProgrammingError, connection, transaction

from portal import audit, clock, jobs
from portal.actors import SYSTEM
from portal.models import Client, Supplier, User
from portal.rules.states import DemoState
from portal.tenancy import act_as, act_as_staff
from tickets.models import Ticket

FEW = ("--tickets", "60")


@pytest.fixture
def demo_settings(settings: Any, tmp_path: Any) -> Any:
    settings.PORTAL_DEMO, settings.PORTAL_VAR = True, tmp_path
    return settings


def load(*words: str) -> None:
    call_command("demo", *FEW, *words)


def test_a_real_portal_is_left_alone(world, demo_settings):
    with pytest.raises(CommandError, match="is no demo"):
        load()
    assert User.objects.filter(email="ann@example.org").exists()


def test_a_database_with_people_does_not_become_a_demo(world, demo_settings):
    with pytest.raises(CommandError, match="not empty"):
        load("--first-start")


def test_without_the_setting_nothing_is_loaded(db, settings):
    settings.PORTAL_DEMO = False
    with pytest.raises(CommandError, match="PORTAL_DEMO"):
        load("--first-start")


@pytest.mark.parametrize("text", ["yesterday", "2026-11-24T10:40"])
def test_an_instant_needs_its_offset(db, demo_settings, text):
    with pytest.raises(CommandError, match="with its offset"):
        load("--first-start", "--at", text)


def test_a_number_out_of_range_is_refused(db, demo_settings):
    with pytest.raises(CommandError, match="from 60 to 1000000"):
        call_command("demo", "--tickets", "5")


def test_a_real_person_closes_the_demo_for_good(db, demo_settings):
    load("--first-start")
    with act_as_staff(SYSTEM):
        User.objects.create(email="real@example.org", name="Real", created_at=clock.now(), is_demo=False)
        assert Supplier.objects.get().demo_state == DemoState.CLOSED
    with pytest.raises(CommandError, match="is no demo"):
        load()


def test_the_database_itself_refuses_to_empty_a_real_portal(world):
    """Somebody who has got round the command, and has even restamped the supplier and the people."""
    jobs.load()
    with act_as_staff(SYSTEM):
        audit.record("portal set up", by=SYSTEM, at=clock.now(), client_id=None)
    jobs.run("seal the audit trail")
    with act_as_staff(SYSTEM):
        User.objects.update(is_demo=True)
        Supplier.objects.update(demo_state=DemoState.OPEN)
        with (
            pytest.raises(InternalError, match="no demonstration"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("select public.demo_reset()")
        assert Client.objects.exists()


def test_only_staff_may_ask_for_the_emptying(world):
    refused = pytest.raises(ProgrammingError, match="permission denied")
    with act_as(world.alder.pk), refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select public.demo_reset()")


def test_another_instant_moves_the_clock_along(db, demo_settings):
    at = datetime(2026, 12, 29, 9, 5, tzinfo=UTC)
    load("--first-start", "--at", at.isoformat())
    assert abs((clock.now() - at).total_seconds()) < 5
    with act_as_staff(SYSTEM):
        assert Ticket.objects.count() == 60
        assert not Ticket.objects.filter(state_since__gt=at).exists()


def test_starting_again_leaves_a_whole_and_sealed_world(committed, demo_settings):
    load("--first-start")
    jobs.load()
    jobs.run("seal the audit trail")
    load()
    jobs.run("seal the audit trail")
    found = audit.verify()
    assert (found.ok, found.unsealed) == (True, 0)
    with act_as_staff(SYSTEM):
        assert Ticket.objects.count() == 60
    load()
