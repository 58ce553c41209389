"""Sign-in by an account elsewhere (Microsoft), against a provider process of its own: who gets in, and above all who does not."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from allauth.mfa.totp.internal import auth as totp
from django.test import Client as Browser

from portal import oidc
from portal.actions.people import add_member
from portal.models import LoginAttempt, ProviderAccount, User
from portal.rules.states import Role
from tests.cast import MORNING
from tests.oidcprovider import CLIENT, FAULTS, SECRET, Provider
from tests.people import audited, mails_to, overview
from tests.signin_elsewhere import (  # noqa: F401 - provider and set_up are fixtures
    BACK,
    BEGIN,
    CONFIRM,
    HISTORY,
    LOGIN,
    REDIRECT,
    bind,
    body,
    bound,
    is_in,
    provider,
    set_up,
    sign_in,
    there,
)


class TestSigningIn:
    def test_a_verified_address_of_a_joined_person_links_itself_and_is_told(self, world, client):
        assert sign_in(client, "ann").headers["Location"] == "/"
        assert client.get("/").headers["Location"] == "/c/alder/"
        (account,) = bound(world.ann)
        assert (account.subject, account.bound_by) == ("s-ann", "the verified address")
        assert len(audited("sign-in account linked")) == 1
        assert [mail.kind for mail in mails_to("ann@example.org")] == ["signin_changed"]
        assert "by provider" not in client.get(HISTORY).content.decode()
        assert LoginAttempt.objects.get().way == "provider"

    def test_after_that_the_number_counts_and_the_address_does_not(self, world, client, provider):
        bind(world.ann, "s-ann-2", provider.issuer("good"))
        sign_in(client, "ann-elsewhere")
        assert is_in(client)

    def test_where_it_was_going_is_kept(self, world, client):
        assert sign_in(client, "ann", next="/c/alder/people/").headers["Location"] == "/c/alder/people/"

    @pytest.mark.parametrize("wanted", ["https://evil.example", "//evil.example", "/\\evil.example"])
    def test_it_leads_to_own_pages_only(self, world, client, wanted):
        assert sign_in(client, "ann", next=wanted).headers["Location"] == "/"

    def test_the_session_s_key_changes(self, world, client, settings):
        answer = client.post(BEGIN)
        before = client.cookies[settings.SESSION_COOKIE_NAME].value
        client.get(there(answer, "ann"))
        assert client.cookies[settings.SESSION_COOKIE_NAME].value != before

    def test_the_request_carries_pkce_state_and_nonce_of_its_own(self, world, client):
        asked = [parse_qs(urlsplit(client.post(BEGIN).headers["Location"]).query) for _ in range(2)]
        for name in ("state", "nonce", "code_challenge"):
            assert asked[0][name] != asked[1][name]
            assert len(asked[0][name][0]) >= 43
        assert asked[0]["code_challenge_method"] == ["S256"]

    def test_the_button_stands_only_where_a_provider_is_set_up(self, world, client, settings):
        assert "Sign in with Microsoft" in client.get(LOGIN).content.decode()
        settings.PORTAL_OIDC = {}
        assert "Microsoft" not in client.get(LOGIN).content.decode()
        assert client.post(BEGIN).status_code == 404

    def test_a_changed_key_keeps_nobody_out(self, world, provider):
        for _ in range(2):
            browser = Browser()
            sign_in(browser, "ann")
            assert is_in(browser)
            httpx.post(provider.issuer("good") + "/rotate")

    def test_many_organisations_have_one_address_each(self, world, client, provider, settings):
        settings.PORTAL_OIDC = provider.settings("many")
        sign_in(client, "ann")
        assert bound(world.ann)[0].issuer == f"{provider.base}/11111111-2222-3333-4444-555555555555/v2.0"


REFUSED = ("liar", "liar-standard", "liar-word", "liar-staff", "stranger", "invited", "cora", "long", "ann-elsewhere")


class TestWhoDoesNotGetIn:
    @pytest.fixture(autouse=True)
    def somebody_invited(self, world):
        with overview():
            given = {"email": "invited@example.org", "name": "Ivy", "role": Role.AUTHOR}
            add_member(client=world.alder, by=world.ann.actor, at=MORNING, **given)

    @pytest.mark.parametrize("who", REFUSED)
    def test_nobody_is_bound_and_everybody_reads_the_same(self, world, client, who):
        people = User.objects.count()
        answer, other = sign_in(client, who), sign_in(Browser(), "stranger")
        assert (answer.status_code, body(answer)) == (403, body(other))
        assert not is_in(client)
        with overview():
            assert not ProviderAccount.objects.filter(bound_at__isnull=False).exists()
        assert User.objects.count() == people

    def test_a_blocked_person_reads_the_same(self, world, client, provider):
        bind(world.ann, "s-ann", provider.issuer("good"))
        User.objects.filter(pk=world.ann.user.pk).update(is_active=False)
        answer = sign_in(client, "ann")
        assert (answer.status_code, body(answer)) == (403, body(sign_in(Browser(), "stranger")))

    def test_an_account_of_another_issuer_with_the_same_number_is_a_stranger(self, world, client, provider):
        bind(world.bea, "s-ann", provider.issuer("other-nonce"))
        sign_in(client, "ann")
        assert client.get("/").headers["Location"] == "/c/alder/"

    def test_a_wrong_try_stands_in_the_person_s_history(self, world, client, as_user):
        sign_in(client, "liar")
        assert "Provider wrong" in as_user(world.ann).get(HISTORY).content.decode()

    def test_who_has_an_account_linked_gets_no_second_by_address(self, world, client, provider):
        bind(world.ann, "s-ann-2", provider.issuer("good"))
        assert sign_in(client, "ann").status_code == 403

    def test_the_standard_claim_counts_where_the_settings_say_so(self, world, client, provider, settings):
        settings.PORTAL_OIDC = provider.settings(verified_claim="email_verified")
        assert sign_in(client, "ann").status_code == 403
        sign_in(client, "liar-standard")
        assert is_in(client)


HOSTILE = [fault for fault in FAULTS if fault not in ("good", "many", "stale", "rotated")]
AWAY = {"elsewhere", "other-name", "redirects", "no-json"}


class TestHostileAnswers:
    @pytest.mark.parametrize("fault", HOSTILE)
    def test_it_signs_nobody_in(self, world, client, provider, settings, fault):
        settings.PORTAL_OIDC = provider.settings(fault)
        begun = client.post(BEGIN)
        if begun.status_code == 302:
            begun = client.get(there(begun, "ann"))
        assert begun.status_code == (503 if fault in AWAY else 403)
        assert not is_in(client)
        assert bound(world.ann) == []

    def test_a_provider_that_is_down_says_so(self, world, client, settings):
        away = Provider(redirect_uri=REDIRECT)
        settings.PORTAL_OIDC = away.settings()
        away.stop()
        answer = client.post(BEGIN)
        assert (answer.status_code, b"Microsoft does not answer" in answer.content) == (503, True)

    def test_a_provider_that_went_down_on_the_way_says_so(self, world, client, settings):
        away = Provider(redirect_uri=REDIRECT, stands_at=MORNING.timestamp())
        settings.PORTAL_OIDC = away.settings()
        back = there(client.post(BEGIN), "ann")
        away.stop()
        assert client.get(back).status_code == 503

    @pytest.mark.parametrize("state", ["", "another", "%00"])
    def test_another_state_is_refused(self, world, client, state):
        back = there(client.post(BEGIN), "ann")
        code = parse_qs(urlsplit(back).query)["code"][0]
        # No text has a NUL: such an address is refused before anybody looks.
        assert client.get(f"{BACK}?code={code}&state={state}").status_code == (400 if state == "%00" else 403)
        assert not is_in(client)

    def test_an_answer_counts_only_in_the_browser_that_asked(self, world, client):
        back = there(client.post(BEGIN), "ann")
        victim = Browser()
        victim.post(BEGIN)
        assert victim.get(back).status_code == 403
        assert not is_in(victim)

    def test_an_answer_counts_once(self, world, client):
        back = there(client.post(BEGIN), "ann")
        client.get(back)
        client.post("/accounts/logout/")
        assert client.get(back).status_code == 403
        assert not is_in(client)

    def test_an_answer_counts_ten_minutes(self, world, client, frozen):
        back = there(client.post(BEGIN), "ann")
        frozen("2026-11-24T10:50:00+00:00")
        assert client.get(back).status_code == 403

    def test_who_turns_back_there_is_told_the_same(self, world, client):
        state = parse_qs(urlsplit(client.post(BEGIN).headers["Location"]).query)["state"][0]
        assert client.get(BACK, {"error": "access_denied", "state": state}).status_code == 403

    def test_a_wrong_secret_is_the_provider_s_refusal(self, world, client, provider, settings):
        settings.PORTAL_OIDC = provider.settings(secret="wrong")
        assert sign_in(client, "ann").status_code == 503
        assert not is_in(client)

    def test_it_is_asked_only_once_for_a_code(self, provider):
        """The fake refuses what the real one refuses."""
        journey = oidc.new_journey(purpose="sign in", next_page="/", user_id=None)
        code = self.code_of(provider, journey)
        given = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, "client_id": CLIENT,
            "client_secret": SECRET, "code_verifier": journey.verifier,
        }  # fmt: skip
        token = provider.issuer("good") + "/token"
        assert httpx.post(token, data={**given, "client_secret": "no"}).status_code == 401
        assert [httpx.post(token, data=given).status_code for _ in range(2)] == [200, 400]
        for wrong in ({"code_verifier": "x"}, {"redirect_uri": REDIRECT + "x"}):
            assert (
                httpx.post(token, data={**given, "code": self.code_of(provider, journey), **wrong}).status_code == 400
            )

    def code_of(self, provider, journey):
        where = oidc.way_there(oidc.provider(), journey, anew=False)
        asked = {name: values[0] for name, values in parse_qs(urlsplit(where).query).items()}
        page = provider.issuer("good") + "/authorize"
        assert httpx.post(page, data={**asked, "redirect_uri": "http://evil.example", "who": "ann"}).status_code == 400
        assert httpx.post(page, data={**asked, "code_challenge": "", "who": "ann"}).status_code == 400
        back = httpx.post(page, data={**asked, "who": "ann"}).headers["Location"]
        return parse_qs(urlsplit(back).query)["code"][0]


class TestSecondStep:
    def code(self, secret):
        return totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))

    def test_staff_are_asked_for_our_own(self, world, client, provider):
        bind(world.cora, "s-cora", provider.issuer("good"))
        secret = totp.generate_totp_secret()
        totp.TOTP.activate(world.cora.user, secret)
        assert sign_in(client, "cora-mfa").headers["Location"] == "/accounts/2fa/authenticate/"
        assert not is_in(client)
        client.post("/accounts/2fa/authenticate/", {"code": self.code(secret)})
        assert client.get("/").headers["Location"] == "/desk/"

    def test_staff_without_one_set_it_up_first(self, world, client, provider):
        bind(world.cora, "s-cora", provider.issuer("good"))
        sign_in(client, "cora-mfa")
        assert client.get("/desk/people/staff/").headers["Location"] == "/accounts/2fa/totp/activate/"

    @pytest.mark.parametrize(("who", "enters"), [("cora", False), ("cora-mfa", True)])
    def test_the_provider_s_own_counts_where_the_settings_believe_it(
        self, world, client, provider, settings, who, enters
    ):
        settings.PORTAL_OIDC = provider.settings(believes_second_factor=True)
        bind(world.cora, "s-cora", provider.issuer("good"))
        totp.TOTP.activate(world.cora.user, totp.generate_totp_secret())
        sign_in(client, who)
        assert is_in(client) is enters
        if enters:
            assert client.get("/desk/").status_code == 200


class TestFreshProof:
    WEIGHTY = "/accounts/2fa/totp/activate/"

    def test_a_sign_in_counts_from_when_they_typed_their_password_there(self, world, client):
        sign_in(client, "ann-long-ago")
        assert client.get(self.WEIGHTY).headers["Location"].startswith("/accounts/reauthenticate/")

    def test_signing_in_there_anew_is_a_proof(self, world, as_user, provider):
        bind(world.ann, "s-ann", provider.issuer("good"))
        browser = as_user(world.ann, minutes_ago=20)
        page = browser.get(f"/accounts/reauthenticate/?next={self.WEIGHTY}").content.decode()
        assert f'href="{CONFIRM}?next=' in page
        answer = browser.post(CONFIRM, {"next": self.WEIGHTY})
        assert "prompt=login&max_age=0" in answer.headers["Location"]
        assert browser.get(there(answer, "ann-long-ago")).headers["Location"] == self.WEIGHTY
        assert browser.get(self.WEIGHTY).status_code == 200
        assert [event.actor_user_id for event in audited("step-up done")] == [world.ann.user.pk]

    @pytest.mark.parametrize(("fault", "who"), [("stale", "ann-long-ago"), ("good", "bea"), ("good", "stranger")])
    def test_an_old_proof_and_another_person_s_count_for_nothing(self, world, as_user, provider, settings, fault, who):
        settings.PORTAL_OIDC = provider.settings(fault)
        bind(world.ann, "s-ann", provider.issuer(fault))
        bind(world.bea, "s-bea", provider.issuer(fault))
        browser = as_user(world.ann, minutes_ago=20)
        assert browser.get(there(browser.post(CONFIRM, {"next": self.WEIGHTY}), who)).status_code == 403
        assert browser.get(self.WEIGHTY).status_code == 302

    def test_without_a_linked_account_the_page_leads_to_the_other_ways(self, world, as_user):
        assert as_user(world.ann).get(CONFIRM).headers["Location"] == "/accounts/confirm/"
