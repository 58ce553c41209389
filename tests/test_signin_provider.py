"""Sign-in by an account elsewhere (Microsoft), against a provider process of its own: who gets in, and above all who does not."""

import re
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from allauth.mfa.totp.internal import auth as totp
from django.test import Client as Browser

from portal import oidc
from portal.actions.invitations import RECOVERY, new_link
from portal.actions.people import add_member, end_membership
from portal.actions.staff import leave_staff
from portal.models import Alarm, LoginAttempt, ProviderAccount, User
from portal.outbox import secret_links
from portal.rules.states import Role
from tests.cast import MORNING, PASSWORD
from tests.oidcprovider import CLIENT, FAULTS, SECRET, Provider
from tests.people import audited, mails_to, overview

BEGIN, LOGIN, HISTORY = "/accounts/provider/", "/accounts/login/", "/accounts/history/"
BACK, CONFIRM = f"{BEGIN}back/", f"{BEGIN}confirm/"
REDIRECT = "http://localhost:8000" + BACK


@pytest.fixture(scope="module")
def provider():
    with Provider(redirect_uri=REDIRECT, stands_at=MORNING.timestamp()) as running:
        yield running


@pytest.fixture(autouse=True)
def set_up(frozen, provider, settings):
    frozen(MORNING)
    settings.PORTAL_URL = "http://localhost:8000"
    settings.PORTAL_OIDC = provider.settings()


def there(answer, who):
    """What happens on the provider's own pages: the address that the browser is sent back to."""
    where = answer.headers["Location"]
    assert httpx.get(where).status_code == 200
    asked = {name: values[0] for name, values in parse_qs(urlsplit(where).query).items()}
    back = httpx.post(where.partition("?")[0], data={**asked, "who": who})
    assert back.status_code == 302, back.text
    return back.headers["Location"].removeprefix("http://localhost:8000")


def sign_in(browser, who, **more):
    return browser.get(there(browser.post(BEGIN, more), who))


def body(answer):
    """The page without what is drawn by lot for each answer."""
    return re.sub(rb"[A-Za-z0-9]{64}", b"", answer.content)


def is_in(browser):
    return browser.get("/").headers.get("Location") not in (None, LOGIN)


def bound(person):
    with overview():
        return list(ProviderAccount.objects.filter(user=person.user, bound_at__isnull=False, ended_at=None))


def bind(person, subject, issuer):
    with overview():
        return ProviderAccount.objects.create(
            user=person.user, issuer=issuer, subject=subject, email=person.user.email, email_verified=True,
            asked_at=MORNING, bound_at=MORNING, bound_by="Ada Ashby",
        )  # fmt: skip


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
        assert client.get(f"{BACK}?code={code}&state={state}").status_code == 403
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


class TestLinking:
    def link(self, browser, who):
        return browser.get(there(browser.post(f"{BEGIN}link/"), who))

    def test_any_account_of_one_s_own_is_linked_and_told(self, world, as_user):
        browser = as_user(world.ann)
        assert self.link(browser, "ann-elsewhere").headers["Location"] == HISTORY
        assert [one.email for one in bound(world.ann)] == ["ann@private.example"]
        assert "signs you in here from now on" in browser.get(HISTORY).content.decode()
        assert len(audited("sign-in account linked")) == 1
        (mail,) = mails_to("ann@example.org")
        assert "ann@private.example" in mail.text

    def test_linking_and_removing_ask_for_a_fresh_proof(self, world, as_user, provider):
        bind(world.ann, "s-ann", provider.issuer("good"))
        browser = as_user(world.ann, minutes_ago=20)
        for page in ("link/", "unlink/"):
            assert browser.post(BEGIN + page).headers["Location"].startswith("/accounts/confirm/")
        assert len(bound(world.ann)) == 1

    def test_what_lies_signed_in_there_from_before_is_not_linked(self, world, as_user, provider, settings):
        settings.PORTAL_OIDC = provider.settings("stale")
        assert self.link(as_user(world.ann), "ann-long-ago").status_code == 403

    def test_somebody_else_s_account_stays_theirs(self, world, as_user, provider):
        bind(world.bea, "s-bea", provider.issuer("good"))
        browser = as_user(world.ann)
        self.link(browser, "bea")
        assert bound(world.ann) == []
        assert len(bound(world.bea)) == 1
        assert "cannot be linked" in browser.get(HISTORY).content.decode()

    def test_staff_link_only_the_verified_address_of_theirs(self, world, as_user):
        browser = as_user(world.cora)
        self.link(browser, "liar-staff")
        self.link(browser, "ann-elsewhere")
        assert bound(world.cora) == []
        self.link(browser, "cora")
        assert len(bound(world.cora)) == 1

    def test_removing_it_once_ends_it_and_is_told(self, world, as_user, provider, client):
        bind(world.ann, "s-ann-2", provider.issuer("good"))
        browser = as_user(world.ann)
        for _ in range(2):
            assert browser.post(f"{BEGIN}unlink/", {"idempotency_key": "one"}).headers["Location"] == HISTORY
        assert bound(world.ann) == []
        assert len(audited("sign-in account ended")) == 1
        assert sign_in(client, "ann-elsewhere").status_code == 403

    def test_the_only_way_in_is_not_removed(self, world, as_user, provider):
        bind(world.ann, "s-ann", provider.issuer("good"))
        world.ann.user.set_unusable_password()
        world.ann.user.save()
        as_user(world.ann).post(f"{BEGIN}unlink/")
        assert len(bound(world.ann)) == 1

    def test_another_person_cannot_end_a_journey_that_was_begun(self, world, as_user, client):
        browser = as_user(world.ann)
        back = there(browser.post(f"{BEGIN}link/"), "ann")
        browser.post("/accounts/logout/")
        browser.post(LOGIN, {"login": "bea@example.org", "password": PASSWORD})
        assert browser.get(back).status_code == 403
        assert bound(world.bea) == []


