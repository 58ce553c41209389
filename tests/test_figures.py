"""The figures of kept promises: one set of queries for the client's home, the report and the desk's dashboard."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from html import escape
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.models import ReportRequest
from compliance.queries import report_facts
from compliance.report.facts import ReportFacts, SigningFacts
from compliance.report.figures import support_figures
from portal.actors import SYSTEM
from portal.models import WorkingCalendar
from portal.queries.contract import worktime_of
from portal.spreadsheets import csv_bytes
from portal.tenancy import act_as, act_as_staff
from tests import rows
from tests.cast import MORNING, World
from tests.charging import approved, hourly
from tests.tickets import acknowledged, publish_now, raised
from tickets.actions.escalation import escalate
from tickets.actions.timing import Work, add_time, reverse_time
from tickets.actions.watch import watch_clocks
from tickets.actions.work import accept, change_state
from tickets.models import ResponseClock, Ticket
from tickets.queries import figures, sameday, worked
from tickets.queries.charges import standing
from tickets.queries.figures import Kept, Period
from tickets.queries.worked import Cases
from tickets.rules.sameday import Solved, is_same_day
from tickets.rules.states import Kind, State
from tickets.views.figures import TABLES

pytestmark = [pytest.mark.django_db, pytest.mark.clause("HLP-3", "HLP-4", "HLP-5")]
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
YEAR = Period(MORNING - 365 * DAY, MORNING + HOUR)


@pytest.fixture(autouse=True)
def now(frozen: Any) -> None:
    frozen(MORNING)


def answered(world: World, received: Any, after: timedelta, who: Any = None) -> Ticket:
    """A request that Cora accepted, answered so long after its acknowledgement."""
    ticket = acknowledged(world, received, who=who)
    with act_as_staff(world.cora.actor):
        accept(ticket.pk, kind=Kind.FAULT, by=world.cora.actor, at=received + timedelta(minutes=1))
        publish_now(ticket.pk, "Done.", by=world.cora.actor, at=received + after)
    return ticket


def seeded(world: World) -> None:
    """Alder: two in time, one late, one missed and unanswered (a reported mail), one still running, one without acknowledgement.
    Birch: one."""
    for days, after in ((70, HOUR), (35, 2 * HOUR), (28, 4 * DAY)):
        answered(world, MORNING - days * DAY, after)
    missed = acknowledged(world, MORNING - 7 * DAY)
    acknowledged(world, MORNING - HOUR)
    raised(world, MORNING - timedelta(minutes=1))
    answered(world, MORNING - 35 * DAY, HOUR, who=world.bea)
    with act_as_staff(SYSTEM):
        watch_clocks(MORNING)
        rows.spam_report(missed)


def alder(world: World) -> Period:
    return Period(YEAR.since, YEAR.until, world.alder.pk)


def solved(world: World, received: datetime, after: timedelta) -> Ticket:
    """A request that was answered at once and solved so long after its receipt."""
    ticket = answered(world, received, timedelta(minutes=5))
    with act_as_staff(world.cora.actor):
        change_state(ticket.pk, State.RESOLVED, by=world.cora.actor, at=received + after)
    return ticket


def worked_on(world: World) -> Ticket:
    """Twenty minutes charged, ten not; an hour was written down by mistake and taken back, once of each kind."""
    by = world.cora.actor
    ticket = hourly(world, at=MORNING - 5 * HOUR)
    approved(world, ticket, minutes=240, at=MORNING - 4 * HOUR)
    with act_as_staff(by):
        for free in ("", "A favour"):
            slip = add_time(ticket.pk, Work(MORNING - 3 * HOUR, 3600, "A slip", free), by=by, at=MORNING)
            reverse_time(slip.pk, "Not here", by=by, at=MORNING)
        add_time(ticket.pk, Work(MORNING - 2 * HOUR, 1200, "Mended it"), by=by, at=MORNING)
        add_time(ticket.pk, Work(MORNING - HOUR, 600, "Explained it", "A favour"), by=by, at=MORNING)
    return ticket


def calendar_of_four_days(world: World) -> WorkingCalendar:
    """A later version: no Fridays, and the day ends at noon."""
    row = WorkingCalendar.objects.get(pk=world.calendar.pk)
    row.pk, row.version, row.days, row.hours = None, 2, [0, 1, 2, 3], [["09:00", "12:00"]]
    row.effective_at = MORNING - 20 * DAY
    with act_as_staff(SYSTEM):
        row.save()
    return row


def report_of(world: World) -> dict[str, Any]:
    """The report's figures over the same days."""
    return support_figures(report_facts_of(world))


