"""The pages of scope, charge and time: the card beside the ticket, its page, the client's answer, the month's time."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.actors import SYSTEM
from portal.spreadsheets import csv_bytes
from portal.tenancy import act_as_staff
from tests import rows
from tests.cast import MORNING, World
from tests.charging import MINUTE, accepted, approved, asked, hourly, supported
from tests.people import audited
from tests.tickets import acknowledged
from tickets.actions.charging import Verdict, rule
from tickets.models import ChargeApproval, ScopeRuling, Ticket, TimeEntry, Timer
from tickets.rules.scope import Area
from tickets.rules.states import State

pytestmark = [pytest.mark.django_db, pytest.mark.clause("HLP-8")]
KEY = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.fixture(autouse=True)
def morning(frozen: Any) -> None:
    frozen(MORNING)


def at(ticket: Ticket, rest: str = "") -> str:
    return f"/desk/tickets/{ticket.ref}/{rest}"


def text_of(browser: Any, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.clause("LIA-1", "LIA-3")
def test_the_card_proposes_and_one_button_confirms(world: World, as_user: Any) -> None:
    ticket, cora = acknowledged(world, product=world.products["exchange"]), as_user(world.cora)
    assert "Accept the request first" in text_of(cora, at(ticket))
    ticket = accepted(world)
    page = text_of(cora, at(ticket))
    assert "Proposed: <b>Charged by the hour</b>" in page and "HLP-8" in page
    answer = cora.post(at(ticket, "work/rule/"), {"area": "product"})
    assert answer.headers["Location"] == at(ticket)
    page = text_of(cora, at(ticket))
    assert "Ruled by" in page and "not asked yet" in page and "Start the timer" not in page


def test_a_comment_on_the_terms_has_no_card_and_no_page(world: World, as_user: Any) -> None:
    ticket, cora = acknowledged(world, clause="DOC-1"), as_user(world.cora)
    assert "Scope and charge" not in text_of(cora, at(ticket))
    assert cora.get(at(ticket, "work/")).status_code == 404


@pytest.mark.clause("LIA-2")
def test_the_page_rules_otherwise_only_with_a_reason(world: World, as_user: Any) -> None:
    ticket, cora = accepted(world), as_user(world.cora)
    form = {"area": "product", "outcome": "included", "from": "work"}
    answer = cora.post(at(ticket, "work/rule/"), form, follow=True)
    assert "Say why you rule so" in answer.content.decode()
    assert cora.post(at(ticket, "work/rule/"), form | {"reason": "Ours"}).headers["Location"] == at(ticket, "work/")
    page = text_of(cora, at(ticket, "work/"))
    assert "Part of support" in page and "Ours" in page
    assert cora.post(at(ticket, "work/rule/"), {"area": "nonsense"}).status_code == 422


def test_from_the_question_to_the_price_through_the_pages(world: World, as_user: Any, frozen: Any) -> None:
    ticket, cora, ann, ben = hourly(world), as_user(world.cora), as_user(world.ann), as_user(world.ben)
    question = {"form": "hourly", "work": "Find the fault", "minutes": "45", "from": "work", "idempotency_key": KEY}
    for _again in range(2):
        assert cora.post(at(ticket, "work/charge/"), question).headers["Location"] == at(ticket, "work/")
    with act_as_staff(SYSTEM):
        row = ChargeApproval.objects.get()
    address = f"/c/alder/requests/{ticket.ref}/charge/{row.pk}/"
    assert "A manager of your organisation was asked" in text_of(ben, f"/c/alder/requests/{ticket.ref}/")
    assert ben.get(address).status_code == 403
    assert address in text_of(ann, f"/c/alder/requests/{ticket.ref}/")
    page = text_of(ann, address)
    assert "£85.00 an hour" in page and "45 minutes, £63.75" in page and "Yes, begin" in page
    yes = {"answer": "yes", "note": "Go on", "idempotency_key": KEY}
    for _again in range(2):
        assert ann.post(address, yes).headers["Location"] == f"/c/alder/requests/{ticket.ref}/"
    assert ann.post(address, {"answer": "no"}).status_code == 422
    assert "Yes, begin" not in text_of(ann, address)
    assert len(audited("charge approved")) == 1
    cora.post(at(ticket, "work/start/"), {"idempotency_key": KEY + "1"})
    assert "Your timer runs" in text_of(cora, at(ticket))
    frozen(MORNING + 16 * MINUTE)
    cora.post(at(ticket, "work/stop/"), {"work": "Read the log", "idempotency_key": KEY + "2"})
    for browser, where in ((cora, at(ticket, "work/")), (ann, f"/c/alder/requests/{ticket.ref}/")):
        page = text_of(browser, where)
        assert "16 m" in page and "30 min" in page and "£42.50" in page
    with act_as_staff(SYSTEM):
        assert (TimeEntry.objects.get().seconds, Timer.objects.count()) == (960, 0)


@pytest.mark.parametrize("lacks", ["work", "minutes"])
def test_an_incomplete_question_says_what_is_missing(world: World, as_user: Any, lacks: str) -> None:
    ticket = hourly(world)
    form = {"form": "hourly", "work": "Find the fault", "minutes": "45"}
    answer = as_user(world.cora).post(at(ticket, "work/charge/"), form | {lacks: ""})
    assert answer.status_code == 422 and 'class="error"' in answer.content.decode()


def test_a_confidential_requests_words_stay_hidden_from_a_manager_who_answers(world: World, as_user: Any) -> None:
    ticket = hourly(world, confidential=True, subject="A grievance")
    row, ann = asked(world, ticket), as_user(world.ann)
    address = f"/c/alder/requests/{ticket.ref}/charge/{row.pk}/"
    page = text_of(ann, address)
    assert "grievance" not in page and "Find the fault" not in page and "£85.00" in page
    assert ann.post(address, {"answer": "no"}).headers["Location"] == "/c/alder/"
    with act_as_staff(SYSTEM):
        assert Ticket.objects.get(pk=ticket.pk).state == State.ACCEPTED


def test_another_clients_charge_is_the_same_404_as_none(world: World, as_user: Any) -> None:
    row = asked(world, hourly(world))
    with act_as_staff(SYSTEM):
        ref = row.ticket.ref
    for person, slug, pk in ((world.bea, "birch", row.pk), (world.ann, "alder", row.pk + 1)):
        assert as_user(person).get(f"/c/{slug}/requests/{ref}/charge/{pk}/").status_code == 404
    assert as_user(world.bea).get(f"/c/alder/requests/{ref}/charge/{row.pk}/").status_code == 404


def test_time_by_hand_is_sent_once_and_taken_back_with_a_reason(world: World, as_user: Any, frozen: Any) -> None:
    ticket, cora = hourly(world), as_user(world.cora)
    approved(world, ticket)
    frozen(MORNING + timedelta(hours=2))
    form = {"started_at": "2026-11-24T11:00", "minutes": "10", "work": "A call", "from": "work", "idempotency_key": KEY}
    for _again in range(2):
        assert cora.post(at(ticket, "work/time/"), form).headers["Location"] == at(ticket, "work/")
    with act_as_staff(SYSTEM):
        row = TimeEntry.objects.get()
    assert row.started_at == MORNING + 20 * MINUTE
    assert cora.post(at(ticket, "work/time/"), form | {"minutes": "0", "idempotency_key": ""}).status_code == 422
    back = at(ticket, f"work/time/{row.pk}/back/")
    assert "Say why" in cora.post(back, {"reason": ""}, follow=True).content.decode()
    cora.post(back, {"reason": "Wrong request", "from": "work"})
    page = text_of(cora, at(ticket, "work/"))
    assert "taken back" in page and "Wrong request" in page and page.count("Take back") == 0
    other = accepted(world)
    assert cora.post(at(other, f"work/time/{row.pk}/back/"), {"reason": "No"}).status_code == 404


def test_an_old_page_meets_the_conflict_page(world: World, as_user: Any) -> None:
    answer = as_user(world.cora).post(at(accepted(world), "work/rule/"), {"area": "product", "version": "1"})
    assert answer.status_code == 409
    with act_as_staff(SYSTEM):
        assert not ScopeRuling.objects.exists()


def included(world: World) -> Ticket:
    ticket = accepted(world)
    with act_as_staff(SYSTEM):
        rule(ticket.pk, Verdict(Area.PRODUCT), by=world.cora.actor, at=MORNING)
    return ticket


def test_the_months_time_is_ones_own_or_for_leads_everybodys(world: World, as_user: Any) -> None:
    supported(world)
    ticket = included(world)
    with act_as_staff(SYSTEM):
        rows.time_entry(world, ticket, work="Coras work")
        rows.time_entry(world, ticket, work="Lees work", staff=world.lee.staff, staff_label="Lee Lister")
        rows.time_entry(world, ticket, work="Last month", day=MORNING.date() - timedelta(days=40))
    cora, lee = as_user(world.cora), as_user(world.lee)
    page = text_of(cora, "/desk/time/?who=all")
    assert "Coras work" in page and "Lees work" not in page and "Last month" not in page and "10 m" in page
    page = text_of(lee, "/desk/time/?who=all")
    assert "Coras work" in page and "Lees work" in page and "20 m" in page
    assert "Last month" in text_of(cora, "/desk/time/?month=2026-10")
    assert "Coras work" not in text_of(cora, "/desk/time/?client=birch")
    assert cora.get("/desk/time/?month=2026-13").status_code == 404


def test_the_csv_holds_every_entry_and_no_formula(world: World, as_user: Any) -> None:
    supported(world)
    ticket = included(world)
    with act_as_staff(SYSTEM):
        for number in range(60):
            rows.time_entry(world, ticket, work=f"=1+{number}")
    answer = as_user(world.cora).get("/desk/time/?format=csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 61 and "'=1+3" in answer.content.decode() and ",=1+" not in answer.content.decode()
    assert answer["Content-Disposition"] == 'attachment; filename="time-2026-11.csv"'


def test_no_cell_of_a_csv_can_act_and_numbers_stay_numbers() -> None:
    said = csv_bytes(("a", "b"), [("=1", -5), ("+x", None), ("@y", "plain")]).decode("utf-8-sig")
    assert said.split() == ["a,b", "'=1,-5", "'+x,", "'@y,plain"]


@pytest.mark.parametrize("page", ["ticket", "work", "client", "time"])
def test_a_page_asks_as_much_for_twenty_entries_as_for_one(world: World, as_user: Any, page: str) -> None:
    ticket = hourly(world)
    row = approved(world, ticket, 600)
    browser = as_user(world.ann if page == "client" else world.cora)
    addresses = {"ticket": at(ticket), "work": at(ticket, "work/"), "client": f"/c/alder/requests/{ticket.ref}/"}
    address = addresses.get(page, "/desk/time/")
    counts = []
    for more in (1, 19):
        with act_as_staff(SYSTEM):
            for _each in range(more):
                rows.time_entry(world, ticket, billable=True, reason="", approval=row, approved_at=MORNING)
        browser.get(address)
        with CaptureQueriesContext(connection) as asked_for:
            browser.get(address)
        counts.append(len(asked_for))
    assert counts[0] == counts[1]


def test_the_card_costs_the_tickets_page_one_query(world: World, as_user: Any, settings: Any) -> None:
    settings.PORTAL_PREPARED = False  # so that the texts are to be seen
    ticket = hourly(world)
    with act_as_staff(SYSTEM):
        rows.time_entry(world, ticket, reason="Free")
    browser = as_user(world.cora)
    browser.get(at(ticket))
    with CaptureQueriesContext(connection) as queries:
        browser.get(at(ticket))
    tables = ("tickets_scoperuling", "tickets_chargeapproval", "tickets_timeentry", "tickets_timer")
    assert len([one for one in queries if any(table in one["sql"] for table in tables)]) == 1
