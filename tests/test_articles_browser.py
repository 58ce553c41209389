"""Articles in a real browser: suggestions that move nothing, "this solved it", and an editor that keeps its words."""

import re

from playwright.sync_api import Page, expect

from portal.actors import SYSTEM
from portal.tenancy import act_as_staff
from tests.articles import published
from tests.cast import World, enter
from tests.tickets import acknowledged
from tickets.models import ArticleDraft, ArticleSolved, Ticket


def test_suggestions_come_while_one_types_and_nothing_moves(lasting_world: World, page: Page) -> None:
    for number in range(7):
        published(lasting_world, title=f"A rather long title about the shared mailbox, part {number}")
    page.set_viewport_size({"width": 390, "height": 800})
    enter(page, lasting_world.ben)
    page.goto("/c/alder/requests/new/")
    box, below = page.locator(".suggested"), page.get_by_label("Tell us more")
    before = below.bounding_box()
    page.locator("#id_subject").press_sequentially("The mailbox is odd")
    expect(box.get_by_role("link")).to_have_count(5)
    assert below.bounding_box() == before
    width = page.evaluate("[document.documentElement.scrollWidth, document.querySelector('.suggested').scrollWidth]")
    assert width[0] <= 390 and width[1] <= box.bounding_box()["width"]  # type: ignore[index]
    expect(box).to_have_attribute("aria-live", "polite")
    page.locator("#id_subject").fill("unheard of")
    expect(box.get_by_text("No help article fits these words.")).to_be_visible()
    assert below.bounding_box() == before
    below.fill("It hums.")
    page.get_by_role("button", name="Send to the helpdesk").click()
    expect(page.get_by_text("We have your request.")).to_be_visible()


def test_this_solved_it_by_keyboard_closes_the_form_without_a_request(lasting_world: World, page: Page) -> None:
    published(lasting_world, title="Mailbox full")
    enter(page, lasting_world.ben)
    page.goto("/c/alder/requests/new/")
    page.locator("#id_subject").press_sequentially("mailbox")
    button = page.locator(".suggested").get_by_role("button", name="This solved it")
    button.focus()
    button.press("Enter")
    expect(page.get_by_text("No request was sent.")).to_be_visible()
    with act_as_staff(SYSTEM):
        assert ArticleSolved.objects.count() == 1 and not Ticket.objects.exists()


def test_the_editor_keeps_its_words_and_shows_them_as_a_page(lasting_world: World, page: Page) -> None:
    enter(page, lasting_world.cora)
    page.goto("/desk/articles/add/")
    page.get_by_label("Title").fill("Printers")
    page.get_by_label("Text", exact=True).press_sequentially("# Paper\nis **white**")
    expect(page.get_by_text("Draft saved")).to_be_visible(timeout=10_000)
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#shown h2", has_text="Paper")).to_be_visible()
    page.goto("/desk/articles/add/")
    expect(page.get_by_label("Title")).to_have_value("Printers")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("is saved as version 1")).to_be_visible()
    with act_as_staff(SYSTEM):
        assert not ArticleDraft.objects.exists()


def test_the_composers_menu_offers_articles_and_puts_one_in(lasting_world: World, page: Page) -> None:
    published(lasting_world, title="Mailbox full")
    ticket = acknowledged(lasting_world)
    enter(page, lasting_world.cora)
    page.goto(f"/desk/tickets/{ticket.ref}/")
    page.locator(".composer summary[title='Help articles']").click()
    page.locator(".composer").get_by_role("link", name="Mailbox full").click()
    expect(page.locator("#composer-body")).to_have_value(re.compile("^Mailbox full\n"))
