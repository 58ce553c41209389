"""An invitation: 72 hours, once, kept as a hash; a dead link learns nothing (TRUST A8, A9)."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client as Browser

from portal.actions.invitations import accept_invitation, new_link
from portal.actions.people import invite_member
from portal.actions.staff import add_staff
from portal.actors import SYSTEM
from portal.errors import Refused
from portal.models import Address, AuditEvent, Invitation, Membership, User
from portal.rules.people import token_hash
from portal.rules.states import Grade, Role
from tests.cast import MORNING
from tests.people import audited, mails_to, overview, token_in, token_of

PASSWORD = "a-long-walk-by-the-sea"
GIVEN = {"name": "Nia N. Nolan", "password": PASSWORD}


@pytest.fixture(autouse=True)
def morning(frozen):
    frozen(MORNING)


@pytest.fixture
def token(world):
    invite_member(
        client_id=world.alder.pk,
        email="nia@example.org",
        name="Nia Nolan",
        role=Role.AUTHOR,
        by=world.ann.actor,
        at=MORNING,
    )
    return token_in(mails_to("nia@example.org")[-1])


def without_tokens(answer):
    """The page without what is random in every page: the tokens against forged posts."""
    return re.sub(rb"[A-Za-z0-9]{64}", b"", answer.content)


def page(token):
    return f"/accounts/invitation/{token}/"


class TestAccepting:
    def test_the_page_says_who_invites_to_what(self, token, client):
        answer = client.get(page(token))
        assert answer.status_code == 200
        assert b"Ann Archer invites you to <b>Alder Architects</b>" in answer.content

    def test_accepting_verifies_the_address_and_signs_in(self, token, client):
        answer = client.post(page(token), GIVEN)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/welcome/")
        user = User.objects.get(email="nia@example.org")
        assert (user.name, user.check_password(PASSWORD)) == ("Nia N. Nolan", True)
        assert Address.objects.get(user=user).verified_at == MORNING
        assert EmailAddress.objects.get(user=user).verified
        assert client.get("/").headers["Location"] == "/c/alder/"

    def test_clients_are_told_the_contract_s_advice(self, token, client):
        client.post(page(token), GIVEN)
        assert b"We recommend a second step" in client.get("/accounts/welcome/").content

    def test_the_confirmed_name_stands_on_the_membership(self, token, client):
        client.post(page(token), GIVEN)
        with overview():
            row = Membership.objects.get(user__email="nia@example.org")
        assert (row.label, row.joined_at) == ("Nia N. Nolan", MORNING)
        assert len(audited("invitation accepted", client_visible=True)) == 1

    def test_whoever_was_signed_in_here_is_out(self, token, world, as_user):
        browser = as_user(world.bea)
        browser.post(page(token), GIVEN)
        assert browser.get("/").headers["Location"] == "/c/alder/"

    def test_staff_are_led_to_their_second_factor(self, world, client):
        add_staff(email="sue@example.org", name="Sue", grade=Grade.AGENT, by=world.ada.actor, at=MORNING)
        answer = client.post(page(token_in(mails_to("sue@example.org")[-1])), {"name": "Sue", "password": PASSWORD})
        assert answer.headers["Location"] == "/accounts/2fa/totp/activate/"
        assert client.get(answer.headers["Location"]).status_code == 200
        assert client.get("/desk/people/staff/").headers["Location"] == "/accounts/2fa/totp/activate/"

    @pytest.mark.parametrize("password", ["short", "password1234", "nia@example.org", "NiaNNolan2026", ""], ids=str)
    def test_weak_passwords_are_refused_and_the_link_lives(self, token, client, password):
        answer = client.post(page(token), {"name": "Nia N Nolan", "password": password})
        assert answer.status_code == 422
        assert client.get(page(token)).status_code == 200


class TestDeadLinks:
    @pytest.mark.parametrize("token", ["x", "null", "undefined", "[]", "%00", "a" * 3000, "token[]=1", "-", "0"])
    def test_an_unknown_token_is_like_a_missing_page(self, world, client, token):
        answer = client.get(page(token))
        assert answer.status_code == 404

    @pytest.mark.parametrize(
        "path", ["/accounts/invitation/", "/accounts/invitation//", "/accounts/invitation/?token[]="]
    )
    def test_an_empty_token_is_no_page(self, world, client, path):
        assert client.get(path).status_code == 404

    def test_the_hash_itself_opens_nothing(self, token, client):
        assert client.get(page(token_hash(token))).status_code == 404

    def test_it_dies_after_72_hours(self, token, client, frozen):
        frozen(MORNING + timedelta(hours=72) - timedelta(seconds=1))
        assert client.get(page(token)).status_code == 200
        frozen(MORNING + timedelta(hours=72))
        answer = client.post(page(token), GIVEN)
        assert answer.status_code == 404
        assert b"This link cannot be used" in answer.content

    def test_it_works_once(self, token, client):
        client.post(page(token), GIVEN)
        assert Browser().post(page(token), GIVEN).status_code == 404

    def test_a_newer_link_replaces_it(self, token, client, world):
        with overview():
            link = new_link(user=User.objects.get(email="nia@example.org"), by=SYSTEM, at=MORNING)
        assert client.get(page(token)).status_code == 404
        assert client.get(page(token_of(link))).status_code == 200

    def test_two_tokens_are_unrelated_and_256_bits_long(self, world):
        with overview():
            links = [token_of(new_link(user=world.ben.user, by=SYSTEM, at=MORNING)) for _ in range(2)]
        assert links[0] != links[1]
        assert all(len(link) == 43 for link in links)

    def test_only_the_hash_is_stored(self, token):
        with overview():
            row = Invitation.objects.get(token_hash=token_hash(token))
            assert token not in repr(vars(row))
            assert not AuditEvent.objects.filter(body__payload__icontains=token).exists()


class TestSendMeANewOne:
    def ask(self, token, client):
        return client.post(f"{page(token)}again/")

    def test_an_expired_invitation_is_sent_anew(self, token, client, frozen):
        frozen(MORNING + timedelta(hours=80))
        assert self.ask(token, client).status_code == 200
        assert len(mails_to("nia@example.org")) == 2
        assert client.get(page(token_in(mails_to("nia@example.org")[-1]))).status_code == 200

    def test_the_answer_is_always_the_same(self, token, client, frozen):
        frozen(MORNING + timedelta(hours=80))
        known, unknown = self.ask(token, client), self.ask("unknown", client)
        assert known.status_code == unknown.status_code == 200
        assert without_tokens(known) == without_tokens(unknown)

    def test_nothing_goes_to_who_has_joined(self, token, client):
        client.post(page(token), GIVEN)
        before = len(mails_to("nia@example.org"))
        self.ask(token, Browser())
        assert len(mails_to("nia@example.org")) == before

    def test_a_second_wish_within_five_minutes_sends_nothing(self, token, client, frozen):
        frozen(MORNING + timedelta(hours=80))
        self.ask(token, client)
        self.ask(token, client)
        assert len(mails_to("nia@example.org")) == 2

    def test_it_is_a_post(self, token, client):
        assert client.get(f"{page(token)}again/").status_code == 405


class TestRecovery:
    def test_it_sets_a_password_and_takes_the_old_second_factor_away(self, world):
        with overview():
            link = new_link(user=world.ada.user, by=SYSTEM, at=MORNING, purpose="recovery")
        Authenticator.objects.create(user=world.ada.user, type="totp", data={"secret": "x"})
        accept_invitation(token=token_of(link), name="Ada Ashby", password=PASSWORD, at=MORNING)
        assert not Authenticator.objects.filter(user=world.ada.user).exists()
        assert len(audited("recovery accepted")) == 1

    def test_a_dead_recovery_link_sends_no_new_one(self, world, client, frozen):
        with overview():
            link = new_link(user=world.ada.user, by=SYSTEM, at=MORNING, purpose="recovery")
        frozen(MORNING + timedelta(hours=80))
        client.post(f"{page(token_of(link))}again/")
        assert mails_to("ada@example.org") == []

    def test_a_spent_link_is_refused_by_the_action_too(self, world, token):
        accept_invitation(token=token, at=MORNING, **GIVEN)
        with pytest.raises(Refused):
            accept_invitation(token=token, at=MORNING, **GIVEN)
