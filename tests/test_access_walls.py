"""The database refuses an access that the contract does not allow, however the row is written (ACC-5, ACC-6, ODS-4)."""

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from portal.actors import SYSTEM
from portal.models import Approval, Nda
from portal.tenancy import act_as, act_as_staff
from tests import rows
from tests.cast import MORNING, SINCE, World
from tickets.models import AccessClosing, AccessDecision, BreakGlass, DataAccess, DataChange, IdentityCheck, Ticket

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
APPEND_ONLY = (
    "accessrequest", "accessdecision", "breakglass", "dataaccess", "identitycheck", "datachange", "accessclosing",
    "additionaltask", "taskstep",
)  # fmt: skip


@pytest.fixture(autouse=True)
def staff(world: World) -> Iterator[None]:
    with act_as_staff(SYSTEM):
        yield


@pytest.fixture
def ticket(world: World) -> Ticket:
    return rows.accepted(rows.acknowledged(world, world.ben.membership), world.cora.staff)


def refused(name: str) -> Any:
    return pytest.raises(IntegrityError, match=name)


def decision(world: World, asked: Any, **more: Any) -> AccessDecision:
    given = {
        "client_id": asked.client_id, "request": asked, "about": "access", "yes": True, "how": "portal",
        "decided_by": world.ann.membership, "decided_by_label": "Ann Archer", "decided_at": MORNING,
    }  # fmt: skip
    return AccessDecision.objects.create(**{**given, **more})


@pytest.mark.clause("ACC-6")
def test_an_access_needs_its_own_actors_acceptance(world: World, ticket: Ticket) -> None:
    asked = rows.access_request(ticket)
    assert rows.window(asked, world.cora.staff).pk
    with refused("Accept the request"), transaction.atomic():
        rows.window(asked, world.lee.staff)
    with refused("Accept the request"), transaction.atomic():
        rows.window(asked, world.cora.staff, begins_at=MORNING - HOUR, ends_at=MORNING)


@pytest.mark.clause("ACC-6")
@pytest.mark.parametrize("state", ["acknowledged", "resolved"])
def test_a_ticket_that_nobody_works_on_opens_no_access(world: World, state: str) -> None:
    one = rows.acknowledged(world, world.ben.membership)
    if state == "resolved":
        rows.accepted(one, world.cora.staff)
        Ticket.objects.filter(pk=one.pk).update(state=state)
    with refused("Accept the request"), transaction.atomic():
        rows.window(rows.access_request(one), world.cora.staff)


@pytest.mark.clause("CMP-6")
def test_the_nda_is_that_of_the_rows_own_instant(world: World, ticket: Ticket) -> None:
    asked = rows.access_request(ticket)
    window = rows.window(asked, world.cora.staff)
    Nda.objects.filter(staff=world.cora.staff).update(valid_to=SINCE + timedelta(days=1))
    with refused("non-disclosure"), transaction.atomic():
        rows.window(asked, world.cora.staff)
    with refused("non-disclosure"), transaction.atomic():
        rows.change(window)


@pytest.mark.clause("ODS-4")
def test_somebody_elses_data_needs_a_managers_yes_and_a_no_outweighs_it(world: World, ticket: Ticket) -> None:
    asked = rows.access_request(ticket, own_data=False, person="Bill Butler")
    for basis in ("own", "manager", "named", "break_glass"):
        with refused("Nobody who may allow it"), transaction.atomic():
            rows.window(asked, world.cora.staff, basis=basis)
    decision(world, asked)
    assert rows.window(asked, world.cora.staff, basis="manager").pk
    decision(world, asked, yes=False)
    with refused("Nobody who may allow it"), transaction.atomic():
        rows.window(asked, world.cora.staff, basis="manager")


@pytest.mark.clause("ODS-4")
def test_only_a_manager_of_that_client_and_day_decides(world: World, ticket: Ticket) -> None:
    asked = rows.access_request(ticket)
    with refused("manager of the client"), transaction.atomic():
        decision(world, asked, decided_by=world.ben.membership)
    with refused("manager of the client|same_client"), transaction.atomic():
        decision(world, asked, decided_by=world.bea.membership)
    with refused("manager of the client"), transaction.atomic():
        decision(world, asked, decided_at=MORNING - timedelta(days=1000))


