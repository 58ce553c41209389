"""The desk by keyboard alone, and by phone: single keys where they lead, silence while one types, nothing under the phone's bar."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser_pages import Shown, shown  # noqa: F401

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
# The element that a finger in the middle of this one would meet.
TOUCHED = """one => {
  const box = one.getBoundingClientRect();
  const met = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return one.contains(met) || met?.contains(one);
}"""


@pytest.fixture
def desk(shown: Shown) -> Page:
    page = shown.by("cora")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/desk/")
    return page


@pytest.fixture
def ticket(shown: Shown, desk: Page) -> Page:
    desk.goto(f"/desk/tickets/{shown.refs['open']}/")
    return desk


@pytest.fixture
def phone(shown: Shown) -> Iterator[Page]:
    page = shown.by("cora")
    page.set_viewport_size(PHONE)
    yield page
    page.set_viewport_size({"width": 1280, "height": 800})


def selected(page: Page) -> str:
    return page.locator(".row[aria-current]").get_attribute("data-ref") or ""


class TestQueue:
    def test_j_and_k_walk_the_rows_and_the_preview_follows(self, desk: Page) -> None:
        refs = [row.get_attribute("data-ref") for row in desk.locator(".row").all()]
        desk.keyboard.press("j")
        assert selected(desk) == refs[0]
        desk.keyboard.press("j")
        assert selected(desk) == refs[1]
        expect(desk.locator("#preview")).to_contain_text(refs[1] or "")
        desk.keyboard.press("k")
        desk.keyboard.press("k")
        assert selected(desk) == refs[0]
        expect(desk.locator("#preview")).to_contain_text(refs[0] or "")

    @pytest.mark.parametrize("key", ["Enter", "o"])
    def test_enter_and_o_open_the_chosen_request(self, desk: Page, key: str) -> None:
        desk.keyboard.press("j")
        ref = selected(desk)
        desk.keyboard.press(key)
        desk.wait_for_url(f"**/desk/tickets/{ref}/")

    def test_1_leads_to_accepting_and_r_to_answering(self, desk: Page) -> None:
        desk.keyboard.press("j")
        expect(desk.locator("#preview .btn", has_text="Accept")).to_be_visible()
        desk.keyboard.press("1")
        desk.wait_for_url("**/desk/tickets/*/#accept")
        expect(desk.locator("#accept")).to_be_in_viewport()
        desk.goto("/desk/")
        desk.keyboard.press("j")
        expect(desk.locator("#preview .btn", has_text="Reply")).to_be_visible()
        desk.keyboard.press("r")
        desk.wait_for_url("**/desk/tickets/*/#composer-body")
        expect(desk.locator("#composer-body")).to_be_focused()

    def test_a_question_mark_opens_the_sheet_and_escape_closes_it(self, desk: Page) -> None:
        desk.keyboard.press("?")
        expect(desk.locator("#keys")).to_be_visible()
        desk.keyboard.press("j")
        expect(desk.locator(".row[aria-current]")).to_have_count(0)
        desk.keyboard.press("Escape")
        expect(desk.locator("#keys")).to_be_hidden()

    def test_ctrl_k_finds_a_page_by_name(self, desk: Page) -> None:
        desk.keyboard.press("Control+k")
        desk.keyboard.type("clie")
        desk.keyboard.press("Enter")
        desk.wait_for_url("**/desk/clients/")


class TestTicket:
    def test_n_and_r_choose_note_or_reply_and_typing_is_only_typing(self, ticket: Page) -> None:
        body = ticket.locator("#composer-body")
        ticket.keyboard.press("n")
        expect(body).to_have_attribute("aria-label", "Internal note")
        expect(ticket.locator("[data-send-label]")).to_have_text("Save note")
        ticket.keyboard.type("1 a? jk r n")
        expect(body).to_have_value("1 a? jk r n")
        expect(ticket.locator("#keys")).to_be_hidden()
        ticket.keyboard.press("Escape")
        ticket.keyboard.press("r")
        expect(body).to_have_attribute("aria-label", "Reply to Ben")
        expect(ticket.locator("[data-send-label]")).to_have_text("Send and next")
        body.fill("")

    def test_a_opens_the_colleagues_and_escape_goes_back(self, ticket: Page) -> None:
        ticket.keyboard.press("a")
        expect(ticket.get_by_label("Assign to")).to_be_focused()
        ticket.keyboard.press("Escape")
        expect(ticket.get_by_label("Assign to")).to_be_hidden()

    def test_leaving_unsent_words_asks_first(self, shown: Shown, ticket: Page) -> None:
        asked: list[str] = []
        ticket.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        ticket.keyboard.press("r")
        ticket.keyboard.type("Half an ans")
        ticket.goto("/desk/")
        assert asked == ["beforeunload"]

    def test_switched_off_keys_do_nothing_and_stay_off(self, shown: Shown, ticket: Page) -> None:
        ticket.keyboard.press("?")
        ticket.locator("[data-keys-toggle]").click()
        ticket.keyboard.press("Escape")
        ticket.reload()
        ticket.keyboard.press("n")
        expect(ticket.locator("#composer-body")).not_to_be_focused()
        ticket.context.clear_cookies(name="keys")


class TestPhone:
    def test_the_bar_covers_neither_composer_nor_the_last_row(self, shown: Shown, phone: Page) -> None:
        phone.goto(f"/desk/tickets/{shown.refs['open']}/")
        for one in (phone.locator("#composer-body"), phone.locator("#composer button.primary")):
            one.evaluate("one => one.scrollIntoView({ block: 'nearest' })")
            assert one.evaluate(TOUCHED)
        phone.locator("#composer-body").focus()
        assert phone.locator("#composer-body").evaluate(TOUCHED)
        phone.goto("/desk/")
        last = phone.locator(".row").last
        phone.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        assert last.evaluate(TOUCHED)

    def test_a_row_opens_its_page_at_once_and_menus_stay_on_the_screen(self, shown: Shown, phone: Page) -> None:
        phone.goto("/desk/")
        phone.locator(".row").first.click()
        phone.wait_for_url("**/desk/tickets/*/")
        for name in ("Assign", "Move"):
            phone.locator("details.menu > summary", has_text=name).click()
            sheet = phone.locator("details.menu[open] > .sheet")
            box = sheet.bounding_box()
            assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["y"] >= 0
            assert sheet.locator("select, input:not([type=hidden])").first.evaluate(TOUCHED)
            phone.keyboard.press("Escape")

    def test_the_rest_of_the_menu_is_behind_more(self, phone: Page) -> None:
        phone.goto("/desk/")
        phone.get_by_role("button", name="More").click()
        phone.locator("#more").get_by_role("link", name="Alarms").click()
        phone.wait_for_url("**/desk/alarms/")