def report_facts_of(world: World) -> ReportFacts:
    """What the report knows over the same days."""
    asked = ReportRequest(
        client_id=world.alder.pk, period_from=date(2025, 11, 24), period_to=date(2026, 11, 24),
        requested_by_label="Ann", requested_at=MORNING,
    )  # fmt: skip
    signing = SigningFacts("Test", "0" * 64, date(2030, 1, 1), True)
    with act_as_staff(SYSTEM):
        return report_facts(asked, at=MORNING, code="0" * 28, signing=signing)


def test_the_home_page_the_report_and_the_dashboard_say_the_same(world: World, as_user: Any) -> None:
    seeded(world)
    told = report_of(world)["clocks"]
    with act_as(world.alder.pk):
        mine = figures.kept(alder(world))
    assert (told["in_time"], told["late"], told["running"]) == (2, 2, 1)
    assert (mine.kept, mine.due) == (told["in_time"], told["in_time"] + told["late"])
    assert "2 of 4 in the last 12 months" in as_user(world.ann).get("/c/alder/").content.decode()
    page = as_user(world.lee).get("/desk/figures/?client=alder&first=2025-11-24").content.decode()
    assert "2 of 4 promises" in page and "<b>50%</b>" in page
    assert "3 of 5 promises" in as_user(world.lee).get("/desk/figures/?first=2025-11-24").content.decode()


def test_months_clients_and_people_add_up_to_the_whole(world: World) -> None:
    seeded(world)
    with act_as_staff(SYSTEM):
        whole = figures.kept(YEAR)
        by_month = figures.kept_by_month(YEAR, "Europe/London")
        by_client, by_person = dict(figures.kept_by_client(YEAR)), dict(figures.kept_by_person(YEAR))
    for parts in ([one for _, one in by_month], by_client.values(), by_person.values()):
        assert (sum(one.due for one in parts), sum(one.kept for one in parts)) == (whole.due, whole.kept) == (5, 3)
    assert [f"{month:%Y-%m}" for month, _ in by_month] == ["2026-09", "2026-10", "2026-11"]
    assert by_client["Birch Bakery"].percent == 100
    assert (by_person["Cora Carter"].due, by_person[""].due) == (4, 1)


def test_reckoned_from_the_receipt_a_late_acknowledgement_does_not_flatter(world: World) -> None:
    ticket = raised(world, MORNING - 3 * DAY)
    with act_as_staff(world.cora.actor):
        late = rows.clock_of(world, acknowledge_late(ticket), MORNING - HOUR)
        publish_now(ticket.pk, "Done.", by=world.cora.actor, at=MORNING)
        late.refresh_from_db()
        # Received on Saturday, so Monday counts whole: 8 h 30 m and 1 h 40 m against the 510 promised minutes.
        assert (late.answer_seconds, late.receipt_seconds) == (3600, 10 * 3600 + 600)
        assert figures.kept(YEAR) == Kept(due=1, kept=1, receipt_due=1, receipt_kept=0)


def acknowledge_late(ticket: Ticket) -> Ticket:
    ticket.state, ticket.acknowledged_at = State.ACKNOWLEDGED, MORNING - HOUR
    ticket.save()
    return ticket


def test_the_bands_of_answers_and_of_the_backlog_hold_everything_once(world: World) -> None:
    seeded(world)
    with act_as_staff(SYSTEM):
        answers, backlog = dict(figures.first_answers(alder(world))), dict(figures.backlog(MORNING, world.alder.pk))
    assert (answers[1], answers[2], sum(answers.values())) == (1, 1, 3)
    assert sum(backlog.values()) == 6
    assert (backlog[1], backlog[7]) == (2, 1)


