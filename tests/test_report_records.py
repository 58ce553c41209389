"""What the compliance report says of records beside the promises: scope, charge, accesses, cases; and on which calendar it reckons."""

import csv
import io
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.models import ReportRequest
from compliance.queries import report_facts
from compliance.report.evaluate import evaluate
from compliance.report.facts import AccessLine, CaseLine, ReportFacts, SigningFacts, TaskLine
from compliance.report.records import accesses_csv, charges_csv
from compliance.report.snapshot import build
from portal.actors import SYSTEM
from portal.tenancy import act_as_staff
from portal.worktime import Calendar
from tests import rows
from tests.cast import MORNING, World
from tests.charging import accepted, approved, asked, hourly
from tests.report_sample import AS_OF
from tests.report_sample import report_facts as sample
from tests.tickets import acknowledged, publish_now
from tickets.actions.calendar import change_calendar
from tickets.actions.escalation import escalate
from tickets.actions.work import change_state
from tickets.models import Ticket
from tickets.queries.calendar import moved_by, running_clocks, seal_of
from tickets.queries.evidence_between import Span, accesses_between
from tickets.queries.papers import promise_of
from tickets.rules.states import State

HOUR = timedelta(hours=1)
SECRET = "MARKER-confidential"


@pytest.fixture(autouse=True)
def now(frozen: Any) -> None:
    frozen(MORNING)


def facts_of(world: World) -> ReportFacts:
    asked_for = ReportRequest(
        client_id=world.alder.pk, period_from=date(2026, 11, 1), period_to=date(2026, 11, 30),
        requested_by_label="Ann", requested_at=MORNING,
    )  # fmt: skip
    signing = SigningFacts("Test", "0" * 64, date(2030, 1, 1), True)
    with act_as_staff(SYSTEM):
        return report_facts(asked_for, at=MORNING + 48 * HOUR, code="0" * 28, signing=signing)


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.django_db
@pytest.mark.clause("HLP-3", "HLP-5")
def test_report_and_proof_sheet_agree_after_a_change_of_hours(world: World) -> None:
    ticket, by = acknowledged(world), world.cora.actor
    with act_as_staff(by):
        publish_now(ticket.pk, "Done.", by=by, at=MORNING + 24 * HOUR)
    before = working_figures(world, ticket)
    shorter, later = Calendar.parse(hours="10:00-11:00", version=2), MORNING + 30 * HOUR
    with act_as_staff(world.lee.actor):
        seen = seal_of(moved_by(shorter, running_clocks(later), later))
        change_calendar(shorter, effective_at=later, seen=seen, by=world.lee.actor, at=later)
    # From 10:40 to 17:30, and from 9:00 to 10:40 on the next day: by the new hours it would be an hour.
    assert working_figures(world, ticket) == before == (510 * 60, 510 * 60)


def working_figures(world: World, ticket: Ticket) -> tuple[int | None, int | None]:
    """Working seconds to the answer and from the receipt as the report tells them; the proof sheet must say the same."""
    (told,) = facts_of(world).tickets
    with act_as_staff(SYSTEM):
        proof = promise_of(Ticket.objects.select_related("clock__calendar").get(pk=ticket.pk), MORNING + 48 * HOUR)
    said = (told.working_seconds_to_reply, told.working_seconds_from_receipt)
    assert proof and said == (proof["to_reply"], proof["from_receipt"])
    return said


@pytest.mark.django_db
@pytest.mark.clause("HLP-8", "LIA-1")
def test_charges_stand_with_their_answers_and_rulings_are_counted(world: World) -> None:
    first, second = hourly(world), hourly(world, confidential=True)
    approved(world, first)
    asked(world, second)
    with act_as_staff(SYSTEM):
        rows.ruling(world, first, outcome="included", clause="LIA-1", reason="A favour")
    facts = facts_of(world)
    assert [(row.ref, row.answer, row.answered_by) for row in facts.charge_lines] == [
        (first.ref, "yes", "Ann Archer"), (second.ref, "not answered yet", ""),
    ]  # fmt: skip
    assert [row.work for row in facts.charge_lines] == ["Find the fault", ""]
    assert {(row.outcome, row.clause, row.requests) for row in facts.rulings} == {
        ("Part of support", "LIA-1", 1), ("Charged by the hour", "HLP-8", 1),
    }  # fmt: skip
    assert [line["answered_by"] for line in table(charges_csv(build(facts)))] == ["Ann Archer", ""]


@pytest.mark.django_db
@pytest.mark.clause("ACC-5", "ACC-6", "ODS-7")
def test_accesses_stand_with_each_act_and_a_confidential_request_without_its_words(world: World) -> None:
    plain, secret = accepted(world), accepted(world, confidential=True)
    with act_as_staff(SYSTEM):
        for ticket in (plain, secret):
            words = {"purpose": f"Restore the folder {SECRET}", "place": f"Mailbox {SECRET}", "person": SECRET}
            window = rows.window(rows.access_request(ticket, **words), world.cora.staff)
            rows.change(window, thing=SECRET)
            rows.change(window, thing=f"{SECRET} too")
            rows.task(ticket, purpose=f"Also restore {SECRET}")
    facts = facts_of(world)
    assert [(row.ref, len(row.acts), bool(row.purpose)) for row in facts.accesses] == [
        (plain.ref, 2, True), (secret.ref, 2, False),
    ]  # fmt: skip
    lines = table(accesses_csv(build(facts)))
    assert [(line["ref"], line["by"], SECRET in str(line)) for line in lines] == [
        (plain.ref, "Cora Carter", True)] * 2 + [(secret.ref, "Cora Carter", False)] * 2  # fmt: skip
    assert [SECRET in str(row) for row in facts.added_tasks] == [True, False]
    assert evaluate("ACC-6", facts).sentence.startswith("4 acts in 2 windows")


