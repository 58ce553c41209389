"""What changes how a person signs in stands in the audit trail, and the person is told by mail: whoever did it, did not do it unseen."""

from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.test import Client as Browser

from portal.outbox import secret_links
from portal.signinevents import on_added
from tests.cast import MORNING, PASSWORD
from tests.people import audited, mails_to

LOGIN, CODE, NEW = "/accounts/login/", "/accounts/2fa/authenticate/", "another-walk-by-the-sea"


@pytest.fixture(autouse=True)
def morning(frozen):
    frozen(MORNING)


@pytest.fixture
def commits(django_capture_on_commit_callbacks):
    """The library tells of some changes once its transaction is done."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def code_of(secret):
    return totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))


def enrol(person):
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(person.user, secret)
    return secret


def told(person, *kinds):
    """On record by the person, each once, and mailed to them with nothing in it that opens anything."""
    for kind in kinds:
        (event,) = audited(kind)
        assert event.actor_user_id == person.user.pk
        assert event.subject_id == person.user.pk
    mails = [mail for mail in mails_to(person.user.email) if mail.kind == "signin_changed"]
    assert len(mails) == len(kinds)
    assert all("tell us at once" in mail.text and "24 November 2026" in mail.text for mail in mails)
    return mails


class TestPasswords:
    def test_a_change(self, world, client):
        client.post(LOGIN, {"login": "ann@example.org", "password": PASSWORD})
        given = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
        assert client.post("/accounts/password/change/", given).status_code == 302
        (mail,) = told(world.ann, "password changed")
        assert mail.subject == "Your password was changed"
        assert NEW not in mail.text

    def test_a_wrong_present_one_tells_nobody(self, world, client):
        client.post(LOGIN, {"login": "ann@example.org", "password": PASSWORD})
        client.post("/accounts/password/change/", {"oldpassword": "x" * 12, "password1": NEW, "password2": NEW})
        told(world.ann)

    def test_a_reset_ends_every_session_and_keeps_the_second_step(self, world, client):
        other, secret = Browser(), enrol(world.cora)
        other.post(LOGIN, {"login": "cora@example.org", "password": PASSWORD})
        other.post(CODE, {"code": code_of(secret)})
        assert other.get("/").headers["Location"] == "/desk/"
        client.post("/accounts/password/reset/", {"email": "cora@example.org"})
        link = secret_links.unlock(mails_to("cora@example.org")[0].secret)
        form = client.get(urlsplit(link).path, follow=True)
        answer = client.post(form.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
        assert answer.status_code == 302
        told(world.cora, "password reset")
        assert other.get("/").headers["Location"] == LOGIN
        fresh = Browser()
        assert fresh.post(LOGIN, {"login": "cora@example.org", "password": NEW}).headers["Location"] == CODE


class TestSecondSteps:
    def test_an_authenticator_app_is_added_with_its_codes(self, world, as_user, commits):
        browser = as_user(world.ann)
        page = browser.get("/accounts/2fa/totp/activate/")
        with commits():
            answer = browser.post("/accounts/2fa/totp/activate/", {"code": code_of(page.context["form"].secret)})
        assert answer.status_code == 302
        assert Authenticator.objects.filter(user=world.ann.user, type="totp").exists()
        told(world.ann, "authenticator app added", "recovery codes made")

    def test_and_removed(self, world, as_user):
        enrol(world.ann)
        RecoveryCodes.activate(world.ann.user)
        assert as_user(world.ann).post("/accounts/2fa/totp/deactivate/").status_code == 302
        told(world.ann, "authenticator app removed", "recovery codes removed")

    def test_a_passkey_is_added(self, world, rf):
        # Adding one needs a real browser's device: tests/test_signin_passkeys.py does it, and finds this event.
        request = rf.get("/", REMOTE_ADDR="192.0.2.9")
        row = Authenticator.objects.create(user=world.ann.user, type="webauthn", data={})
        on_added(request=request, user=world.ann.user, authenticator=row)
        (mail,) = told(world.ann, "passkey added")
        assert "192.0.2.9" in mail.text

    def test_and_removed_by_its_page(self, world, as_user):
        enrol(world.ann)
        row = Authenticator.objects.create(user=world.ann.user, type="webauthn", data={"name": "Laptop"})
        assert as_user(world.ann).post(f"/accounts/2fa/webauthn/keys/{row.pk}/remove/").status_code == 302
        told(world.ann, "passkey removed")

    def test_recovery_codes_are_made_anew(self, world, as_user, commits):
        enrol(world.ann)
        with commits():
            as_user(world.ann).post("/accounts/2fa/recovery-codes/generate/")
        told(world.ann, "recovery codes made")

    def test_a_recovery_code_is_used(self, world, client):
        enrol(world.cora)
        code = RecoveryCodes.activate(world.cora.user).get_unused_codes()[0]
        client.post(LOGIN, {"login": "cora@example.org", "password": PASSWORD})
        client.post(CODE, {"code": code})
        (mail,) = told(world.cora, "recovery code used")
        assert code not in mail.text

    def test_a_code_of_the_app_at_sign_in_is_nothing_to_tell(self, world, client):
        secret = enrol(world.cora)
        client.post(LOGIN, {"login": "cora@example.org", "password": PASSWORD})
        client.post(CODE, {"code": code_of(secret)})
        told(world.cora)
        assert audited("step-up done") == []


class TestFreshProofs:
    def test_by_password(self, world, as_user):
        as_user(world.ann, minutes_ago=20).post("/accounts/reauthenticate/", {"password": PASSWORD})
        assert [event.actor_user_id for event in audited("step-up done")] == [world.ann.user.pk]

    def test_by_code(self, world, as_user):
        secret = enrol(world.ann)
        as_user(world.ann, minutes_ago=20).post("/accounts/2fa/reauthenticate/", {"code": code_of(secret)})
        assert len(audited("step-up done")) == 1

    def test_a_wrong_one_is_none(self, world, as_user):
        as_user(world.ann, minutes_ago=20).post("/accounts/reauthenticate/", {"password": "wrong-wrong-wrong"})
        assert audited("step-up done") == []

    def test_wrong_passwords_here_count_like_those_at_the_door(self, world, as_user):
        browser = as_user(world.ann, minutes_ago=20)
        tries = [browser.post("/accounts/reauthenticate/", {"password": "wrong-wrong"}).status_code for _ in range(11)]
        assert tries == [200] * 10 + [429]
        assert Browser().post(LOGIN, {"login": "ann@example.org", "password": PASSWORD}).status_code == 429