class TestStaffDecide:
    PAGE = "/desk/people/accounts/"

    def waiting(self, who="liar"):
        sign_in(Browser(), who)
        with overview():
            return ProviderAccount.objects.get(bound_at=None, ended_at=None)

    def test_what_is_not_proved_waits_and_raises_one_alarm(self, world, as_user):
        row = self.waiting()
        self.waiting()
        with overview():
            assert Alarm.objects.filter(kind="sign-in account waits", cleared_at=None).count() == 1
        page = as_user(world.lee).get(self.PAGE).content.decode()
        assert "not verified" in page
        assert row.subject in page

    def test_no_more_than_three_wait_for_a_person(self, world):
        for who in ("liar", "liar-standard", "liar-word", "long"):
            sign_in(Browser(), who)
        with overview():
            assert ProviderAccount.objects.filter(user=world.ann.user).count() == 3

    def test_a_colleague_s_word_binds_a_client_s(self, world, as_user, client):
        row, lee = self.waiting(), as_user(world.lee)
        for _ in range(2):
            assert lee.post(f"{self.PAGE}{row.pk}/bind/", {"idempotency_key": "k"}).status_code == 302
        assert [one.bound_by for one in bound(world.ann)] == ["Lee Lister"]
        assert len(audited("sign-in account linked")) == 1
        assert len(mails_to("ann@example.org")) == 1
        with overview():
            assert not Alarm.objects.filter(kind="sign-in account waits", cleared_at=None).exists()
        sign_in(client, "liar")
        assert is_in(client)

    def test_binding_asks_for_a_fresh_proof(self, world, as_user):
        row = self.waiting()
        as_user(world.lee, minutes_ago=20).post(f"{self.PAGE}{row.pk}/bind/")
        assert bound(world.ann) == []

    def test_an_agent_may_not(self, world, as_user):
        assert as_user(world.cora).post(f"{self.PAGE}{self.waiting().pk}/bind/").status_code == 403

    @pytest.mark.parametrize(("who", "by", "binds"), [("cora", "ada", True), ("cora", "lee", False)])
    def test_a_colleague_s_needs_an_administrator(self, world, as_user, who, by, binds):
        row = self.waiting(who)
        as_user(getattr(world, by)).post(f"{self.PAGE}{row.pk}/bind/")
        assert bool(bound(world.cora)) is binds

    def test_a_colleague_s_unverified_address_is_never_bound(self, world, as_user):
        as_user(world.ada).post(f"{self.PAGE}{self.waiting('liar-staff').pk}/bind/")
        assert bound(world.cora) == []

    def test_ending_it_shuts_it_out(self, world, as_user, provider, client):
        row = bind(world.ann, "s-ann-2", provider.issuer("good"))
        as_user(world.lee).post(f"{self.PAGE}{row.pk}/end/")
        assert bound(world.ann) == []
        assert sign_in(client, "ann-elsewhere").status_code == 403
        assert len(mails_to("ann@example.org")) == 1

    @pytest.mark.parametrize("count", [1, 20])
    def test_the_list_asks_the_same_for_one_and_twenty(
        self, world, as_user, provider, count, django_assert_num_queries
    ):
        with overview():
            people = list(User.objects.filter(email__startswith="b")) * 7
            ProviderAccount.objects.bulk_create(
                ProviderAccount(user=one, issuer="i", subject=str(n), email="", email_verified=False, asked_at=MORNING)
                for n, one in enumerate(people[:count])
            )
        lee = as_user(world.lee)
        lee.get(self.PAGE)
        with django_assert_num_queries(LIST_QUERIES):
            lee.get(self.PAGE)


LIST_QUERIES = 10


class TestWhatEndsIt:
    def test_leaving_the_staff(self, world, provider):
        bind(world.cora, "s-cora", provider.issuer("good"))
        leave_staff(staff_id=world.cora.staff.pk, day=MORNING.date(), by=world.ada.actor, at=MORNING)
        assert bound(world.cora) == []
        assert len(audited("sign-in account ended")) == 1

    def test_leaving_one_s_last_client(self, world, provider):
        bind(world.ben, "s-ben", provider.issuer("good"))
        row, alder = world.ben.membership.pk, world.alder.pk
        end_membership(membership_id=row, client_id=alder, reason="moved", by=world.ann.actor, at=MORNING)
        assert bound(world.ben) == []

    def test_setting_up_everything_anew_after_a_lost_second_step(self, world, client, provider):
        bind(world.ann, "s-ann", provider.issuer("good"))
        with overview():
            link = new_link(user=world.ann.user, by=world.ada.actor, at=MORNING, purpose=RECOVERY)
        client.post(urlsplit(link).path, {"name": "Ann Archer", "password": "another-walk-by-the-sea"})
        assert is_in(client)
        assert bound(world.ann) == []

    def test_stopping_a_change_of_address(self, world, as_user, client, provider):
        bind(world.ann, "s-thief", provider.issuer("good"))
        as_user(world.ann).post("/accounts/email/", {"email": "thief@example.org"})
        (mail,) = mails_to("ann@example.org")
        client.post(urlsplit(secret_links.unlock(mail.secret)).path)
        assert bound(world.ann) == []
