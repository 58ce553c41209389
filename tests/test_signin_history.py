"""Each person sees who tried to sign in as them, and ends their own sessions: one, or all others."""

import pytest
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.test import Client as Browser

from portal.actions.sessions import end_own_session
from portal.models import LoginAttempt
from tests.cast import MORNING, PASSWORD
from tests.people import audited

LOGIN, HISTORY = "/accounts/login/", "/accounts/history/"


@pytest.fixture(autouse=True)
def morning(frozen):
    frozen(MORNING)


def sign_in(email, password=PASSWORD, ip="192.0.2.1"):
    browser = Browser(REMOTE_ADDR=ip)
    browser.post(LOGIN, {"login": email, "password": password})
    return browser


def is_in(browser):
    return browser.get("/").headers["Location"] != LOGIN


def end(browser, row, **more):
    return browser.post(f"{HISTORY}{row.pk}/end/", more)


def rows_of(person):
    return list(UserSession.objects.filter(user=person.user).order_by("id"))


class TestHistory:
    def test_right_and_wrong_tries_stand_there_with_address_and_time(self, world):
        sign_in("ann@example.org", "wrong-wrong-wrong", ip="198.51.100.7")
        page = sign_in("ann@example.org").get(HISTORY).content.decode()
        assert "Password wrong" in page
        assert "from 198.51.100.7" in page
        assert "Password right" in page
        assert "24 November 2026" in page

    def test_nobody_sees_another_person_s(self, world):
        sign_in("ben@example.org", "wrong-wrong-wrong", ip="198.51.100.7")
        assert "198.51.100.7" not in sign_in("ann@example.org").get(HISTORY).content.decode()

    def test_a_wrong_second_step_stands_there_and_blocks_no_password(self, world):
        totp.TOTP.activate(world.cora.user, totp.generate_totp_secret())
        browser = sign_in("cora@example.org", ip="192.0.2.88")
        browser.post("/accounts/2fa/authenticate/", {"code": "000000"})
        kept = LoginAttempt.objects.get(way="second step")
        assert (kept.succeeded, kept.ip) == (False, "192.0.2.88")

    def test_only_the_last_fifty(self, world, as_user):
        known = {"account": LoginAttempt(account="0" * 64).account, "ip": "192.0.2.9", "succeeded": False}
        sign_in("ann@example.org")
        account = LoginAttempt.objects.get().account
        many = [LoginAttempt(**{**known, "account": account}, at=MORNING) for _ in range(60)]
        LoginAttempt.objects.bulk_create(many)
        page = as_user(world.ann).get(HISTORY).content.decode()
        assert page.count("Password wrong") + page.count("Password right") == 50

    def test_a_visitor_signs_in_first(self, world, client):
        assert client.get(HISTORY).headers["Location"] == f"{LOGIN}?next={HISTORY}"


class TestEnding:
    def test_one_session_ends_and_is_on_record(self, world):
        here, other = sign_in("ann@example.org"), sign_in("ann@example.org", ip="192.0.2.2")
        _, second = rows_of(world.ann)
        assert end(here, second).headers["Location"] == HISTORY
        assert (is_in(here), is_in(other)) == (True, False)
        assert [event.actor_user_id for event in audited("session ended")] == [world.ann.user.pk]

    def test_the_present_one_signs_out(self, world):
        here = sign_in("ann@example.org")
        assert end(here, rows_of(world.ann)[0]).headers["Location"] == LOGIN
        assert not is_in(here)

    def test_sent_twice_it_is_done_once(self, world):
        here = sign_in("ann@example.org")
        sign_in("ann@example.org")
        second = rows_of(world.ann)[1]
        for _ in range(2):
            assert end(here, second, idempotency_key="one").headers["Location"] == HISTORY
        assert len(audited("session ended")) == 1

    def test_somebody_else_s_is_not_there_and_stays(self, world):
        bea, ann = sign_in("bea@example.org"), sign_in("ann@example.org")
        assert end(ann, rows_of(world.bea)[0]).status_code == 404
        assert is_in(bea)
        assert end_own_session(session_id=rows_of(world.bea)[0].pk, by=world.ann.actor, at=MORNING) is None

    def test_all_others_end_together(self, world):
        here, others = sign_in("ann@example.org"), [sign_in("ann@example.org") for _ in range(3)]
        bea = sign_in("bea@example.org")
        here.post(f"{HISTORY}end-others/")
        assert is_in(here)
        assert is_in(bea)
        assert not any(is_in(one) for one in others)
        assert len(audited("sessions ended")) == 1

    def test_with_no_other_nothing_is_recorded(self, world):
        sign_in("ann@example.org").post(f"{HISTORY}end-others/")
        assert audited("sessions ended") == []