@pytest.mark.clause("HLP-10")
def test_what_waits_is_counted_by_whom_it_waits_for(world: World) -> None:
    ticket = answered(world, MORNING - DAY, HOUR)
    with act_as_staff(world.cora.actor):
        escalate(
            ticket.pk, case_number="2411240030001234", reason="The fault is theirs", by=world.cora.actor, at=MORNING
        )
        found = {state: (number, oldest) for state, number, oldest in figures.waiting(None)}
    assert found == {State.WITH_MICROSOFT: (1, MORNING), State.WAITING_CLIENT: (0, None)}


def test_comments_on_the_terms_are_no_promises(world: World) -> None:
    with act_as_staff(SYSTEM):
        rows.clock_of(world, rows.acknowledged(world, world.ben.membership, clause="DOC-1", kind="feedback"), MORNING)
        ResponseClock.objects.update(met_at=MORNING)
        assert figures.kept(YEAR) == Kept(0, 0)


def test_a_client_sees_only_its_own_promises(world: World) -> None:
    seeded(world)
    with act_as(world.birch.pk):
        assert figures.kept(YEAR).due == 1
        assert figures.kept(alder(world)).due == 0


@pytest.mark.parametrize("name", TABLES)
def test_each_table_is_a_file_with_the_same_rows(world: World, as_user: Any, name: str) -> None:
    seeded(world)
    ticket, by = worked_on(world), world.cora.actor
    with act_as_staff(by):
        escalate(ticket.pk, case_number="2411", reason="Theirs", by=by, at=MORNING - HOUR)
        change_state(ticket.pk, State.RESOLVED, by=by, at=MORNING)
    answer = as_user(world.lee).get(f"/desk/figures/{name}.csv?first=2025-11-24")
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/csv")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    page = as_user(world.lee).get("/desk/figures/?first=2025-11-24").content.decode()
    assert len(lines) > 1 and all(escape(line[0]) in page for line in lines[1:])
    assert as_user(world.lee).get("/desk/figures/poems.csv").status_code == 404


def test_no_cell_of_a_file_is_a_formula() -> None:
    told = csv_bytes(["=a"], [["=1+1"], ["@x"], ["  =2"], [-1], [None], ["plain"]]).decode("utf-8-sig")
    assert told.splitlines() == ["'=a", "'=1+1", "'@x", "'  =2", "-1", '""', "plain"]


def test_a_period_that_ends_before_it_begins_is_said(world: World, as_user: Any) -> None:
    answer = as_user(world.lee).get("/desk/figures/?first=2026-02-01&last=2026-01-01")
    assert answer.status_code == 422 and "at most three years" in answer.content.decode()
    assert as_user(world.cora).get("/desk/figures/").status_code == 403