@pytest.mark.clause("ACC-5")
def test_a_window_is_eight_hours_at_most(world: World, ticket: Ticket) -> None:
    with refused("tickets_acc5_window_is_short"), transaction.atomic():
        rows.window(rows.access_request(ticket), world.cora.staff, ends_at=MORNING + 9 * HOUR)


@pytest.mark.clause("ACC-5", "ACC-6")
def test_a_change_stands_inside_its_own_open_window(world: World, ticket: Ticket) -> None:
    window = rows.window(rows.access_request(ticket), world.cora.staff)
    assert rows.change(window, at=window.ends_at).pk
    for at in (MORNING - timedelta(seconds=1), window.ends_at + timedelta(seconds=1)):
        with refused("window of this access|Accept the request"), transaction.atomic():
            rows.change(window, at=at)
    other = rows.accepted(rows.acknowledged(world, world.ben.membership), world.cora.staff)
    with refused("tickets_acc6_change_in_own_window"), transaction.atomic():
        rows.change(window, ticket_id=other.pk)
    AccessClosing.objects.create(
        client_id=window.client_id, access=window, closed_by="Cora Carter", closed_at=MORNING + HOUR / 2
    )
    with refused("window of this access"), transaction.atomic():
        rows.change(window, at=MORNING + HOUR / 2)


@pytest.mark.clause("ACC-6")
def test_another_clients_ticket_or_request_is_refused(world: World, ticket: Ticket) -> None:
    theirs = rows.accepted(rows.acknowledged(world, world.bea.membership), world.cora.staff)
    asked = rows.access_request(ticket)
    with refused("same_client|Accept the request"), transaction.atomic():
        rows.window(asked, world.cora.staff, client_id=world.birch.pk)
    with refused("same_client|Accept the request"), transaction.atomic():
        rows.window(asked, world.cora.staff, ticket_id=theirs.pk, basis="own")
    with refused("same_client"), transaction.atomic():
        rows.access_request(ticket, client_id=world.birch.pk)


@pytest.mark.clause("ACC-5")
def test_a_deletion_needs_a_managers_confirmation_of_that_object(world: World, ticket: Ticket) -> None:
    asked = rows.access_request(ticket)
    window = rows.window(asked, world.cora.staff)
    with refused("manager’s confirmation|manager's confirmation|delete_is_confirmed"), transaction.atomic():
        rows.change(window, act="deleted", thing="Folder A")
    yes = decision(world, asked, about="delete", thing="Folder A")
    with refused("confirmation"), transaction.atomic():
        rows.change(window, act="deleted", thing="Folder B", confirmation=yes)
    assert rows.change(window, act="deleted", thing="Folder A", confirmation=yes).pk
    decision(world, asked, about="delete", thing="Folder A", yes=False)
    with refused("confirmation"), transaction.atomic():
        rows.change(window, act="deleted", thing="Folder A", confirmation=yes)
    with refused("tickets_acc5_delete_is_confirmed_in_portal"), transaction.atomic():
        decision(
            world, asked, about="delete", thing="Folder C", how="callback", recorded_by=world.cora.staff, note="Called"
        )


@pytest.mark.clause("LIA-3")
@pytest.mark.parametrize("act", ["password reset", "MFA reset"])
def test_a_reset_needs_an_identity_check_of_before(world: World, ticket: Ticket, act: str) -> None:
    asked = rows.access_request(ticket)
    window = rows.window(asked, world.cora.staff)
    with refused("identity check"), transaction.atomic():
        rows.change(window, act=act)
    given = {
        "client_id": asked.client_id, "request": asked, "proof": "callback", "note": "Called the known number",
        "staff": world.cora.staff, "staff_label": "Cora Carter",
    }  # fmt: skip
    late = IdentityCheck.objects.create(**given, checked_at=MORNING + HOUR)
    with refused("identity check"), transaction.atomic():
        rows.change(window, act=act, identity_check=late)
    early = IdentityCheck.objects.create(**given, checked_at=MORNING)
    assert rows.change(window, act=act, identity_check=early).pk


