"""The inbox inside the portal: unread first, page by page, one's own only; marking as read can be taken back."""

import re
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.actors import SYSTEM
from portal.models import Notice
from portal.queries.notices import inbox, unread_count
from portal.tenancy import act_as, act_as_staff
from tests.cast import MORNING, World
from tests.noticing import notices, tell
from tests.test_client_switcher import join_birch


@pytest.fixture(autouse=True)
def morning(frozen: Any) -> None:
    frozen(MORNING)


def read(*keys: str) -> None:
    with act_as_staff(SYSTEM):
        Notice.objects.filter(key__in=keys).update(read_at=MORNING)


class TestOrder:
    def test_the_unread_stand_first_each_part_newest_first(self, world: World) -> None:
        for key in "123456":
            tell(world.ann, key=key)
        read("2", "5")
        with act_as(world.alder.pk):
            page = inbox(world.ann.actor)
        assert ([row.key for row in page.rows], page.older, page.unread) == (list("643152"), "", True)

    @pytest.mark.parametrize("unread", [0, 30, 50, 51, 70, 120])
    def test_page_by_page_every_notice_stands_once(self, world: World, unread: int) -> None:
        for number in range(120):
            tell(world.lee, key=str(number), kind="response clock")
        read(*(str(number) for number in range(120 - unread)))
        seen, after = [], ""
        with act_as_staff(SYSTEM):
            for _ in range(3):
                page = inbox(world.lee.actor, after)
                seen += page.rows
                after = page.older
        assert after == ""
        assert len({row.pk for row in seen}) == 120
        assert [row.read_at is None for row in seen] == [True] * unread + [False] * (120 - unread)

    @pytest.mark.parametrize("place", ["x", "u", "u-1", "r٣", "u" + "9" * 30])
    def test_a_place_that_is_none_is_the_beginning(self, world: World, as_user: Any, place: str) -> None:
        tell(world.ann)
        assert "Something happened" in as_user(world.ann).get("/c/alder/notices/", {"after": place}).content.decode()


class TestMarking:
    def test_all_are_read_and_the_toast_takes_it_back(self, world: World, as_user: Any) -> None:
        for key in "123":
            tell(world.ann, key=key)
        tell(world.ben, key="9")
        read("1")
        browser = as_user(world.ann)
        page = browser.post("/c/alder/notices/read/", follow=True).content.decode()
        assert "2 notices are marked as read." in page
        (address,) = re.findall(r'action="(/c/alder/notices/unread/[0-9]+/)"', page)
        with act_as(world.alder.pk):
            assert unread_count(world.ann.actor) == 0
            assert unread_count(world.ben.actor) == 1
        with act_as_staff(SYSTEM):
            Notice.objects.filter(key="1", user=world.ann.user).update(read_at=MORNING.replace(hour=8))
        for _ in range(2):
            assert browser.post(address).status_code == 302
        with act_as(world.alder.pk):
            assert unread_count(world.ann.actor) == 2

    def test_opening_one_reads_it_and_leads_to_its_subject(self, world: World, as_user: Any) -> None:
        tell(world.ann, url="/c/alder/requests/")
        (row,) = notices(world.ann)
        answer = as_user(world.ann).post(f"/c/alder/notices/{row.pk}/open/")
        assert (answer.status_code, answer["Location"]) == (302, "/c/alder/requests/")
        assert notices(world.ann)[0].read_at == MORNING

    def test_one_is_marked_alone_and_once(self, world: World, as_user: Any) -> None:
        for key in "12":
            tell(world.lee, key=key, kind="response clock")
        row = notices(world.lee)[0]
        browser = as_user(world.lee)
        for _ in range(2):
            browser.post(f"/desk/notices/{row.pk}/read/", {"idempotency_key": "k" * 32})
        assert [one.read_at for one in notices(world.lee)] == [MORNING, None]


class TestTenancy:
    def test_nobody_opens_or_marks_another_persons(self, world: World, as_user: Any) -> None:
        tell(world.ann)
        (row,) = notices(world.ann)
        for person, base in ((world.ben, "/c/alder"), (world.bea, "/c/birch"), (world.lee, "/desk")):
            browser = as_user(person)
            for act in ("open", "read"):
                assert browser.post(f"{base}/notices/{row.pk}/{act}/").status_code == 404
            browser.post(f"{base}/notices/read/")
            assert "Something happened" not in browser.get(f"{base}/notices/").content.decode()
        assert notices(world.ann)[0].read_at is None

    def test_a_person_of_two_clients_has_two_inboxes(self, world: World, as_user: Any) -> None:
        there = replace(world.ann, membership=join_birch(world))
        tell(world.ann, key="here", sentence="About Alder.")
        tell(there, key="there", sentence="About Birch.")
        browser = as_user(world.ann)
        for slug, own, other in (("alder", "About Alder.", "About Birch."), ("birch", "About Birch.", "About Alder.")):
            page = browser.get(f"/c/{slug}/notices/").content.decode()
            assert own in page and other not in page
        browser.post("/c/birch/notices/read/")
        assert [row.read_at is None for row in notices(world.ann)] == [True, False]

    def test_the_database_shows_a_client_neither_strangers_nor_the_staffs(self, world: World) -> None:
        tell(world.ann, key="1")
        tell(world.bea, key="2")
        tell(world.lee, key="3", kind="response clock", client_id=world.alder.pk)
        with act_as(world.alder.pk):
            assert list(Notice.objects.values_list("key", flat=True)) == ["1"]
            assert Notice.objects.filter(key__in=["2", "3"]).update(read_at=MORNING) == 0


class TestTheNumber:
    def test_the_bell_of_a_client_shows_it(self, world: World, as_user: Any) -> None:
        browser = as_user(world.ann)
        assert "not read" not in browser.get("/c/alder/").content.decode()
        tell(world.ann)
        assert '<span class="count">1' in browser.get("/c/alder/").content.decode()

    def test_the_poll_of_the_queue_carries_it_without_another_query(
        self, world: World, as_user: Any, settings: Any
    ) -> None:
        settings.PORTAL_PREPARED = False  # so that statements show what they ask
        browser = as_user(world.lee)
        first = browser.get("/desk/queue/version/")
        assert first["X-Live"] == "alarms=0 notices=0"
        tell(world.lee, kind="response clock")
        with CaptureQueriesContext(connection) as queries:
            again = browser.get("/desk/queue/version/", headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again["X-Live"]) == (304, "alarms=0 notices=1")
        assert len([one for one in queries if "portal_notice" in one["sql"]]) == 1

    def test_the_queue_page_asks_for_all_its_numbers_at_once(self, world: World, as_user: Any, settings: Any) -> None:
        settings.PORTAL_PREPARED = False  # so that statements show what they ask
        browser = as_user(world.lee)
        browser.get("/desk/")
        with CaptureQueriesContext(connection) as queries:
            browser.get("/desk/")
        asked = [one["sql"] for one in queries if "portal_notice" in one["sql"] or "portal_auditevent" in one["sql"]]
        assert len(asked) == 1


@pytest.mark.parametrize(("who", "page"), [("lee", "/desk/notices/"), ("ann", "/c/alder/notices/")])
def test_an_inbox_costs_as_much_for_one_as_for_twenty(world: World, as_user: Any, who: str, page: str) -> None:
    person = world.people[who]
    browser, counts = as_user(person), []
    browser.get(page)
    kind = "response clock" if person.staff else "request ended"
    for number in (1, 20):
        for one in range(number):
            tell(person, key=f"{number} {one}", kind=kind)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(page).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12