def test_the_page_costs_the_same_queries_with_one_request_and_with_twenty(world: World, as_user: Any) -> None:
    person, counts = as_user(world.lee), []
    person.get("/desk/figures/")
    for number in (1, 19):
        for day in range(number):
            answered(world, MORNING - (day + number) * DAY, HOUR)
        with CaptureQueriesContext(connection) as asked:
            assert person.get("/desk/figures/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_period_is_found_by_an_index_and_not_by_reading_the_table(world: World) -> None:
    seeded(world)
    with act_as_staff(SYSTEM), connection.cursor() as cursor:
        # Few rows would be read whole; what matters is that an index can serve the period.
        cursor.execute("set local enable_seqscan = off; set local enable_bitmapscan = off")
        tickets = Ticket.objects.filter(received_at__gte=YEAR.since, received_at__lt=YEAR.until)
        plan = tickets.order_by().values("id").explain()
        assert "tickets_received" in plan
        joined = figures.promises(Period(MORNING - HOUR, MORNING)).explain()
        assert "Seq Scan" not in joined and "received_at >=" in joined


class TestSolvedOnTheDay:
    """HLP-9: a statistic."""

    pytestmark = pytest.mark.clause("HLP-9")

    def test_home_report_and_dashboard_say_the_same(self, world: World, as_user: Any) -> None:
        for days, after in ((70, 2), (35, 30), (28, 5), (21, 12)):
            solved(world, MORNING - days * DAY, after * HOUR)
        answered(world, MORNING - DAY, HOUR)
        solved(world, MORNING - 3 * DAY, 20 * HOUR)
        told = report_of(world)["same_day"]
        with act_as(world.alder.pk):
            mine = sameday.solved(alder(world))
        assert (mine.solved, mine.same_day) == (told["resolved"], told["same_day"]) == (5, 4)
        assert "4 of 5 in the last 12 months" in as_user(world.ann).get("/c/alder/").content.decode()
        answer = as_user(world.lee).get("/desk/figures/solved.csv?client=alder&first=2025-11-24")
        lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:]
        assert [sum(int(line[at]) for line in lines) for at in (1, 2)] == [5, 4]

    def test_the_database_and_the_rule_agree_to_the_second_on_each_clocks_own_calendar(self, world: World) -> None:
        short = calendar_of_four_days(world)
        chance, expected = Random(9), 0
        edges = [datetime(2026, 11, 20, 17, 30, tzinfo=UTC) + timedelta(seconds=one) for one in (-1, 0, 1)]
        edges += [MORNING - timedelta(seconds=chance.randrange(40 * 86400)) for _ in range(60)]
        with act_as_staff(SYSTEM):
            for number, received in enumerate(edges):
                resolved = received + timedelta(seconds=chance.randrange(3 * 86400))
                given = {"received_at": received, "resolved_at": resolved}
                one = rows.acknowledged(world, world.ben.membership, received, **given)
                row = [world.calendar, short][number % 2]
                rows.clock_of(world, one, received, calendar=row)
                expected += is_same_day(received, resolved, worktime_of(row))
            found = sameday.solved(Period(MORNING - 50 * DAY, MORNING + DAY))
            by_month = sameday.solved_by_month(Period(MORNING - 50 * DAY, MORNING + DAY), "Europe/London")
        assert found == Solved(len(edges), expected) and 0 < expected < len(edges)
        assert sum(one.same_day for _, one in by_month) == expected

    def test_nothing_solved_is_no_share(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            assert sameday.solved(YEAR) == Solved(0, 0)
        assert Solved(0, 0).percent is None and Solved(3, 2).percent == 66


class TestTime:
    """HLP-8, HLP-10: what was worked, and what waited for Microsoft."""

    pytestmark = pytest.mark.clause("HLP-8")

    def test_pages_report_and_dashboard_count_the_same_time(self, world: World, as_user: Any) -> None:
        tickets = [worked_on(world), worked_on(world)]
        with act_as(world.alder.pk):
            seen = sum(standing(ticket, for_staff=False).free_seconds for ticket in tickets)
        with act_as_staff(SYSTEM):
            whole = worked.worked(alder(world), "Europe/London")
            reasons = dict(worked.free_by_reason(alder(world), "Europe/London"))
        facts = report_facts_of(world).charges
        assert facts and (facts.charged_seconds, facts.free_seconds) == (whole.charged, whole.free) == (2400, 1200)
        assert seen == whole.free and reasons == {"A favour": 1200}
        assert (
            "Worked without a charge: 10 m"
            in as_user(world.ben).get(f"/c/alder/requests/{tickets[0].ref}/").content.decode()
        )
        answer = as_user(world.lee).get("/desk/figures/time.csv?client=alder").content.decode("utf-8-sig")
        assert answer.splitlines()[1] == "Nov 2026,40,20"
        assert "A favour,20" in as_user(world.lee).get("/desk/figures/time-free.csv").content.decode("utf-8-sig")

    @pytest.mark.clause("HLP-10")
    def test_cases_are_counted_when_they_come_back(self, world: World, as_user: Any) -> None:
        ticket, by = answered(world, MORNING - DAY, HOUR), world.cora.actor
        with act_as_staff(by):
            escalate(ticket.pk, case_number="2411", reason="Theirs", by=by, at=MORNING - HOUR)
            assert worked.cases_by_month(YEAR) == []
            change_state(ticket.pk, State.IN_PROGRESS, by=by, at=MORNING - HOUR / 2)
            assert worked.cases_by_month(YEAR) == [(date(2026, 11, 1), Cases(1, 1800))]
            assert worked.cases_by_month(Period(YEAR.since, YEAR.until, world.birch.pk)) == []
        assert "Nov 2026,1,30" in as_user(world.lee).get("/desk/figures/microsoft.csv").content.decode("utf-8-sig")
