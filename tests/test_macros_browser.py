"""A macro is played by keyboard from its menu, which is fetched when it opens, also on a small screen."""

import pytest
from playwright.sync_api import Page

from tests.cast import World, enter
from tests.test_macros import written
from tests.tickets import acknowledged
from tickets.rules.macros import Assign, MacroPlan

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

LINES_OF_ACTS = """[...new Set([...document.querySelectorAll('.bar > .menu, .bar > .menu ~ .btn')]
  .map((one) => Math.round(one.getBoundingClientRect().top)))].length"""


@pytest.mark.browser
def test_one_is_played_by_keyboard(page: Page, lasting_world: World) -> None:
    ticket = acknowledged(lasting_world)
    written(lasting_world, MacroPlan(assign=Assign.ME, add_tags=("in hand",)), label="Take it")
    enter(page, lasting_world.cora)
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"/desk/tickets/{ticket.ref}/")
    assert page.evaluate(SIDEWAYS) == 0
    assert page.evaluate(LINES_OF_ACTS) == 1
    page.keyboard.press("p")
    choice = page.get_by_role("button", name="Take it")
    choice.wait_for()
    assert page.evaluate(SIDEWAYS) == 0
    choice.click()
    page.get_by_text("“Take it” was played.").wait_for()
