"""The demo's doors and clock: open only in an open demonstration, on this machine, for demo people (DESIGN.md 1)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client as Browser

from portal import clock, clock_stops, jobs
from portal.actions.people import person
from portal.actors import SYSTEM
from portal.models import Membership, Supplier, User
from portal.queries.demo import demo_is_open, forget_doors
from portal.rules.states import DemoState
from tests.cast import MORNING
from tests.people import audited, overview

DOOR, ADVANCE, RESTART, MAIL = "/demo/door/", "/demo/advance/", "/demo/restart/", "/demo/mail/"


@pytest.fixture
def demo(world, settings, tmp_path, frozen):
    """The cast as people of an open demonstration, with a clock of its own."""
    frozen(MORNING)
    settings.PORTAL_DEMO = True
    settings.PORTAL_VAR = tmp_path
    forget_doors()
    with overview():
        User.objects.update(is_demo=True)
        Supplier.objects.update(demo_state=DemoState.OPEN)
    yield world
    forget_doors()


def here(**given):
    """A browser on this machine."""
    return Browser(**{"SERVER_NAME": "localhost", "REMOTE_ADDR": "127.0.0.1", **given})


def state():
    return Supplier.objects.get().demo_state


class TestDoors:
    @pytest.mark.parametrize(
        ("who", "where"), [("cora", "/desk/"), ("ada", "/desk/"), ("ann", "/c/alder/"), ("ben", "/c/alder/")]
    )
    def test_a_door_leads_to_the_person_s_own_side(self, demo, who, where):
        browser = here()
        assert browser.post(DOOR, {"who": getattr(demo, who).user.email}).headers["Location"] == "/"
        assert browser.get("/").headers["Location"] == where
        assert len(audited("demo door opened")) == 1

    def test_a_door_counts_as_a_second_factor(self, demo):
        browser = here()
        browser.post(DOOR, {"who": demo.ada.user.email})
        assert browser.get("/desk/people/staff/").status_code == 200

    def test_the_sign_in_page_offers_them(self, demo):
        page = here().get("/accounts/login/").content.decode()
        assert all(name in page for name in ("Cora Carter", "Lee Lister", "Ann Archer", "Bill Butler"))

    def test_one_of_them_leads_to_somebody_of_several_clients(self, demo):
        assert "organisations" not in here().get("/accounts/login/").content.decode()
        with overview():
            # Those who came to Alder belong to Birch as well.
            Membership.objects.create(**{
                field.attname: getattr(demo.ben.membership, field.attname)
                for field in Membership._meta.concrete_fields if not field.primary_key
            } | {"client_id": demo.birch.pk})  # fmt: skip
        forget_doors()
        assert "Belongs to 2 organisations" in here().get("/accounts/login/").content.decode()

    def test_another_door_makes_one_somebody_else(self, demo):
        browser = here()
        for who in (demo.ada, demo.ann):
            browser.post(DOOR, {"who": who.user.email})
        assert browser.get("/desk/people/staff/").status_code == 404

    @pytest.mark.parametrize("who", ["", "0", "1", "nobody@example.org", "x", "1; drop table", "9" * 400, "\x00"])
    def test_what_is_no_door_stays_shut(self, demo, who):
        assert here().post(DOOR, {"who": who}).status_code == 403

    def test_a_door_is_a_post_with_its_token(self, demo):
        assert here().get(DOOR).status_code == 405
        strict = Browser(enforce_csrf_checks=True, SERVER_NAME="localhost")
        assert strict.post(DOOR, {"who": demo.ada.user.email}).status_code == 403

    @pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]"])
    def test_this_machine_has_three_names(self, demo, settings, name):
        settings.ALLOWED_HOSTS = ["*"]
        answer = here().post(DOOR, {"who": demo.ann.user.email}, headers={"host": f"{name}:8000"})
        assert answer.status_code == 302

    @pytest.mark.parametrize("name", ["portal.example", "localhost.evil.example", "127.0.0.1.nip.example", "10.0.0.5"])
    def test_under_another_name_no_door_opens(self, demo, settings, name):
        settings.ALLOWED_HOSTS = ["*"]
        assert here().post(DOOR, {"who": demo.ann.user.email}, headers={"host": name}).status_code == 403

    @pytest.mark.parametrize(
        "header",
        ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "Forwarded", "X-Real-IP"],
    )
    def test_through_a_proxy_no_door_opens(self, demo, header):
        assert here().post(DOOR, {"who": demo.ann.user.email}, headers={header: "127.0.0.1"}).status_code == 403

    @pytest.mark.parametrize("url", [DOOR, ADVANCE, RESTART])
    def test_outside_the_demo_nothing_of_it_works(self, world, url):
        assert here().post(url, {"who": world.ann.user.email, "to": "day"}).status_code == 403

    def test_the_setting_alone_opens_nothing(self, world, settings):
        settings.PORTAL_DEMO = True
        assert not demo_is_open()

    def test_the_stamp_alone_opens_nothing(self, demo, settings):
        settings.PORTAL_DEMO = False
        assert here().post(DOOR, {"who": demo.ann.user.email}).status_code == 403


class TestClosing:
    def test_a_real_person_closes_it_for_good(self, demo):
        with overview():
            person(email="real@example.org", name="Real", by=SYSTEM, at=MORNING)
        assert state() == DemoState.CLOSED
        assert here().post(DOOR, {"who": demo.ann.user.email}).status_code == 403

    def test_whom_a_demo_person_invites_belongs_to_the_demo(self, demo):
        browser = here()
        browser.post(DOOR, {"who": demo.ann.user.email})
        given = {"name": "Nia", "email": "nia@example.org", "role": "author"}
        assert browser.post("/c/alder/people/invite/", given).status_code == 302
        assert User.objects.get(email="nia@example.org").is_demo
        assert state() == DemoState.OPEN

    def test_the_database_closes_it_however_the_person_comes(self, demo):
        with overview():
            User.objects.bulk_create([User(email="real@example.org", name="Real", created_at=MORNING)])
        assert state() == DemoState.CLOSED

    def test_turning_a_demo_person_into_a_real_one_closes_it_too(self, demo):
        with overview():
            User.objects.filter(pk=demo.ann.user.pk).update(is_demo=False)
        assert state() == DemoState.CLOSED

    def test_with_real_people_no_one_opens_it_again(self, world):
        with overview(), pytest.raises(IntegrityError, match="no demonstration"), transaction.atomic():
            Supplier.objects.update(demo_state=DemoState.OPEN)


class TestClock:
    @pytest.fixture(autouse=True)
    def no_jobs(self, monkeypatch):
        self.ran = []
        monkeypatch.setattr(jobs, "run_all_due", lambda: self.ran.append(1) or 0)

    def advance(self, to, **more):
        return here().post(ADVANCE, {"to": to, **more})

    def shown(self):
        """The demo's clock, without the second by which it passes what falls due."""
        return clock.now().replace(second=0, microsecond=0)

    @pytest.mark.parametrize(
        ("to", "instant"),
        [
            ("hour", datetime(2026, 11, 24, 11, 40, tzinfo=UTC)),
            ("day", datetime(2026, 11, 25, 10, 40, tzinfo=UTC)),
            ("opening", datetime(2026, 11, 25, 9, 0, tzinfo=UTC)),
        ],
    )
    def test_it_goes_ahead(self, demo, to, instant):
        assert self.advance(to).status_code == 302
        assert self.shown() == instant
        assert self.ran == [1]
        assert len(audited("demo clock moved")) == 1

    def test_outside_hours_the_next_opening_is_the_first_one(self, demo):
        clock.move_to(datetime(2026, 11, 27, 20, 0, tzinfo=UTC))
        self.advance("opening")
        assert self.shown() == datetime(2026, 11, 30, 9, 0, tzinfo=UTC)

    def test_it_goes_to_what_falls_due_next(self, demo, monkeypatch):
        due = MORNING + timedelta(hours=3)
        monkeypatch.setattr(
            clock_stops, "SOURCES", {"a": lambda at: due, "b": lambda at: None, "c": lambda at: MORNING}
        )
        self.advance("due")
        assert self.shown() == due

    def test_when_nothing_falls_due_it_stays(self, demo, monkeypatch):
        monkeypatch.setattr(clock_stops, "SOURCES", {})
        self.advance("due")
        assert self.shown() == MORNING
        assert self.ran == []

    @pytest.mark.parametrize("to", ["", "back", "-1", "year"])
    def test_it_goes_nowhere_else(self, demo, to):
        self.advance(to)
        assert self.shown() == MORNING

    def test_one_comes_back_to_the_page_one_was_on(self, demo):
        assert self.advance("hour", next="/c/alder/").headers["Location"] == "/c/alder/"
        assert self.advance("hour", next="//evil.example").headers["Location"] == "/"


class TestMail:
    def test_everybody_sees_the_mails_they_caused(self, demo):
        browser = here()
        browser.post(DOOR, {"who": demo.ann.user.email})
        browser.post("/c/alder/people/invite/", {"name": "Nia", "email": "nia@example.org", "role": "author"})
        page = browser.get(MAIL).content.decode()
        assert "You are invited to Alder Architects" in page
        assert "/accounts/invitation/" in page

    def test_nobody_sees_those_of_others(self, demo):
        ann, bea = here(), here()
        ann.post(DOOR, {"who": demo.ann.user.email})
        bea.post(DOOR, {"who": demo.bea.user.email})
        ann.post("/c/alder/people/invite/", {"name": "Nia", "email": "nia@example.org", "role": "author"})
        assert "invited" not in bea.get(MAIL).content.decode()

    def test_it_asks_who_one_is(self, demo):
        assert here().get(MAIL).headers["Location"].startswith("/accounts/login/")
