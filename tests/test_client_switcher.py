"""A person of several clients goes from one to the other; each window stands in the client that its address names."""

import pytest

from portal import clock
from portal.actions.people import add_member
from portal.models import Membership
from portal.rules.states import ClientState, Role
from tests.cast import MORNING, enter
from tests.people import overview

HEAD = "Your organisations"


@pytest.fixture(autouse=True)
def morning(frozen, request):
    # The browser's own session must not have begun in another year than its cookies.
    if "page" not in request.fixturenames:
        frozen(MORNING)


def join_birch(world, role=Role.AUTHOR, at=MORNING):
    """Ann works for Birch, too."""
    with overview():
        given = {"client": world.birch, "email": "ann@example.org", "name": "Ann Archer", "role": role}
        return add_member(**given, by=world.bea.actor, at=at)


class TestSwitcher:
    def test_a_person_of_one_client_has_none(self, world, as_user):
        assert HEAD not in as_user(world.ann).get("/c/alder/").content.decode()

    def test_a_person_of_two_finds_both_and_the_present_one_marked(self, world, as_user):
        join_birch(world)
        page = as_user(world.ann).get("/c/birch/").content.decode()
        assert HEAD in page
        assert 'href="/c/alder/"' in page
        assert '<a href="/c/birch/" aria-current="true">' in page

    def test_a_role_that_ended_leads_nowhere(self, world, as_user):
        row = join_birch(world)
        with overview():
            Membership.objects.filter(pk=row.pk).update(valid_to=MORNING.date())
        assert "/c/birch/" not in as_user(world.ann).get("/c/alder/").content.decode()

    def test_a_suspended_client_says_so(self, world, as_user):
        join_birch(world)
        with overview():
            world.birch.state = ClientState.SUSPENDED
            world.birch.suspended_reason = "Unpaid."
            world.birch.save()
        assert "<small>suspended</small>" in as_user(world.ann).get("/c/alder/").content.decode()

    def test_a_colleague_does_not_see_where_else_somebody_works(self, world, as_user):
        join_birch(world)
        assert "Birch" not in as_user(world.ben).get("/c/alder/").content.decode()

    def test_staff_have_none(self, world, as_user):
        assert HEAD not in as_user(world.cora).get("/desk/clients/").content.decode()


class TestTwoWindows:
    def test_each_acts_in_its_own_client_with_its_own_role(self, world, as_user):
        join_birch(world, Role.AUTHOR)
        browser = as_user(world.ann)
        for _ in range(2):
            assert browser.get("/c/alder/people/").status_code == 200
            assert browser.get("/c/birch/people/").status_code == 403
        assert "Ben Baker" in browser.get("/c/alder/people/").content.decode()


class TestTwoWindowsOfABrowser:
    def test_in_a_real_browser_neither_moves_the_other(self, lasting_world, page):
        join_birch(lasting_world, at=clock.real_now())
        enter(page, lasting_world.ann)
        other = page.context.new_page()
        page.goto("/c/alder/")
        other.goto("/c/birch/")
        page.reload()
        assert page.locator("header .who").inner_text().find("Alder") >= 0
        assert other.locator("header .who").inner_text().find("Birch") >= 0
        other.locator("header .who").click()
        other.get_by_role("link", name="Alder Architects").click()
        other.wait_for_url("**/c/alder/")
        assert page.url.endswith("/c/alder/")
