"""A session lasts 12 hours at most; idle, half an hour for staff and two hours for clients, by the real clock."""

from datetime import timedelta

import pytest

from portal import clock
from portal.sessions import BEGAN, SEEN
from tests.cast import MORNING

LOGIN = "/accounts/login/"


@pytest.fixture
def at(frozen):
    """`at(minutes=31)`: so long after the morning."""
    frozen(MORNING)
    return lambda **span: frozen(MORNING + timedelta(**span))


def is_in(browser):
    return browser.get("/").headers.get("Location") not in (None, LOGIN)


class TestIdle:
    @pytest.mark.parametrize(
        ("who", "minutes", "inside"),
        [("cora", 29, True), ("cora", 30, False), ("ann", 119, True), ("ann", 120, False)],
    )
    def test_without_use_it_ends(self, world, as_user, at, who, minutes, inside):
        browser = as_user(getattr(world, who))
        assert is_in(browser)
        at(minutes=minutes)
        assert is_in(browser) is inside

    def test_use_keeps_it(self, world, as_user, at):
        browser = as_user(world.cora)
        for minutes in range(0, 120, 25):
            at(minutes=minutes)
            assert is_in(browser)

    def test_it_says_why(self, world, as_user, at):
        browser = as_user(world.cora)
        browser.get("/")
        at(minutes=45)
        assert "after 30 minutes without use" in browser.get(LOGIN).content.decode()

    def test_it_is_written_once_a_minute_at_most(self, world, as_user, at):
        browser = as_user(world.ann)
        browser.get("/")
        seen = browser.session[SEEN]
        at(seconds=59)
        browser.get("/")
        assert browser.session[SEEN] == seen
        at(seconds=61)
        browser.get("/")
        assert browser.session[SEEN] == seen + 61


class TestTwelveHours:
    def test_it_ends_however_much_it_is_used(self, world, as_user, at):
        browser = as_user(world.ann)
        for hours in range(12):
            at(hours=hours)
            assert is_in(browser)
        at(hours=12)
        assert not is_in(browser)

    def test_signing_in_begins_a_new_one(self, world, client, at):
        client.post(LOGIN, {"login": "ann@example.org", "password": "correct-horse-battery"})
        assert client.session[BEGAN] == MORNING.timestamp()

    def test_the_demo_s_clock_ends_no_session(self, world, as_user, at, monkeypatch):
        browser = as_user(world.ann)
        assert is_in(browser)
        monkeypatch.setattr(clock, "now", lambda: MORNING + timedelta(days=3))
        assert is_in(browser)
