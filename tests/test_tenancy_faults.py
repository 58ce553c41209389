"""Negative controls: with a wall taken down, the isolation test must notice; with a filter forgotten, the wall must hold."""

from contextlib import closing
from typing import Any

import psycopg2
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, connections

from portal.actors import SYSTEM
from portal.models import AuditEvent, AuditPayload, Document, Notice, NoticeChoice
from portal.tenancy import act_as, act_as_staff
from tests import rows
from tests.cast import MORNING, World
from tickets.models import Message, Ticket

SHA = "0" * 64


def furnish(world: World) -> None:
    """Both clients get a row in the tables where a leak would hurt most."""
    with act_as_staff(SYSTEM):
        for person in (world.ann, world.bea):
            client = {"client_id": person.membership.client_id}
            rows.attachment(rows.message(rows.acknowledged(world, person.membership)))
            event = AuditEvent.objects.create(
                **client, at=MORNING, kind="test", actor_kind="system", actor_label="x", client_visible=True
            )
            AuditPayload.objects.create(event=event, **client, payload={"a": 1})
            given = {**client, "user": person.user, "membership": person.membership}
            Notice.objects.create(**given, kind="x", sentence="Read this.", at=MORNING, key="1")
            NoticeChoice.objects.create(**given, kind="x", way="mail", chosen_at=MORNING)
            Document.objects.create(
                **client, kind="report", number="1", title="A report", snapshot={}, snapshot_sha256=SHA,
                template_version="1", unsigned_sha256=SHA, signed_sha256=SHA, storage_name="a", size=1, pages=1,
                issued_at=MORNING, issued_by="x",
            )  # fmt: skip


def client_models() -> list[Any]:
    """Every model whose rows a client may read."""
    of_clients = [one for one in apps.get_models() if any(field.name == "client" for field in one._meta.fields)]
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where relkind = 'r' and has_table_privilege(%s, oid, 'select')",
            [f"{settings.PORTAL_ROLE_PREFIX}_client"],
        )
        readable = {name for (name,) in cursor.fetchall()}
    return [model for model in of_clients if model._meta.db_table in readable]


def isolation_faults(world: World) -> list[str]:
    """The isolation test: what Alder sees of others, or fails to see of its own, by queries without any filter."""
    faults = []
    with act_as(world.alder.pk):
        for model in client_models():
            owners = set(model.objects.values_list("client_id", flat=True))
            faults += [f"{model.__name__} of client {owner}" for owner in owners - {world.alder.pk}]
            if model in (Ticket, Message, AuditEvent, Document) and not owners:
                faults.append(f"{model.__name__} of its own is missing")
    return faults


@pytest.fixture
def furnished(lasting_world: World) -> World:
    furnish(lasting_world)
    return lasting_world


def as_owner(*statements: str) -> None:
    """Change the test database as its owner would: these tests run on a copy that is thrown away."""
    owner = settings.DATABASES["owner"]
    name = connection.settings_dict["NAME"]
    assert name.startswith("test_")
    connections.close_all()
    where = {"host": owner["HOST"], "port": owner["PORT"], "user": owner["USER"], "password": owner["PASSWORD"]}
    with closing(psycopg2.connect(**where, dbname=name)) as session, session, session.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


class TestTheWallsStand:
    def test_without_any_filter_a_client_sees_only_its_own(self, world):
        furnish(world)
        assert isolation_faults(world) == []


class TestAFaultIsNoticed:
    """ORM filter dropped: the queries above have none, and the policy still holds. Policy dropped: found here."""

    @pytest.mark.parametrize("table", ["tickets_ticket", "tickets_message", "portal_auditevent", "portal_document"])
    def test_row_security_switched_off(self, furnished, table):
        as_owner(f"alter table {table} disable row level security")
        assert [fault.split()[0].lower() for fault in isolation_faults(furnished)] == [table.split("_")[1]]

    def test_a_policy_dropped(self, furnished):
        as_owner("drop policy client on tickets_ticket")
        assert isolation_faults(furnished) == ["Ticket of its own is missing"]

    def test_a_policy_that_lets_everything_through(self, furnished):
        as_owner(
            "drop policy client on tickets_ticket",
            "create policy client on tickets_ticket to portal_client using (true) with check (true)",
        )
        assert isolation_faults(furnished) == [f"Ticket of client {furnished.birch.pk}"]

    def test_a_policy_for_staff_granted_to_everybody(self, furnished):
        as_owner("create policy slip on tickets_message using (true)")
        assert isolation_faults(furnished) == [f"Message of client {furnished.birch.pk}"]

    def test_the_application_would_run_as_the_owner(self, furnished):
        """Forced row security: even the owner, without a scope, reads nothing."""
        owner = settings.DATABASES["owner"]
        where = {"host": owner["HOST"], "port": owner["PORT"], "user": owner["USER"], "password": owner["PASSWORD"]}
        name = connection.settings_dict["NAME"]
        with closing(psycopg2.connect(**where, dbname=name)) as session, session.cursor() as cursor:
            cursor.execute("select count(*) from tickets_ticket")
            assert cursor.fetchone() == (0,)
