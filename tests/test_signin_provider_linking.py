"""Linking an account elsewhere and removing it: by oneself, by staff, and what ends it."""

from urllib.parse import urlsplit

import pytest
from django.test import Client as Browser

from portal.actions.invitations import RECOVERY, new_link
from portal.actions.people import end_membership
from portal.actions.staff import leave_staff
from portal.models import Alarm, ProviderAccount, User
from portal.outbox import secret_links
from tests.cast import MORNING, PASSWORD
from tests.people import audited, mails_to, overview
from tests.signin_elsewhere import (  # noqa: F401 - provider and set_up are fixtures
    BEGIN,
    HISTORY,
    LOGIN,
    bind,
    bound,
    is_in,
    provider,
    set_up,
    sign_in,
    there,
)


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


LIST_QUERIES = 9


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
