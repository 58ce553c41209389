"""Notices in a real browser: the number moves by itself, and marking as read is taken back from the toast."""

from typing import Any

from playwright.sync_api import Page, expect

from portal import clock
from tests.cast import World, enter
from tests.noticing import tell


def test_the_number_in_the_menu_moves_while_the_queue_stands_open(lasting_world: World, page: Page) -> None:
    enter(page, lasting_world.lee)
    page.goto("/desk/")
    number = page.locator('.rail [data-live="notices"]')
    expect(number).to_be_hidden()
    tell(lasting_world.lee, kind="response clock", at=clock.now())
    expect(number).to_have_text("1", timeout=15_000)
    expect(number).to_be_visible()


def test_all_are_read_and_undone_by_keyboard_on_a_phone(lasting_world: World, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    for key in "12":
        tell(lasting_world.ann, key=key, at=clock.now(), url="/c/alder/requests/")
    enter(page, lasting_world.ann)
    page.goto("/c/alder/notices/")
    expect(page.get_by_role("link", name="Notices 2 not read")).to_be_visible()
    press(page.get_by_role("button", name="Mark all as read"))
    expect(page.get_by_text("2 notices are marked as read.")).to_be_visible()
    expect(page.locator("main .chip")).to_have_count(0)
    press(page.get_by_role("button", name="Undo"))
    expect(page.locator("main .chip")).to_have_count(2)
    press(page.get_by_role("button", name="Something happened (2).", exact=True))
    page.wait_for_url("**/c/alder/requests/")
    page.goto("/c/alder/notices/")
    expect(page.locator("main .chip")).to_have_count(1)


def press(button: Any) -> None:
    button.focus()
    button.press("Enter")
