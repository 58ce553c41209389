"""Ten requests, ten verdicts, and nothing but keys: from the queue's first row to the last, as one works through a morning."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.test.utils import override_settings
from playwright.sync_api import Page, expect

from portal import clock
from portal.actors import SYSTEM
from portal.models import AuditEvent
from portal.tenancy import act_as_staff
from tests.cast import MORNING, World, enter
from tests.tickets import acknowledged, fresh, publish_now
from tickets.actions.desk import save_answer
from tickets.models import Message, Ticket
from tickets.rules.states import Group, State

pytestmark = pytest.mark.browser
PATIENCE_MS = 20_000
MINUTE = timedelta(minutes=1)
SUBJECTS = (
    "Accept me", "Answer me", "Snooze me", "Duplicate of the next", "Answered for both", "Decline me", "Urgent one", "Tag me",
    "For Lee", "Rule me", "Find me",
)  # fmt: skip


class Keys:
    """A person at the keyboard: there is no mouse here, and no way to put a value into a field but to type it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.folder = os.environ.get("PORTAL_SCREENS", "")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)

    def to_queue(self) -> None:
        self.press("g", "q")
        self.page.wait_for_url("**/desk/")

    def choose(self, ref: str) -> None:
        """Walk down the queue to a row, and wait for its preview."""
        for _ in range(30):
            self.press("j")
            if self.page.locator(".row[aria-current]").get_attribute("data-ref") == ref:
                expect(self.page.locator("#preview:not([inert])")).to_contain_text(ref, timeout=PATIENCE_MS)
                return
        pytest.fail(f"{ref} is not in the queue")

    def open(self, ref: str) -> None:
        self.choose(ref)
        self.press("Enter")
        self.page.wait_for_url(f"**/desk/tickets/{ref}/")

    def shot(self, name: str, *, phone: bool = False) -> None:
        """A picture for whoever looks at it, when asked for by PORTAL_SCREENS. A phone has no preview beside its queue."""
        if not self.folder:
            return
        for scheme, width in (("light", 1280), ("dark", 1280), ("light", 390))[: 3 if phone else 2]:
            self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            self.page.set_viewport_size({"width": width, "height": 844})
            self.page.screenshot(path=str(Path(self.folder) / f"{name}-{scheme}-{width}.png"))
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size({"width": 1280, "height": 844})


@pytest.fixture
def tickets(lasting_world: World, tmp_path: Path) -> Iterator[dict[str, Ticket]]:
    """Eleven requests, the oldest first; the one to snooze is answered already, so that nothing is promised on it."""
    with override_settings(PORTAL_DEMO=True, PORTAL_VAR=tmp_path):
        clock.move_to(MORNING)
        at = MORNING - 20 * MINUTE
        more = {"product": lasting_world.products["exchange"]}
        made = {
            name: acknowledged(lasting_world, at + n * MINUTE, subject=name, **more) for n, name in enumerate(SUBJECTS)
        }
        with act_as_staff(SYSTEM):
            publish_now(made["Snooze me"].pk, "We ordered the part.", by=lasting_world.cora.actor, at=MORNING)
            words = "Dear {first_name}, please restart it. {me}"
            save_answer(label="Restart", body=words, shared=True, by=lasting_world.cora.actor, at=MORNING)
        yield made


@pytest.fixture
def keys(page: Page, lasting_world: World, tickets: dict[str, Ticket]) -> Keys:
    enter(page, lasting_world.cora)
    page.set_viewport_size({"width": 1280, "height": 844})
    page.goto("/desk/")
    return Keys(page)


def now(ticket: Ticket) -> Ticket:
    with act_as_staff(SYSTEM):
        return fresh(ticket)


def test_ten_requests_are_worked_through_by_keys_alone(
    keys: Keys, tickets: dict[str, Ticket], lasting_world: World
) -> None:
    claim(keys, tickets["Accept me"], lasting_world)
    answer_and_go_on(keys, tickets["Answer me"])
    snooze(keys, tickets["Snooze me"])
    merge(keys, tickets["Duplicate of the next"], tickets["Answered for both"])
    decline(keys, tickets["Decline me"])
    prioritise(keys, tickets["Urgent one"])
    tag(keys, tickets["Tag me"])
    give_to_lee(keys, tickets["For Lee"], lasting_world)
    rule(keys, tickets["Rule me"])
    find(keys, tickets["Find me"])
    leaf(keys)


def claim(keys: Keys, ticket: Ticket, world: World) -> None:
    keys.choose(ticket.ref)
    keys.shot("1-claim")
    keys.press("1")
    keys.page.wait_for_url("**/#accept")
    keys.press("1")
    expect(keys.page.get_by_text(f"You accepted {ticket.ref}.")).to_be_visible(timeout=PATIENCE_MS)
    one = now(ticket)
    assert (one.state, one.assignee_id) == (State.ACCEPTED, world.cora.actor.staff_id)
    keys.to_queue()


def answer_and_go_on(keys: Keys, ticket: Ticket) -> None:
    """With a saved answer, sent, and straight to the next one."""
    keys.open(ticket.ref)
    keys.press("s")
    expect(keys.page.get_by_role("link", name="Restart")).to_be_focused(timeout=PATIENCE_MS)
    keys.shot("2-saved-answers", phone=True)
    keys.press("Enter")
    keys.page.wait_for_url("**/?answer=*")
    expect(keys.page.locator("#composer-body")).to_be_focused(timeout=PATIENCE_MS)
    keys.press("Control+End")
    keys.type("\nIt takes a minute.")
    keys.press("Control+Enter")
    keys.page.wait_for_url(lambda url: "answer=" not in url and ticket.ref not in url)
    expect(keys.page.get_by_text(f"Reply on {ticket.ref} goes out in a few seconds.")).to_be_visible(
        timeout=PATIENCE_MS
    )
    keys.shot("2-sent-and-next", phone=True)
    with act_as_staff(SYSTEM):
        reply = Message.objects.get(ticket=ticket, kind="reply")
    assert reply.body.startswith("Dear Ben, please restart it.") and reply.body.endswith("It takes a minute.")
    keys.to_queue()


