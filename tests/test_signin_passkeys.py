"""Passkeys, with a virtual authenticator in a real browser: added, signed in with, used as a proof and as a second step."""

import pytest
from allauth.mfa.models import Authenticator

from portal.models import LoginAttempt
from tests.cast import PASSWORD, enter, signed_in
from tests.people import audited

LOGIN = "/accounts/login/"
ADD = "/accounts/2fa/webauthn/add/"


@pytest.fixture
def device(page):
    """The browser's own authenticator, whose owner always says yes."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    def says(yes):
        given = {"authenticatorId": made["authenticatorId"], "isUserVerified": yes}
        session.send("WebAuthn.setUserVerified", given)

    return says


def add(page, person, *, alone=True):
    enter(page, person)
    page.goto(ADD)
    page.get_by_label("Name").fill("Work laptop")
    if not alone:
        page.get_by_label("Sign in with it alone").uncheck()
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/recovery-codes/")


def sign_out(page):
    page.context.clear_cookies()


class TestPasskey:
    def test_it_is_added_and_signs_in_without_a_password(self, lasting_world, page, device):
        add(page, lasting_world.ann)
        kept = Authenticator.objects.get(user=lasting_world.ann.user, type="webauthn")
        assert kept.wrap().name == "Work laptop"
        assert kept.wrap().is_passwordless
        assert len(audited("passkey added")) == 1
        sign_out(page)
        page.goto(LOGIN)
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.wait_for_url("**/c/alder/")
        assert LoginAttempt.objects.filter(succeeded=False).count() == 0

    def test_staff_reach_the_desk_with_it_alone(self, lasting_world, page, device):
        add(page, lasting_world.cora)
        sign_out(page)
        page.goto(LOGIN)
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.wait_for_url("**/desk/")

    def test_it_is_a_proof_for_weighty_pages(self, lasting_world, page, device):
        add(page, lasting_world.lee)
        session = signed_in(lasting_world.lee, minutes_ago=20).cookies.popitem()[1]
        page.context.add_cookies([{"name": session.key, "value": session.value, "domain": "localhost", "path": "/"}])
        page.goto("/desk/clients/alder/manager/")
        page.get_by_role("link", name="security key").or_(page.get_by_role("link", name="passkey")).click()
        page.get_by_role("button", name="Use your passkey").click()
        page.wait_for_url("**/desk/clients/alder/manager/")

    def test_a_plain_key_is_a_second_step(self, lasting_world, page, device):
        add(page, lasting_world.cora, alone=False)
        sign_out(page)
        page.goto(LOGIN)
        page.get_by_label("mail").fill("cora@example.org")
        page.locator("#id_password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.get_by_role("button", name="Use a passkey or security key").click()
        page.wait_for_url("**/desk/")

    def test_it_is_renamed_and_removed(self, lasting_world, page, device):
        add(page, lasting_world.ann)
        page.goto("/accounts/2fa/webauthn/")
        page.get_by_role("link", name="Rename").click()
        page.get_by_label("Name").fill("Kitchen tablet")
        page.get_by_role("button", name="Save the name").click()
        page.goto("/accounts/2fa/webauthn/")
        assert page.get_by_text("Kitchen tablet").first.is_visible()
        page.get_by_role("link", name="Remove").click()
        page.get_by_role("button", name="Remove it").click()
        page.wait_for_url("**/2fa/webauthn/")
        assert not Authenticator.objects.filter(user=lasting_world.ann.user, type="webauthn").exists()

    def test_a_device_that_says_no_is_a_sentence(self, lasting_world, page, device, tolerated):
        add(page, lasting_world.ann)
        sign_out(page)
        device(False)
        page.goto(LOGIN)
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.get_by_text("Your device did not confirm it").wait_for(timeout=70_000)
        assert page.url.endswith(LOGIN)


class TestForgery:
    @pytest.mark.parametrize(
        "credential", ["", "x", "{}", "[]", '{"id": "x"}', '{"response": {"userHandle": "MQ"}}', "null", "1"]
    )
    def test_nothing_made_up_signs_anybody_in(self, world, client, credential):
        assert client.post("/accounts/2fa/webauthn/login/", {"credential": credential}).status_code == 302
        assert client.get("/").headers["Location"] == LOGIN

    @pytest.mark.parametrize("credential", ["{}", "[]", '{"id": "x"}', '{"rawId": 1, "response": null}'])
    def test_nothing_made_up_becomes_a_key(self, world, as_user, credential):
        browser = as_user(world.ann)
        assert browser.post(ADD, {"credential": credential}).status_code == 200
        assert not Authenticator.objects.filter(user=world.ann.user).exists()

    @pytest.mark.parametrize("page", ["edit", "remove"])
    def test_somebody_else_s_key_is_not_there(self, world, as_user, page):
        data = {"name": "Ann's", "credential": {}}
        key = Authenticator.objects.create(user=world.ann.user, type="webauthn", data=data)
        answer = as_user(world.ben).post(f"/accounts/2fa/webauthn/keys/{key.pk}/{page}/", {"name": "Mine"})
        assert answer.status_code == 404
        assert Authenticator.objects.get(pk=key.pk).data == data

    def test_adding_one_asks_for_a_fresh_proof(self, world, as_user):
        answer = as_user(world.ann, minutes_ago=20).get(ADD)
        assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
