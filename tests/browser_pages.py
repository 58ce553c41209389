"""What every page must be in a real browser, and a site with something on every page that stands for a whole test module.

Fixture `shown` (module): `shown.by("admin").goto("/desk/")`. Nobody changes anything there: the tests of the module share it.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from django.conf import settings
from django.db import connections
from django.test.utils import override_settings
from playwright.sync_api import Browser, Page

from portal import clock
from portal.tenancy import act_as_staff
from tests.browser import Site, watched
from tests.cast import MORNING, World, build, enter
from tests.databases import remake
from tests.tickets import acknowledged, publish_now, raised
from tickets.actions.escalation import escalate
from tickets.actions.replies import note, reply
from tickets.actions.work import accept, assign, change_state
from tickets.rules.states import Kind, State

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CULPRITS = """() => [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > innerWidth + 1
  && one.checkVisibility() && !one.closest('.scroll-x, .vh, .toasts')).slice(0, 3).map(one => one.outerHTML.slice(0, 110))"""
HEIGHT = 800
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


class Shown:
    """The standing site: one browser session for each person, and what was wrong in any of them."""

    def __init__(self, chromium: Browser, site: Site, world: World) -> None:
        self.chromium, self.site, self.world = chromium, site, world
        self.faults: list[str] = []
        self.pages: dict[str, Page] = {}
        self.refs = fill(world)

    def by(self, who: str) -> Page:
        """The page of ann, ben, cora, ada … or of a "visitor"."""
        if who not in self.pages:
            context = watched(self.chromium, self.site.url, self.faults, reduced_motion="reduce")
            self.pages[who] = context.new_page()
            if who != "visitor":
                enter(self.pages[who], self.world.people[who])
        return self.pages[who]

    def close(self) -> None:
        for page in self.pages.values():
            page.context.close()


@pytest.fixture(scope="module")
def shown(
    chromium: Browser, django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shown]:
    folder: Path = tmp_path_factory.mktemp("pages")
    with django_db_blocker.unblock(), override_settings(PORTAL_DEMO=True, PORTAL_VAR=folder):
        clock.move_to(MORNING)
        site = Site()
        with override_settings(PORTAL_URL=site.url):
            standing = Shown(chromium, site, build())
            yield standing
            standing.close()
        site.stop()
        remake(connections["default"].settings_dict["NAME"], settings.DATABASES["owner"]["TEST"]["TEMPLATE"])


def fill(world: World) -> dict[str, str]:
    """A request in every state, and the references of those that stand for them."""
    long = (
        "A subject that goes on and on about everything_that_happened_since_the_renaming_of_the_mailbox, and then some"
    )
    new = raised(world, MORNING - HOUR, subject="Not acknowledged yet")
    made = {
        "new": new,
        "overdue": acknowledged(world, MORNING - 4 * DAY, subject=long[:200]),
        "open": acknowledged(
            world, MORNING - HOUR, subject="To accept", impact="Nobody can send", for_whom="All of us"
        ),
        "secret": acknowledged(world, MORNING - HOUR, subject="Between us", confidential=True),
    }
    moves = {"progress": State.IN_PROGRESS, "waiting": State.WAITING_CLIENT, "microsoft": State.WITH_MICROSOFT}
    ends = {"resolved": State.RESOLVED, "closed": State.CLOSED}
    for name, state in {**moves, **ends}.items():
        made[name] = acknowledged(world, MORNING - DAY, subject=f"A request that is {name}")
        work_on(world, made[name].pk, state)
    return {name: ticket.ref for name, ticket in made.items()}


def work_on(world: World, pk: int, state: State) -> None:
    by, at = world.cora.actor, MORNING - DAY + HOUR
    with act_as_staff(by):
        accept(pk, kind=Kind.FAULT, by=by, at=at)
        note(pk, "He rang twice.", by=by, at=at)
        publish_now(pk, "We look at it.\n\nCora", by=by, at=at + HOUR)
        if state == State.CLOSED:
            change_state(pk, State.RESOLVED, by=by, at=at + HOUR)
        if state == State.WITH_MICROSOFT:
            escalate(pk, case_number="2610000123", reason="The service itself is at fault", by=by, at=at + 2 * HOUR)
        else:
            change_state(pk, state, by=by, at=at + 2 * HOUR)
        if state == State.IN_PROGRESS:
            assign(pk, to=world.lee.staff, by=by, at=at + 2 * HOUR)
            reply(pk, "This goes out in a moment.", by=by, at=MORNING)


def accessible(page: Page) -> list[str]:
    """What axe finds, in both colour schemes. Its script is evaluated by the debugger: no policy is loosened."""
    if not page.evaluate("typeof axe == 'object'"):
        page.evaluate(AXE_SCRIPT)
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for one in page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]:
            found += [f"{scheme}: {one['id']} at {node['html'][:140]}" for node in one["nodes"]]
    return found


def fits(page: Page, *widths: int) -> list[str]:
    """Where the page would scroll sideways."""
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        over = page.evaluate(SIDEWAYS)
        if over > 0:
            found.append(f"{over} px too wide at {width} px: {page.evaluate(CULPRITS)}")
    page.set_viewport_size({"width": 1280, "height": HEIGHT})
    return found


def wrongs(shown: Shown, who: str, address: str, *widths: int, status: int = 200) -> list[str]:
    """Everything that is wrong with a page: its status, the console, accessibility, sideways scroll."""
    page = shown.by(who)
    shown.faults.clear()
    answer = page.goto(address)
    assert answer is not None
    told = [] if answer.status == status else [f"answered {answer.status}"]
    return [
        *told,
        *accessible(page),
        *fits(page, *widths),
        *(one for one in shown.faults if f"status of {status}" not in one),
    ]