def snooze(keys: Keys, ticket: Ticket) -> None:
    keys.choose(ticket.ref)
    keys.press("h")
    expect(keys.page.get_by_label("Why can it wait?")).to_be_focused(timeout=PATIENCE_MS)
    keys.type("The part comes tomorrow.")
    keys.shot("3-snooze")
    keys.press("Enter")
    expect(keys.page.get_by_text(f"{ticket.ref} is snoozed.")).to_be_visible(timeout=PATIENCE_MS)
    one = now(ticket)
    assert (one.snooze_reason, one.queue_group) == ("The part comes tomorrow.", Group.WAITING)


def merge(keys: Keys, ticket: Ticket, into: Ticket) -> None:
    keys.choose(ticket.ref)
    keys.press("2")
    expect(keys.page.get_by_label("Reference of the other").first).to_be_focused(timeout=PATIENCE_MS)
    keys.type(into.ref)
    keys.shot("4-merge")
    keys.press("Enter")
    expect(keys.page.get_by_text(f"{ticket.ref} is merged into {into.ref}.")).to_be_visible(timeout=PATIENCE_MS)
    assert now(ticket).merged_into_id == into.pk


def decline(keys: Keys, ticket: Ticket) -> None:
    keys.choose(ticket.ref)
    keys.press("3")
    expect(keys.page.get_by_label("Why not, in your words")).to_be_focused(timeout=PATIENCE_MS)
    keys.type("We do not repair printers; your supplier does.")
    keys.shot("5-decline")
    keys.press("Tab", "Enter")
    expect(keys.page.get_by_text(f"{ticket.ref} is declined with your words.")).to_be_visible(timeout=PATIENCE_MS)
    with act_as_staff(SYSTEM):
        assert Message.objects.get(ticket=ticket, kind="reply").then_state == State.DECLINED


def prioritise(keys: Keys, ticket: Ticket) -> None:
    keys.open(ticket.ref)
    keys.press("t")
    expect(keys.page.get_by_label("Priority")).to_be_focused(timeout=PATIENCE_MS)
    keys.press("ArrowUp", "Tab")
    keys.shot("6-priority", phone=True)
    keys.press("Enter")
    expect(keys.page.locator("main").get_by_text("High priority")).to_be_visible(timeout=PATIENCE_MS)
    assert now(ticket).priority == "high"
    keys.to_queue()


def tag(keys: Keys, ticket: Ticket) -> None:
    keys.open(ticket.ref)
    keys.press("t")
    expect(keys.page.get_by_label("Priority")).to_be_focused(timeout=PATIENCE_MS)
    keys.press("Tab")
    expect(keys.page.get_by_label("Tags, with commas between")).to_be_focused(timeout=PATIENCE_MS)
    keys.type("migration, vip")
    keys.press("Enter")
    expect(keys.page.locator("main .chip", has_text="migration")).to_be_visible(timeout=PATIENCE_MS)
    assert now(ticket).tags == ["migration", "vip"]
    keys.to_queue()


def give_to_lee(keys: Keys, ticket: Ticket, world: World) -> None:
    keys.open(ticket.ref)
    keys.press("a")
    expect(keys.page.get_by_label("Assign to")).to_be_focused(timeout=PATIENCE_MS)
    keys.type("Lee")
    keys.shot("8-assign", phone=True)
    keys.press("Tab", "Enter")
    expect(keys.page.get_by_text(f"{ticket.ref} is with Lee Lister now.")).to_be_visible(timeout=PATIENCE_MS)
    assert now(ticket).assignee_id == world.lee.actor.staff_id
    keys.to_queue()


def rule(keys: Keys, ticket: Ticket) -> None:
    """Accepted as a fault, and the ruling that the contract proposes confirmed."""
    keys.open(ticket.ref)
    keys.press("1")
    expect(keys.page.get_by_text("Proposed:")).to_be_visible(timeout=PATIENCE_MS)
    keys.shot("9-rule", phone=True)
    keys.press("y")
    expect(keys.page.get_by_text(f"{ticket.ref} is ruled.")).to_be_visible(timeout=PATIENCE_MS)
    with act_as_staff(SYSTEM):
        assert AuditEvent.objects.filter(subject_id=ticket.pk, kind="request ruled").count() == 1
    keys.press("b")
    keys.page.wait_for_url(f"**/desk/tickets/{ticket.ref}/work/")
    keys.to_queue()


def find(keys: Keys, ticket: Ticket) -> None:
    keys.press("Control+k")
    keys.type("find me")
    keys.shot("10-palette", phone=True)
    keys.press("Enter")
    keys.page.wait_for_url("**/desk/search/?q=*")
    keys.press("j", "Enter")
    keys.page.wait_for_url(f"**/desk/tickets/{ticket.ref}/*")
    keys.to_queue()


def leaf(keys: Keys) -> None:
    """On a request's own page J and K go along the queue."""
    refs = [row.get_attribute("data-ref") for row in keys.page.locator(".row").all()]
    keys.press("j", "Enter")
    keys.page.wait_for_url(f"**/desk/tickets/{refs[0]}/")
    keys.press("j")
    keys.page.wait_for_url(f"**/desk/tickets/{refs[1]}/")
    keys.press("k")
    keys.page.wait_for_url(f"**/desk/tickets/{refs[0]}/")
