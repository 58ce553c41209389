"""What the proof sheet says beside the promise: ruling and charge, accesses to data, time at Microsoft; read in the PDF itself."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from portal.actions import approvals
from portal.actors import SYSTEM
from portal.tenancy import act_as, act_as_staff
from tests import rows
from tests.cast import MORNING, World
from tests.charging import MINUTE, accepted, approved, asked, hourly
from tests.papers import made, papers, stored  # noqa: F401 - a fixture
from tests.pdf_tools import words_of
from tests.tickets import raised
from tickets.actions import dataaccess, identity, tasks
from tickets.actions.charging import answer_charge
from tickets.actions.escalation import escalate
from tickets.actions.timing import Work, add_time, reverse_time
from tickets.actions.work import change_state
from tickets.models import Ticket
from tickets.proofsections import SECTIONS
from tickets.rules.dataaccess import Act, Proof, Verb
from tickets.rules.papers import Paper
from tickets.rules.states import State

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("papers")]
HOUR = timedelta(hours=1)
SECRET = "MARKER-the-reason-stays-between-staff"


def said_of(ticket: Ticket, world: World, folder: Path) -> str:
    return words_of(stored(made(ticket, Paper.PROOF, world, at=MORNING + 10 * HOUR), folder))


def has(said: str, *words: str) -> None:
    for one in words:
        assert one in said, (one, said)


@pytest.mark.clause("HLP-8", "LIA-1")
def test_the_charge_stands_there_with_its_yes_and_the_time_with_what_was_taken_back(
    world: World, tmp_path: Path
) -> None:
    ticket, by = hourly(world), world.cora.actor
    row = asked(world, ticket, minutes=120)
    with act_as(world.alder.pk):
        answer_charge(row.pk, yes=True, by=world.ann.actor, at=MORNING + 5 * MINUTE, note="Please do")
    with act_as_staff(by):
        wrong = add_time(ticket.pk, Work(MORNING + HOUR, 3600, "Read the log"), by=by, at=MORNING + 3 * HOUR)
        reverse_time(wrong.pk, "An hour too much", by=by, at=MORNING + 3 * HOUR)
        add_time(ticket.pk, Work(MORNING + HOUR, 1200, "Mended the rule"), by=by, at=MORNING + 3 * HOUR)
        add_time(ticket.pk, Work(MORNING + 2 * HOUR, 600, "Told Ben", "A favour"), by=by, at=MORNING + 3 * HOUR)
    said = said_of(ticket, world, tmp_path)
    has(
        said, "Scope and charge", "Charged by the hour", "HLP-8", "Cora Carter", "£85.00 an hour", "120 minutes",
        "yes: Ann Archer, 24 November 2026, 10:45:00 GMT", "“Please do”", "Read the log", "taken back: An hour too much",
        "−1 h 00 min", "Mended the rule", "A favour", "30 min £42.50", "Together, without VAT £42.50",
        "Worked without a charge: 10 min",
    )  # fmt: skip


@pytest.mark.clause("LIA-2")
def test_the_reason_of_a_ruling_stays_between_staff(world: World) -> None:
    ticket = accepted(world)
    with act_as_staff(SYSTEM):
        rows.ruling(world, ticket, outcome="outside", clause="LIA-2", reason=SECRET)
    one = made(ticket, Paper.PROOF, world)
    assert one.document and one.document.snapshot["sections"][0]["facts"]["rulings"][0]["outcome"] == "Outside support"
    assert SECRET not in json.dumps(one.document.snapshot)


@pytest.mark.clause("ACC-5", "ACC-6", "ODS-4", "ODS-7", "LIA-3")
def test_accesses_stand_there_from_the_asking_to_the_closing(world: World, tmp_path: Path) -> None:
    ticket, by = accepted(world), world.cora.actor
    asking = dataaccess.Asked(
        Verb.FIX, "Bill Butler", False, "Mailbox bill@alder.example", "Reset the password after the theft"
    )
    with act_as_staff(by):
        row = dataaccess.ask_access(ticket.pk, asking, asked_by=world.ben.membership, by=by, at=MORNING)
    with act_as(world.alder.pk):
        ann = {"manager": world.ann.membership, "by": world.ann.actor, "at": MORNING + MINUTE}
        dataaccess.decide(row.pk, yes=True, **ann)
        dataaccess.decide(row.pk, yes=True, thing="The rule Forward all", **ann)
    with act_as_staff(by):
        note = "Called Bill on his desk number"
        identity.check_asker(row.pk, proof=Proof.CALLBACK, note=note, manager=None, by=by, at=MORNING + 2 * MINUTE)
        window = dataaccess.open_access(row.pk, minutes=60, by=by, at=MORNING + 3 * MINUTE)
        for done in (
            dataaccess.Done(Act.PASSWORD_RESET, "Account of Bill"),
            dataaccess.Done(Act.CHANGED, "Folder Invoices", "In the bin", "In the mailbox"),
            dataaccess.Done(Act.DELETED, "The rule Forward all"),
        ):
            dataaccess.record_change(window.pk, done, by=by, at=MORNING + 4 * MINUTE)
        dataaccess.close_access(window.pk, by=by, at=MORNING + 6 * MINUTE)
        task = tasks.add_task(ticket.pk, purpose="Also mend Bill’s signature", by=by, at=MORNING, member=None, name="")
        tasks.step_task(task.pk, "accepted", by=by, at=MORNING + MINUTE)
    has(
        said_of(ticket, world, tmp_path), "Access to the client’s data", "Mailbox bill@alder.example", "Bill Butler",
        "Reset the password after the theft", "Asked by Ben Baker, 24 November 2026, 10:40:00 GMT",
        "Ann Archer: yes in the portal", "about the deletion of The rule Forward all", "checked who asks", note,
        "allowed by a manager: 24 November 2026, 10:43:00 GMT to 24 November 2026, 10:46:00 GMT, closed by Cora Carter",
        "Password reset", "Folder Invoices In the bin In the mailbox", "Deleted",
        "Also mend Bill’s signature", "accepted by Cora Carter",
    )  # fmt: skip


@pytest.mark.clause("ACC-5")
def test_an_emergency_names_both_people_and_its_reason(world: World, tmp_path: Path) -> None:
    ticket = accepted(world)
    with act_as_staff(world.lee.actor):
        asking, reason = rows.access_request(ticket), "Mail of the whole house is being forwarded"
        approval = dataaccess.propose_break_glass(asking.pk, reason=reason, by=world.lee.actor, at=MORNING)
        approvals.confirm(approval_id=approval.pk, by=world.ada.actor, at=MORNING + MINUTE)
    has(
        said_of(ticket, world, tmp_path), "Lee Lister and Ada Ashby", "an emergency, proposed by the first",
        reason, "No window was opened for it.",
    )  # fmt: skip


@pytest.mark.clause("HLP-10", "HLP-5")
def test_time_at_microsoft_is_shown_apart_and_changes_no_promise(world: World, tmp_path: Path) -> None:
    ticket, by = accepted(world), world.cora.actor
    before = made(ticket, Paper.PROOF, world).document
    with act_as_staff(by):
        escalate(ticket.pk, case_number="2411240030001234", reason="A fault of theirs", by=by, at=MORNING)
        # From 10:40 to 17:30 on Tuesday, and from 9:00 to 12:40 on Wednesday.
        change_state(ticket.pk, State.IN_PROGRESS, by=by, at=MORNING + 26 * HOUR)
    one = made(ticket, Paper.PROOF, world, at=MORNING + 27 * HOUR)
    has(words_of(stored(one, tmp_path)), "Time with Microsoft", "2411240030001234", "A fault of theirs", "10 h 30 min")
    assert before and one.document
    assert before.snapshot["promise"]["due_at"] == one.document.snapshot["promise"]["due_at"]


def test_a_request_without_any_of_these_has_none_of_the_sections(world: World) -> None:
    assert list(SECTIONS) == ["charge", "access", "microsoft"]
    one = made(raised(world), Paper.PROOF, world)
    assert one.document and one.document.snapshot["sections"] == []


def test_what_is_not_answered_and_not_worked_is_said(world: World, tmp_path: Path) -> None:
    ticket = hourly(world)
    has(said_of(ticket, world, tmp_path), "no charge is on record", "No time is written down")
    approved(world, ticket, at=MORNING + MINUTE)
    asked(world, ticket, at=MORNING + 2 * MINUTE)
    has(words_of(stored(made(ticket, Paper.PROOF, world), tmp_path)), "not answered yet")
