"""Signing in by e-mail and password: where it leads, what it tells, and what it does to the session (TRUST A23-A25)."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.cache import cache
from django.test import Client as Browser

from portal.actions.people import add_member
from portal.models import Membership, User
from portal.rules.states import Role
from tests.cast import MORNING, PASSWORD
from tests.people import mails_to, overview

LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def morning(frozen):
    frozen(MORNING)


def sign_in(browser, email, password=PASSWORD, **more):
    return browser.post(LOGIN, {"login": email, "password": password, **more})


def session_key(browser):
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


class TestWhereItLeads:
    def test_a_person_of_one_client_comes_to_it(self, world, client):
        assert sign_in(client, "ann@example.org").headers["Location"] == "/"
        assert client.get("/").headers["Location"] == "/c/alder/"

    def test_the_address_may_be_typed_in_capitals(self, world, client):
        assert sign_in(client, " ANN@example.ORG ").status_code == 302

    def test_a_person_of_two_clients_chooses(self, world, client):
        with overview():
            add_member(
                client=world.birch,
                email="ann@example.org",
                name="Ann",
                role=Role.AUTHOR,
                by=world.bea.actor,
                at=MORNING,
            )
        sign_in(client, "ann@example.org")
        answer = client.get("/")
        assert b'href="/c/alder/"' in answer.content
        assert b'href="/c/birch/"' in answer.content

    def test_staff_come_to_the_desk(self, world, client):
        sign_in(client, "cora@example.org")
        assert client.get("/").headers["Location"] == "/desk/"

    def test_who_belongs_nowhere_is_told_so(self, world, client):
        with overview():
            Membership.objects.filter(pk=world.ben.membership.pk).update(valid_to=MORNING.date())
        sign_in(client, "ben@example.org")
        assert b"your address belongs to no organisation here now" in client.get("/").content

    def test_the_front_door_leads_to_the_sign_in_page(self, world, client):
        assert client.get("/").headers["Location"] == LOGIN


class TestSecondFactor:
    def enrol(self, person):
        secret = totp.generate_totp_secret()
        totp.TOTP.activate(person.user, secret)
        return secret

    def test_staff_without_one_set_it_up_first(self, world, client):
        sign_in(client, "cora@example.org")
        assert client.get("/desk/people/staff/").headers["Location"] == "/accounts/2fa/totp/activate/"
        assert client.get("/accounts/2fa/totp/activate/").status_code == 200

    def test_a_password_alone_signs_nobody_in_who_has_one(self, world, client):
        self.enrol(world.cora)
        assert sign_in(client, "cora@example.org").headers["Location"] == "/accounts/2fa/authenticate/"
        assert client.get("/").headers["Location"] == LOGIN

    def test_the_code_completes_it_and_changes_the_session_s_key(self, world, client):
        secret = self.enrol(world.cora)
        sign_in(client, "cora@example.org")
        before = session_key(client)
        code = totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))
        assert client.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
        assert session_key(client) != before
        assert client.get("/").headers["Location"] == "/desk/"

    def test_a_recovery_code_works_once(self, world, client):
        self.enrol(world.cora)
        code = RecoveryCodes.activate(world.cora.user).get_unused_codes()[0]
        for browser, status in ((client, 302), (Browser(), 200)):
            sign_in(browser, "cora@example.org")
            assert browser.post("/accounts/2fa/authenticate/", {"code": code}).status_code == status

    def test_a_wrong_code_signs_nobody_in(self, world, client):
        self.enrol(world.cora)
        sign_in(client, "cora@example.org")
        assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
        assert client.get("/").headers["Location"] == LOGIN

    def wrong_codes(self, person, times, ip="192.0.2.77"):
        browser = Browser(REMOTE_ADDR=ip)
        sign_in(browser, person.user.email)
        answers = [browser.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code for _ in range(times)]
        return browser, answers

    def right_code(self, secret):
        return totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))

    def test_after_five_wrong_codes_even_the_right_one_waits_from_anywhere(self, world, frozen):
        secret = self.enrol(world.cora)
        browser, answers = self.wrong_codes(world.cora, 6)
        assert answers == [200] * 5 + [429]
        elsewhere, more = self.wrong_codes(world.cora, 1, ip="192.0.2.78")
        assert more == [429]
        for one in (browser, elsewhere):
            assert one.post("/accounts/2fa/authenticate/", {"code": self.right_code(secret)}).status_code == 429
            assert one.get("/").headers["Location"] == LOGIN
        frozen(MORNING + timedelta(minutes=5))
        assert browser.post("/accounts/2fa/authenticate/", {"code": self.right_code(secret)}).status_code == 302

    def test_a_lost_cache_forgets_no_wrong_code(self, world):
        self.enrol(world.cora)
        browser, _answers = self.wrong_codes(world.cora, 5)
        cache.clear()
        assert browser.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 429

    def test_a_passkey_is_judged_however_many_codes_were_wrong(self, world):
        self.enrol(world.cora)
        browser, _answers = self.wrong_codes(world.cora, 5)
        assert browser.post("/accounts/2fa/authenticate/", {"credential": "{}"}).status_code == 200

    def test_wrong_codes_of_one_person_hold_nobody_else_back(self, world):
        self.enrol(world.cora)
        secret = self.enrol(world.lee)
        self.wrong_codes(world.cora, 6)
        browser = Browser(REMOTE_ADDR="192.0.2.77")
        sign_in(browser, "lee@example.org")
        assert browser.post("/accounts/2fa/authenticate/", {"code": self.right_code(secret)}).status_code == 302

    def test_a_fresh_proof_by_code_counts_with_them(self, world, as_user):
        self.enrol(world.cora)
        browser = as_user(world.cora, minutes_ago=20)
        tries = [browser.post("/accounts/2fa/reauthenticate/", {"code": "000000"}).status_code for _ in range(6)]
        assert tries == [200] * 5 + [429]
        assert self.wrong_codes(world.cora, 1)[1] == [429]

    def test_a_client_s_person_may_do_without(self, world, client):
        sign_in(client, "ann@example.org")
        assert client.get("/c/alder/people/").status_code == 200
        assert not Authenticator.objects.filter(user=world.ann.user).exists()


class TestSession:
    def test_its_key_changes_at_sign_in(self, world, client):
        client.get(LOGIN)
        session = client.session
        session["planted"] = 1
        session.save()
        client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
        before = session_key(client)
        sign_in(client, "ann@example.org")
        assert session_key(client) != before
        assert (
            Browser(headers={"cookie": f"{settings.SESSION_COOKIE_NAME}={before}"}).get("/").headers["Location"]
            == LOGIN
        )

    def test_every_session_is_listed_and_the_others_end_together(self, world, client):
        other = Browser()
        sign_in(client, "ann@example.org")
        sign_in(other, "ann@example.org")
        assert UserSession.objects.filter(user=world.ann.user).count() == 2
        assert client.post("/accounts/history/end-others/").status_code == 302
        assert other.get("/").headers["Location"] == LOGIN
        assert client.get("/").headers["Location"] == "/c/alder/"

    def test_signing_out_is_a_post(self, world, client):
        sign_in(client, "ann@example.org")
        client.get("/accounts/logout/")
        assert client.get("/").headers["Location"] == "/c/alder/"
        client.post("/accounts/logout/")
        assert client.get("/").headers["Location"] == LOGIN


class TestPasswords:
    NEW = "another-walk-by-the-sea"

    def change(self, browser, old):
        given = {"oldpassword": old, "password1": self.NEW, "password2": self.NEW}
        return browser.post("/accounts/password/change/", given)

    def test_changing_asks_for_the_present_one(self, world, client):
        sign_in(client, "ann@example.org")
        assert self.change(client, "wrong-wrong-wrong").status_code == 200
        assert User.objects.get(pk=world.ann.user.pk).check_password(PASSWORD)

    def test_changing_ends_every_other_session(self, world, client):
        other = Browser()
        sign_in(other, "ann@example.org")
        sign_in(client, "ann@example.org")
        assert self.change(client, PASSWORD).status_code == 302
        assert other.get("/").headers["Location"] == LOGIN
        assert client.get("/").headers["Location"] == "/c/alder/"

    def test_a_forgotten_password_is_set_anew_by_a_link_that_is_kept_encrypted(self, world, client):
        client.post("/accounts/password/reset/", {"email": "ann@example.org"})
        (mail,) = mails_to("ann@example.org")
        assert (mail.kind, "/password/reset/key/" in mail.text) == ("account", False)
        assert "[[secret link]]" in mail.text

    def test_asking_for_an_unknown_address_looks_the_same_and_sends_nothing(self, world, client):
        known = client.post("/accounts/password/reset/", {"email": "ann@example.org"})
        unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.org"})
        assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
        assert mails_to("nobody@example.org") == []


class TestSignUp:
    def test_nobody_signs_up(self, world, client):
        assert client.get("/accounts/signup/").status_code == 404
        assert client.post("/accounts/signup/", {"email": "x@example.org", "password1": PASSWORD}).status_code == 404
        assert not User.objects.filter(email="x@example.org").exists()


HOSTILE = [
    "https://evil.example", "http://evil.example/", "//evil.example", "///evil.example", "////evil.example",
    "/\\evil.example", "\\\\evil.example", "\\/evil.example", "/%09/evil.example", "/\t/evil.example", "/\n/evil.example",
    "\t//evil.example", " //evil.example", "\x00//evil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:x",
    "data:text/html,x", "vbscript:x", "ftp://evil.example", "file:///etc/passwd", "mailto:x@evil.example",
    "https:evil.example", "https:/evil.example", "http:///evil.example", "https://testserver@evil.example",
    "https://testserver.evil.example", "http://testserver:80@evil.example", "//testserver@evil.example", "evil.example",
    "evil.example/path", "?next=//evil.example", "#//evil.example", "@evil.example", "//[::1]", "//%65vil.example",
    "http://127.0.0.1:22", "/\u2028/evil.example", "\u3002evil.example", "https://testserver/c/alder/",
]  # fmt: skip


class TestNext:
    @pytest.mark.parametrize("wanted", HOSTILE)
    def test_a_foreign_next_leads_home(self, world, client, wanted):
        where = sign_in(client, "ann@example.org", next=wanted).headers["Location"]
        assert where.startswith("/")
        assert not where.startswith(("//", "/\\"))
        assert where == "/" or "evil" not in where.split("/")[1]

    def test_an_own_path_is_kept(self, world, client):
        assert (
            sign_in(client, "ann@example.org", next="/c/alder/people/?a=b").headers["Location"]
            == "/c/alder/people/?a=b"
        )

    def test_a_page_asked_for_comes_after_signing_in(self, world, client):
        assert client.get("/c/alder/people/").headers["Location"] == f"{LOGIN}?next=%2Fc%2Falder%2Fpeople%2F"
