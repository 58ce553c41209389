"""The harness itself: tests run in a database of their own, as the portal's own login, and a browser tells what went wrong."""

import pytest
from django.conf import settings
from django.db import connection

from portal.actors import SYSTEM
from portal.models import Client
from portal.tenancy import act_as_staff
from tests.browser import off_site
from tests.cast import enter


class TestTheDatabase:
    def test_it_is_a_test_database_and_the_login_owns_nothing(self, db):
        assert connection.settings_dict["NAME"].startswith("test_")
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from pg_class where relowner = current_user::regrole")
            assert cursor.fetchone() == (0,)

    def test_files_go_where_no_portal_keeps_its_own(self):
        assert "portal-tests-" in str(settings.PORTAL_FILES)


class TestNothingIsLeftBehind:
    @pytest.mark.parametrize("turn", [1, 2])
    def test_by_a_test_that_commits(self, lasting_world, turn):
        with act_as_staff(SYSTEM):
            assert Client.objects.count() == 2


class TestNothingIsLeftBehindByOthers:
    """A class of its own: that of a world that is rolled back keeps its transaction to its end."""

    @pytest.mark.parametrize("turn", [1, 2])
    def test_by_a_test_that_is_rolled_back(self, world, turn):
        with act_as_staff(SYSTEM):
            Client.objects.filter(pk=world.alder.pk).update(name="Changed")
            assert world.alder.name == "Alder Architects"
            world.alder.name = "Changed"


@pytest.mark.browser
class TestTheBrowser:
    def test_it_signs_in_by_hand(self, page, lasting_world):
        page.goto("/accounts/login/")
        page.fill("input[name=login]", "ann@example.org")
        page.fill("input[name=password]", "correct-horse-battery")
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(lambda url: "/accounts/login/" not in url)

    def test_it_takes_the_session_of_the_cast(self, page, lasting_world):
        enter(page, lasting_world.ann)
        page.goto("/c/alder/")
        assert page.url.endswith("/c/alder/")

    def test_console_errors_and_foreign_addresses_are_noticed(self, page, lasting_world, tolerated):
        seen: list[str] = []
        page.on("console", lambda message: seen.append(message.text))
        tolerated.append("status of 404")
        page.goto("/no-such-page/")
        assert any("status of 404" in text for text in seen)
        assert off_site("https://fonts.example/inter.woff2", "http://localhost:1") == [
            "request to https://fonts.example/inter.woff2"
        ]
        assert off_site("http://localhost:1/static/a.css", "http://localhost:1") == []