@pytest.mark.django_db
@pytest.mark.clause("ACC-6", "ODS-4")
def test_a_window_over_midnight_stands_in_both_periods_each_act_in_its_own(world: World) -> None:
    ticket, edge, minute = accepted(world), MORNING + 15 * HOUR, timedelta(minutes=1)
    with act_as_staff(SYSTEM):
        asked_for = rows.access_request(ticket)
        window = rows.window(asked_for, world.cora.staff, begins_at=edge - HOUR, ends_at=edge + HOUR)
        rows.change(window, thing="before", at=edge - minute)
        rows.change(window, thing="at the edge", at=edge)
        rows.window(asked_for, world.cora.staff, begins_at=edge - 2 * HOUR, ends_at=edge)
        spans = [Span(world.alder.pk, edge - 24 * HOUR, edge), Span(world.alder.pk, edge, edge + 24 * HOUR)]
        found = [[[act["thing"] for act in row["acts"]] for row in accesses_between(span)] for span in spans]
        assert found == [[[], ["before"]], [["at the edge"]]]
        assert accesses_between(Span(world.alder.pk, edge + HOUR, edge + 24 * HOUR)) == []


@pytest.mark.django_db
@pytest.mark.clause("HLP-10", "HLP-9")
def test_cases_at_microsoft_and_the_mean_time_to_the_solution(world: World) -> None:
    ticket, by = accepted(world), world.cora.actor
    with act_as_staff(by):
        escalate(ticket.pk, case_number="2411", reason="Theirs", by=by, at=MORNING + HOUR)
        change_state(ticket.pk, State.IN_PROGRESS, by=by, at=MORNING + 2 * HOUR)
        change_state(ticket.pk, State.RESOLVED, by=by, at=MORNING + 3 * HOUR)
    facts = facts_of(world)
    (case,) = facts.cases
    assert (case.ref, case.case, case.working_seconds) == (ticket.ref, "2411", 3600)
    (month,) = build(facts)["support"]["same_day"]["months"]
    assert (month["resolved"], month["same_day"], month["mean_seconds"]) == (1, 1, 3 * 3600)


@pytest.mark.django_db
def test_another_clients_records_and_other_periods_are_left_out(world: World) -> None:
    with act_as_staff(SYSTEM):
        theirs = rows.accepted(rows.acknowledged(world, world.bea.membership), world.cora.staff)
        rows.window(rows.access_request(theirs, asked_by=world.bea.membership), world.cora.staff)
    found = facts_of(world)
    assert not found.accesses and not found.charge_lines and not found.cases and not found.rulings


@pytest.mark.django_db
def test_the_report_reads_as_often_for_one_record_as_for_twenty(world: World) -> None:
    counts = []
    for more in (1, 19):
        for _each in range(more):
            ticket = hourly(world)
            asked(world, ticket)
            with act_as_staff(SYSTEM):
                rows.change(rows.window(rows.access_request(ticket), world.cora.staff))
                rows.task(ticket)
        with CaptureQueriesContext(connection) as seen:
            facts_of(world)
        counts.append(len(seen))
    assert counts[0] == counts[1]


WINDOW = AccessLine("R", "p", "a", "b", "c", "allowed by a manager", "Cora", AS_OF, AS_OF, [{"at": AS_OF}])
CASE = CaseLine("R", "2411", AS_OF, None, None)
RECORDS: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "no access": ("ACC-6", {}, "not applicable", "No data was touched"),
    "an access": ("ACC-6", {"accesses": [WINDOW]}, "met", "1 act in 1 window, each under a request"),
    "nobody entitled was needed": ("ODS-4", {}, "not applicable", "No data was touched"),
    "somebody entitled": ("ODS-4", {"accesses": [WINDOW]}, "met", "1 window opened on the word"),
    "an emergency": ("ODS-4", {"accesses": [replace(WINDOW, basis="in an emergency, with a second person of ours")]},
                     "met", "0 windows .*; 1 emergency with a second person"),
    "nothing added": ("ODS-7", {}, "not applicable", "Nothing was added"),
    "something added": ("ODS-7", {"added_tasks": [TaskLine("R", "p", "Ben", AS_OF)] * 2}, "met", "2 additions recorded"),
    "no case": ("HLP-10", {}, "not applicable", "Nothing went to Microsoft"),
    "a case": ("HLP-10", {"cases": [CASE]}, "met", "1 case at Microsoft, each under its number; 1 still there"),
    "a statistic": ("HLP-9", {}, "not applicable", "A statistic and no promise: 0 of 0 solved requests"),
}  # fmt: skip


@pytest.mark.parametrize("case", RECORDS)
@pytest.mark.clause("ACC-6", "ODS-4", "ODS-7", "HLP-9", "HLP-10")
def test_a_clause_is_judged_by_its_records(case: str) -> None:
    clause_id, changes, state, words = RECORDS[case]
    found = evaluate(clause_id, sample(0, **changes))
    assert found.state == state and re.search(words, found.sentence), found.sentence


def test_no_cell_of_the_tables_is_a_formula() -> None:
    bad = replace(
        WINDOW, purpose="=1+1", place="@x", acts=[dict.fromkeys(("at", "by", "act", "thing", "before", "after"), "=2")]
    )
    line = table(accesses_csv(build(sample(0, accesses=[bad]))))[0]
    assert (line["purpose"], line["place"], line["thing"]) == ("'=1+1", "'@x", "'=2")
