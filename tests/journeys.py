"""The portal at work, for journeys in a real browser: a live site, a mail server of its own, a clock that can be moved, and as many
browsers as there are people in the story.

    def test_a_story(office: Office) -> None:
        page = office.visit(office.world.ben)
        page.goto("/c/alder/")
        office.sweep("send mail")
        office.later(seconds=11)
"""

import io
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from PIL import Image
from playwright.sync_api import Browser, Page

from portal import clock, jobs
from portal.documents.render import stop_renderer
from tests.browser import Site, left_over, watched
from tests.cast import MORNING, Person, World, enter
from tests.smtpsink import Sink

UNDO_SECONDS = 11
PATIENCE_MS = 15_000


class Office:
    """Site, cast, mail server and clock of one story."""

    def __init__(self, chromium: Browser, site: Site, world: World, sink: Sink, tolerated: list[str]) -> None:
        self.chromium, self.site, self.world, self.sink, self.tolerated = chromium, site, world, sink, tolerated
        self.faults: list[str] = []
        self.contexts: list[Any] = []

    def visit(self, person: Person | None = None, **given: Any) -> Page:
        """A page of a browser of its own, signed in as this person. given: what playwright's new_context takes."""
        context = watched(self.chromium, self.site.url, self.faults, **given)
        self.contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page: Page = context.new_page()
        if person is not None:
            enter(page, person)
        return page

    def later(self, **span: float) -> None:
        """The portal's clock goes forward."""
        clock.set_offset(clock.offset() + round(timedelta(**span).total_seconds()))

    def sweep(self, *names: str) -> None:
        """Run sweeps now, as a worker would. In a thread of their own: playwright's loop runs in this one."""
        with ThreadPoolExecutor(1) as worker:
            worker.submit(run_sweeps, names).result()

    def publish(self) -> None:
        """The ten seconds of undo pass; what waited is published, and its mail goes out."""
        self.later(seconds=UNDO_SECONDS)
        self.sweep("replies to publish", "send mail")

    def mails(self, to: Person) -> list[EmailMessage]:
        """What the mail server took for this person, oldest first."""
        both = zip(self.sink.recipients(), self.sink.mails(), strict=True)
        return [mail for recipient, mail in both if recipient == to.user.email]

    def close(self) -> None:
        for context in self.contexts:
            context.close()


@pytest.fixture
def office(
    chromium: Browser, site: Site, lasting_world: World, tolerated: list[str], settings: Any, tmp_path: Path
) -> Iterator[Office]:
    """Tuesday, 24 November 2026, 10:40 in London. Afterwards no browser may have seen an error."""
    settings.PORTAL_DEMO, settings.PORTAL_VAR = True, tmp_path
    settings.PORTAL_FILES, settings.PORTAL_SCANNER = tmp_path / "files", ""
    store = {"BACKEND": "portal.files.storage.WholeFiles", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = settings.STORAGES | {"default": store}
    clock.move_to(MORNING)
    with Sink(tmp_path / "sink") as sink:
        settings.PORTAL_SMTP_URL = sink.url
        at_work = Office(chromium, site, lasting_world, sink, tolerated)
        yield at_work
        at_work.close()
    stop_renderer()
    left = left_over(at_work.faults, tolerated)
    assert not left, left


def run_sweeps(names: tuple[str, ...]) -> None:
    try:
        for name in names:
            jobs.run(name)
    finally:
        connections.close_all()


def sign_in(page: Page, email: str, password: str) -> None:
    """By the form, as a person does."""
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(re.compile(r"^(?!.*login).*$"))


def screenshot_file(name: str = "screen.png") -> dict[str, Any]:
    """A picture as a file chooser hands it over."""
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(out, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": out.getvalue()}


def body_of(mail: EmailMessage) -> str:
    """The plain words of a mail."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def reference_on(page: Page) -> str:
    """The reference that a page names first."""
    found = re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", page.locator("main").inner_text())
    assert found, page.locator("main").inner_text()
    return found[0]
