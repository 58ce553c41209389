"""Changing one's address: the new one confirms, the old one is told and can stop it for 72 hours, every copy follows."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client as Browser

from portal.actions.emails import ask_email_change, confirm_email_change, stop_email_change
from portal.actions.people import add_member
from portal.errors import Refused
from portal.models import Address, EmailChange, Membership, Staff, User
from portal.outbox import secret_links
from portal.rules.states import Role
from tests.cast import MORNING, PASSWORD
from tests.people import audited, mails_to, overview

EMAIL, LOGIN = "/accounts/email/", "/accounts/login/"
OLD, NEW = "ann@example.org", "ann.archer@alder.example"


@pytest.fixture(autouse=True)
def stand_at(frozen):
    frozen(MORNING)
    return lambda **span: frozen(MORNING + timedelta(**span))


def link_in(email):
    """The path of the link in the last mail to an address."""
    return re.search(r"/accounts/email/.*", secret_links.unlock(mails_to(email)[-1].secret))[0]


def ask(browser, to=NEW, **more):
    return browser.post(EMAIL, {"email": to, **more})


def sign_in(email):
    browser = Browser()
    browser.post(LOGIN, {"login": email, "password": PASSWORD})
    return browser.get("/").headers["Location"] != LOGIN


def email_of(person):
    return User.objects.get(pk=person.user.pk).email


class TestAsking:
    def test_both_addresses_are_written_to_and_nothing_changes_yet(self, world, as_user):
        assert ask(as_user(world.ann)).headers["Location"] == EMAIL
        assert mails_to(OLD)[-1].kind == "email_change_asked"
        assert mails_to(NEW)[-1].kind == "email_change"
        assert email_of(world.ann) == OLD
        assert [one.actor_user_id for one in audited("e-mail change asked")] == [world.ann.user.pk]

    def test_the_links_stand_in_no_row_that_can_be_read(self, world, as_user):
        ask(as_user(world.ann))
        tokens = [link_in(one).split("/")[-2] for one in (OLD, NEW)]
        with overview():
            row = EmailChange.objects.get()
        kept = f"{row.confirm_hash} {row.stop_hash} " + " ".join(one.text for one in mails_to(OLD) + mails_to(NEW))
        assert not any(token in kept for token in tokens)

    def test_it_asks_for_a_fresh_proof(self, world, as_user):
        assert as_user(world.ann, minutes_ago=20).get(EMAIL).headers["Location"].startswith("/accounts/confirm/")

    def test_sent_twice_it_is_asked_once(self, world, as_user):
        browser = as_user(world.ann)
        for _ in range(2):
            ask(browser, idempotency_key="one")
        assert len(audited("e-mail change asked")) == 1

    def test_an_address_that_somebody_has_looks_the_same_and_gets_no_mail(self, world, as_user):
        before = len(mails_to("bea@example.org"))
        free, taken = ask(as_user(world.ann)), ask(as_user(world.ben), "bea@example.org")
        assert (free.status_code, free.headers["Location"]) == (taken.status_code, taken.headers["Location"])
        assert len(mails_to("bea@example.org")) == before

    def test_the_own_address_is_refused_in_words(self, world, as_user):
        answer = ask(as_user(world.ann), " ANN@example.org")
        assert answer.status_code == 422
        assert "your address already" in answer.content.decode()

    def test_the_fourth_wish_in_an_hour_waits(self, world, as_user):
        browser = as_user(world.ann)
        for number in range(3):
            ask(browser, f"ann{number}@alder.example")
        assert ask(browser).status_code == 422
        assert mails_to(NEW) == []

    def test_a_second_wish_takes_the_place_of_the_first(self, world, as_user):
        browser = as_user(world.ann)
        ask(browser, "first@alder.example")
        first = link_in("first@alder.example")
        ask(browser)
        assert Browser().get(first).status_code == 404
        assert Browser().get(link_in(NEW)).status_code == 200


class TestConfirming:
    def confirmed(self, person, as_user):
        ask(as_user(person))
        return Browser().post(link_in(NEW))

    def test_looking_changes_nothing(self, world, as_user):
        ask(as_user(world.ann))
        assert Browser().get(link_in(NEW)).status_code == 200
        assert email_of(world.ann) == OLD

    def test_every_copy_follows(self, world, as_user):
        assert self.confirmed(world.ann, as_user).headers["Location"] == LOGIN
        with overview():
            row = Membership.objects.select_related("address").get(pk=world.ann.membership.pk)
            assert Address.objects.get(email=NEW).verified_at == MORNING
        assert (email_of(world.ann), row.email, row.address.email) == (NEW, NEW, NEW)
        kept = list(EmailAddress.objects.filter(user=world.ann.user).values_list("email", "verified", "primary"))
        assert kept == [(NEW, True, True)]

    def test_staff_s_copies_follow_too(self, world, as_user):
        self.confirmed(world.cora, as_user)
        with overview():
            row = Staff.objects.select_related("address").get(pk=world.cora.staff.pk)
        assert (row.email, row.address.email) == (NEW, NEW)

    def test_one_signs_in_with_the_new_address_only_and_all_sessions_end(self, world, as_user):
        before = Browser()
        before.post(LOGIN, {"login": OLD, "password": PASSWORD})
        self.confirmed(world.ann, as_user)
        assert before.get("/").headers["Location"] == LOGIN
        assert (sign_in(OLD), sign_in(NEW)) == (False, True)

    def test_each_client_s_record_says_so_and_no_other_s(self, world, as_user):
        self.confirmed(world.ann, as_user)
        seen = [(one.client_id, one.client_visible) for one in audited("e-mail changed")]
        assert seen == [(None, False), (world.alder.pk, True)]

    def test_a_person_of_two_clients_changes_in_both(self, world, as_user):
        with overview():
            given = {"client": world.birch, "email": OLD, "name": "Ann Archer", "role": Role.AUTHOR}
            add_member(**given, by=world.bea.actor, at=MORNING)
        self.confirmed(world.ann, as_user)
        with overview():
            assert set(Membership.objects.filter(user=world.ann.user).values_list("email", flat=True)) == {NEW}

    def test_the_link_works_once(self, world, as_user):
        self.confirmed(world.ann, as_user)
        assert Browser().post(link_in(NEW)).status_code == 404
        assert len(audited("e-mail changed", client_id=None)) == 1

    def test_after_72_hours_it_is_dead(self, world, as_user, stand_at):
        ask(as_user(world.ann))
        stand_at(hours=72)
        assert Browser().post(link_in(NEW)).status_code == 404
        assert email_of(world.ann) == OLD

    def test_somebody_who_got_the_address_meanwhile_keeps_it(self, world, as_user):
        ask(as_user(world.ann))
        with overview():
            Address.objects.create(user=world.bea.user, email=NEW, registered_by="Bea", registered_at=MORNING)
        assert Browser().post(link_in(NEW)).status_code == 404
        assert email_of(world.ann) == OLD

    def test_the_history_of_tries_stays_the_person_s(self, world, as_user):
        Browser(REMOTE_ADDR="198.51.100.7").post(LOGIN, {"login": OLD, "password": "wrong-wrong-wrong"})
        self.confirmed(world.ann, as_user)
        assert "198.51.100.7" in as_user(world.ann).get("/accounts/history/").content.decode()


class TestStopping:
    def test_before_the_change_nothing_comes_of_it(self, world, as_user):
        ask(as_user(world.ann))
        assert Browser().post(link_in(OLD)).headers["Location"] == "/accounts/password/reset/"
        assert Browser().post(link_in(NEW)).status_code == 404
        assert email_of(world.ann) == OLD
        assert not sign_in(OLD)

    def test_after_the_change_it_is_changed_back(self, world, as_user):
        ask(as_user(world.ann))
        stop = link_in(OLD)
        Browser().post(link_in(NEW))
        thief = Browser()
        thief.post(LOGIN, {"login": NEW, "password": PASSWORD})
        assert Browser().post(stop).status_code == 302
        assert email_of(world.ann) == OLD
        assert thief.get("/").headers["Location"] == LOGIN
        assert (sign_in(OLD), sign_in(NEW)) == (False, False)
        with overview():
            assert Membership.objects.get(pk=world.ann.membership.pk).email == OLD
        assert len(audited("e-mail change stopped")) == 1

    def test_it_works_once_and_for_72_hours(self, world, as_user, stand_at):
        ask(as_user(world.ann))
        stand_at(hours=72)
        assert Browser().post(link_in(OLD)).status_code == 404
        stand_at(hours=71)
        assert [Browser().post(link_in(OLD)).status_code for _ in range(2)] == [302, 404]


class TestWithoutPages:
    @pytest.mark.parametrize("act", [confirm_email_change, stop_email_change])
    @pytest.mark.parametrize("token", ["", "x", "0" * 64])
    def test_a_token_that_nobody_was_given_does_nothing(self, world, act, token):
        with pytest.raises(Refused):
            act(token=token, at=MORNING)

    def test_the_new_link_does_not_stop_and_the_old_one_does_not_confirm(self, world):
        ask_email_change(user_id=world.ann.user.pk, to=NEW, by=world.ann.actor, at=MORNING)
        old, new = (link_in(one).split("/")[-2] for one in (OLD, NEW))
        with pytest.raises(Refused):
            confirm_email_change(token=old, at=MORNING)
        with pytest.raises(Refused):
            stop_email_change(token=new, at=MORNING)
