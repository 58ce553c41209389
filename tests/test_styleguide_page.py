"""The style guide in a real browser: every component is accessible, light and dark, and fits a small phone."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page

from tests.cast import enter

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """What axe finds, as (rule, the markup at fault). Its script is evaluated by the debugger: no policy is loosened."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found]


@pytest.fixture
def guide(page: Page, lasting_world: Any) -> Page:
    enter(page, lasting_world.people["cora"])
    page.emulate_media(reduced_motion="reduce")  # a colour half-way through a change would be measured otherwise
    page.goto("/desk/styleguide/")
    return page


def test_every_component_is_accessible_and_fits(guide: Page) -> None:
    for scheme in ("light", "dark"):
        guide.emulate_media(color_scheme=scheme)
        assert violations(guide) == []
    guide.set_viewport_size({"width": 320, "height": 640})
    assert guide.evaluate("document.documentElement.scrollWidth") == 320
    assert violations(guide) == []


def test_the_palette_and_the_sheet_of_keys_open_by_keyboard(guide: Page) -> None:
    guide.keyboard.press("Control+k")
    assert guide.locator("#palette").is_visible() and violations(guide) == []
    guide.keyboard.type("style")
    with guide.expect_navigation():
        guide.keyboard.press("Enter")
    guide.keyboard.press("?")
    assert guide.locator("#keys").is_visible() and violations(guide) == []
    guide.locator("[data-keys-toggle]").click()
    guide.keyboard.press("Escape")
    guide.keyboard.press("?")
    assert not guide.locator("#keys").is_visible()
    guide.reload()
    assert guide.locator("body").get_attribute("data-keys") == "off"


def test_rows_are_walked_and_the_composer_opens_by_single_keys(guide: Page) -> None:
    guide.keyboard.press("j")
    assert guide.locator(".row[aria-current]").get_attribute("data-ref") == "K7QM-2XR2"
    guide.keyboard.press("n")
    assert guide.evaluate("document.activeElement.getAttribute('aria-label')") == "Internal note"
    guide.keyboard.type("jjj")
    assert guide.locator("#composer-body").input_value() == "jjj"
    guide.locator("#composer-body").fill("")


def test_the_colours_follow_the_choice_after_a_reload(guide: Page) -> None:
    guide.locator(".rail .who").click()
    guide.locator("#account-rail [data-theme-set=dark]").click()
    guide.reload()
    assert guide.locator("html").get_attribute("data-theme") == "dark"
    assert guide.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(13, 17, 19)"


def test_chosen_files_are_listed_and_can_be_taken_out(guide: Page) -> None:
    files = [{"name": name, "mimeType": "text/plain", "buffer": b"x" * 5000} for name in ("a.txt", "b.txt")]
    guide.locator("#sample-files").set_input_files(files)  # type: ignore[arg-type]
    box = guide.locator(".upload:has(#sample-files)")
    assert box.locator(".chosen li").all_inner_texts()[0].split("\n")[:2] == ["a.txt", "5 kB"]
    box.get_by_role("button", name="Remove a.txt").click()
    assert guide.evaluate("document.querySelector('#sample-files').files.length") == 1
