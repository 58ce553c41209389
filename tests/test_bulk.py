"""One act on many rows of the queue: each by itself, listed, and undone for ten minutes."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from portal.actors import SYSTEM
from portal.errors import Refused
from portal.models import AuditEvent
from portal.tenancy import act_as_staff
from tests.cast import MORNING, World, enter
from tests.tickets import acknowledged, fresh
from tickets.actions import triage
from tickets.actions.bulk import act_on_many, undo_many
from tickets.models import BulkAct, Ticket
from tickets.rules.states import BulkKind, Priority
from tickets.rules.triage import MOST_AT_ONCE

LATER = MORNING + timedelta(minutes=5)


@pytest.fixture
def now(frozen: Any) -> None:
    frozen(MORNING)


def three(world: World) -> list[Ticket]:
    return [acknowledged(world), acknowledged(world, who=world.ann), acknowledged(world, who=world.bea)]


@pytest.mark.django_db
@pytest.mark.usefixtures("now")
class TestActs:
    def act(self, world: World, tickets: list[Ticket], kind: BulkKind, value: str) -> BulkAct:
        return act_on_many([one.pk for one in tickets], kind, value, by=world.cora.actor, at=MORNING)

    def test_each_request_has_its_own_trail(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            tickets = three(world)
            self.act(world, tickets, BulkKind.ASSIGN, str(world.lee.staff.pk))
            assert {fresh(one).assignee_id for one in tickets} == {world.lee.staff.pk}
            assert AuditEvent.objects.filter(kind="request assigned").count() == 3

    def test_one_refusal_stops_no_other_and_is_listed(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            tickets = three(world)
            full = [f"t{number}" for number in range(10)]
            triage.mark(tickets[1].pk, priority=Priority.NORMAL, tags=full, by=world.cora.actor, at=MORNING)
            act = self.act(world, tickets, BulkKind.TAG, "Outage")
            assert [line["problem"] for line in act.lines] == ["", "At most 10 tags.", ""]
            assert [fresh(one).tags for one in tickets] == [["outage"], full, ["outage"]]

    @pytest.mark.parametrize("kind", list(BulkKind), ids=str)
    def test_it_can_be_undone_once_for_ten_minutes_by_its_author(self, world: World, kind: BulkKind) -> None:
        value = {BulkKind.ASSIGN: str(world.lee.staff.pk), BulkKind.PRIORITY: "high", BulkKind.TAG: "x"}[kind]
        with act_as_staff(SYSTEM):
            tickets = three(world)
            act = self.act(world, tickets, kind, value)
            with pytest.raises(BulkAct.DoesNotExist):
                undo_many(act.pk, by=world.lee.actor, at=LATER)
            with pytest.raises(Refused):
                undo_many(act.pk, by=world.cora.actor, at=MORNING + timedelta(minutes=10, seconds=1))
            undo_many(act.pk, by=world.cora.actor, at=LATER)
            found = [fresh(one) for one in tickets]
            assert {(one.assignee_id, one.priority, len(one.tags)) for one in found} == {(None, "normal", 0)}
            with pytest.raises(Refused):
                undo_many(act.pk, by=world.cora.actor, at=LATER)

    def test_what_somebody_changed_since_then_stays(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            tickets = three(world)
            act = self.act(world, tickets, BulkKind.PRIORITY, "high")
            triage.mark(tickets[0].pk, priority=Priority.LOW, tags=[], by=world.lee.actor, at=MORNING)
            undone = undo_many(act.pk, by=world.cora.actor, at=LATER)
            assert [fresh(one).priority for one in tickets] == ["low", "normal", "normal"]
            assert [bool(line["problem"]) for line in undone.lines] == [True, False, False]

    def test_nothing_too_much_and_clients_are_refused(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            ticket = acknowledged(world)
            for ids, by in (
                ([], world.cora.actor),
                (list(range(MOST_AT_ONCE + 1)), world.cora.actor),
                ([ticket.pk], world.ann.actor),
            ):
                with pytest.raises(Refused):
                    act_on_many(ids, BulkKind.TAG, "x", by=by, at=MORNING)

    def test_nobody_without_an_agreement_is_given_work(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            tickets = three(world)
            act = self.act(world, tickets, BulkKind.ASSIGN, str(world.dev.staff.pk))
            assert all("non-disclosure" in line["problem"] for line in act.lines)
            assert {fresh(one).assignee_id for one in tickets} == {None}

    def test_the_page_lists_the_results_once_and_undoes(self, world: World, as_user: Any) -> None:
        tickets, cora = three(world), as_user(world.cora)
        given = {"act": "tag", "tag": "vip", "refs": [one.ref for one in tickets], "idempotency_key": "b"}
        where = {cora.post("/desk/bulk/", given)["Location"] for _ in range(2)}
        (url,) = where
        page = cora.get(url).content.decode()
        assert all(one.ref in page for one in tickets) and "Undo it all" in page
        assert as_user(world.lee).get(url).status_code == 404
        assert "as it was" in cora.post(f"{url}undo/", follow=True).content.decode()
        with act_as_staff(SYSTEM):
            assert BulkAct.objects.count() == 1 and not Ticket.objects.filter(tags__contains=["vip"]).exists()

    @pytest.mark.parametrize(
        "given",
        [
            {"act": "tag"},
            {"act": "close"},
            {"act": "priority", "priority": "urgent"},
            {"act": "assign", "assignee": "0"},
        ],
    )
    def test_what_is_no_act_does_nothing(self, world: World, as_user: Any, given: dict[str, str]) -> None:
        ticket = acknowledged(world)
        answer = as_user(world.cora).post("/desk/bulk/", {"refs": ticket.ref, **given})
        assert answer["Location"] == "/desk/"
        with act_as_staff(SYSTEM):
            assert not BulkAct.objects.exists()


@pytest.mark.browser
def test_rows_are_chosen_by_keyboard_and_tagged_together(page: Page, lasting_world: World) -> None:
    tickets = three(lasting_world)
    enter(page, lasting_world.cora)
    page.goto("/desk/")
    assert page.locator("#bulk").count() == 0
    for _ in range(2):
        page.keyboard.press("j")
        page.keyboard.press("x")
    page.locator("#bulk").wait_for()
    assert page.locator("[data-bulk-count]").inner_text() == "2" and page.locator(".row[aria-current]").count() == 1
    page.locator("#bulk-tag").fill("vip")
    page.get_by_role("button", name="Add the tag").click()
    page.wait_for_url("**/desk/bulk/*/")
    with act_as_staff(SYSTEM):
        assert Ticket.objects.filter(tags=["vip"], pk__in=[one.pk for one in tickets]).count() == 2
