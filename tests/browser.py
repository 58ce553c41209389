"""A real browser against a live site: fixtures `site` and `page`. They fail on console errors and on off-site requests."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connections
from django.test.testcases import LiveServerThread
from django.test.utils import override_settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
]
HOST = "localhost"


class Site:
    """The portal, served in this process by its own thread, at `url`."""

    def __init__(self) -> None:
        self.thread = LiveServerThread(HOST, static_handler=StaticFilesHandler)
        self.thread.daemon = True
        self.thread.start()
        self.thread.is_ready.wait()
        if self.thread.error:
            raise self.thread.error
        self.url = f"http://{HOST}:{self.thread.port}"

    def stop(self) -> None:
        self.thread.terminate()


@pytest.fixture
def site(committed: None) -> Iterator[Site]:
    """A live site on a database that is thrown away afterwards. Sign people in with `lasting_world`."""
    running = Site()
    with override_settings(PORTAL_URL=running.url):
        yield running
    running.stop()


def find_chromium() -> str | None:
    named = os.environ.get("PORTAL_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    return named if named and Path(named).exists() else None


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's chromium. Missing, it skips these tests; under CI that is a failure.

    It ends with its module: while Playwright's loop runs in this thread, nothing else may run one, and documents are signed so.
    """
    program = find_chromium()
    if program is None:
        sentence = "chromium is not installed; install Debian's chromium, or name one in PORTAL_CHROMIUM"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(sentence)
    # Beside a running loop Django keeps its connections in another place; those of earlier tests would stay open unseen.
    connections.close_all()
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Django would refuse to touch the database beside Playwright's loop.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()
        connections.close_all()


@pytest.fixture
def tolerated() -> list[str]:
    """Patterns of console errors that a test expects: append to it, for example r"status of 404"."""
    return []


@pytest.fixture
def page(chromium: Browser, site: Site, tolerated: list[str]) -> Iterator[Page]:
    """A page of a fresh browser session on the live site; relative addresses work."""
    faults: list[str] = []
    context = watched(chromium, site.url, faults)
    yield context.new_page()
    context.close()
    left = left_over(faults, tolerated)
    assert not left, left


def watched(chromium: Browser, home: str, faults: list[str], **given: Any) -> BrowserContext:
    """A fresh browser session that writes down every console error and every request to another site."""
    context = chromium.new_context(**{"base_url": home, "locale": "en-GB", "timezone_id": "Europe/London"} | given)
    context.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: faults.append(str(error.error)))
    context.on("request", lambda request: faults.extend(off_site(request.url, home)))
    return context


def left_over(faults: list[str], tolerated: list[str]) -> list[str]:
    """The faults that the test did not expect."""
    return [fault for fault in faults if not any(re.search(pattern, fault) for pattern in tolerated)]


def off_site(url: str, home: str) -> list[str]:
    parts = urlsplit(url)
    at_home = parts.scheme in ("data", "blob", "about") or parts.netloc == urlsplit(home).netloc
    return [] if at_home else [f"request to {url}"]