@pytest.mark.clause("ACC-5")
def test_an_emergency_needs_a_confirmed_approval_of_that_request(world: World, ticket: Ticket) -> None:
    asked = rows.access_request(ticket, own_data=False, person="Bill Butler")
    given = {
        "client": world.alder, "kind": "break glass", "subject_type": "accessrequest", "subject_id": asked.pk,
        "reason": "The server burns", "proposed_by": world.lee.staff, "proposed_at": MORNING,
    }  # fmt: skip
    waiting = Approval.objects.create(**given)
    glass = BreakGlass.objects.create(
        client_id=asked.client_id, request=asked, approval=waiting, reason="The server burns",
        proposed_by_label="Lee Lister", confirmed_by_label="Ada Ashby", confirmed_at=MORNING,
    )  # fmt: skip
    with refused("Nobody who may allow it"), transaction.atomic():
        rows.window(asked, world.cora.staff, basis="break_glass")
    Approval.objects.filter(pk=waiting.pk).update(state="confirmed", confirmed_by=world.ada.staff, confirmed_at=MORNING)
    assert rows.window(asked, world.cora.staff, basis="break_glass").pk and glass.pk
    with refused("tickets_acc5_window_is_short"), transaction.atomic():
        rows.window(asked, world.cora.staff, basis="break_glass", ends_at=MORNING + 3 * HOUR)


@pytest.mark.clause("ACC-7")
def test_a_phone_request_opens_no_access_before_written_words(world: World) -> None:
    called = rows.accepted(rows.acknowledged(world, world.ben.membership, channel="phone"), world.cora.staff)
    asked = rows.access_request(called)
    with refused("in writing"), transaction.atomic():
        rows.window(asked, world.cora.staff)
    rows.message(called, kind="reply", author_member=world.ben.membership, channel="portal")
    assert rows.window(asked, world.cora.staff).pk


@pytest.mark.clause("ODS-7")
def test_what_a_stranger_added_waits_for_the_client(world: World, ticket: Ticket) -> None:
    task = rows.task(ticket)
    step = {"client_id": ticket.client_id, "staff": world.cora.staff, "by_label": "Cora Carter", "at": MORNING}
    with refused("not registered"), transaction.atomic():
        task.steps.create(**step, step="accepted")
    known = rows.task(ticket, added_by=world.ben.membership, added_by_name="Ben Baker")
    with refused("before it is done"), transaction.atomic():
        known.steps.create(**step, step="done")
    known.steps.create(**step, step="accepted")
    assert known.steps.create(**step, step="done").pk


@pytest.mark.clause("ACC-6", "ODS-7")
@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("role", ["staff", "client"])
def test_nobody_changes_or_deletes_what_is_written(world: World, ticket: Ticket, table: str, role: str) -> None:
    for statement in (f"update tickets_{table} set id = id", f"delete from tickets_{table}"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            run_as(role, world, statement)


def run_as(role: str, world: World, statement: str) -> None:
    scope = act_as(world.alder.pk) if role == "client" else nullcontext()
    with scope, connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_client_sees_its_own_rows_only_and_opens_nothing_itself(world: World, ticket: Ticket) -> None:
    rows.change(rows.window(rows.access_request(ticket), world.cora.staff))
    with act_as(world.alder.pk):
        assert DataChange.objects.count() == 1
    with act_as(world.birch.pk):
        assert not DataAccess.objects.exists() and not DataChange.objects.exists()
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), act_as(world.alder.pk):
        rows.window(rows.access_request(ticket), world.cora.staff)


@pytest.mark.clause("HLP-10")
def test_a_ticket_goes_to_microsoft_only_with_a_case_and_its_case_ends_with_it(world: World, ticket: Ticket) -> None:
    with refused("Name the case"), transaction.atomic():
        Ticket.objects.filter(pk=ticket.pk).update(state="with_microsoft")
    case = ticket.escalations.create(
        client_id=ticket.client_id, case_number="26", reason="Theirs", since=MORNING, remind_at=MORNING + 48 * HOUR,
        escalated_by="Cora Carter",
    )  # fmt: skip
    Ticket.objects.filter(pk=ticket.pk).update(state="with_microsoft", state_since=MORNING)
    Ticket.objects.filter(pk=ticket.pk).update(state="in_progress", state_since=MORNING + HOUR)
    case.refresh_from_db()
    assert (case.ended_at, case.remind_at) == (MORNING + HOUR, None)
