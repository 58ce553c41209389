"""A lost second step: asked on the sign-in page, reset after a recorded check, with a second person for managers and staff."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.db import IntegrityError, transaction
from django.test import Client as Browser

from portal.actions.approvals import confirm
from portal.actions.lostfactors import ask_reset, dismiss_lost, record_check
from portal.errors import Refused
from portal.models import Alarm, Approval, LostFactor
from portal.rules.states import ApprovalState
from tests.cast import MORNING, PASSWORD
from tests.people import audited, mails_to, overview, token_in

LOST, LOGIN, DESK = "/accounts/lost/", "/accounts/login/", "/desk/people/lost/"
CHECK = {"method": "call", "note": "020 7946 0000, on record since 2024"}


@pytest.fixture(autouse=True)
def morning(frozen):
    frozen(MORNING)


def lose(person):
    """The person says so on the sign-in page. Returns the case's number."""
    totp.TOTP.activate(person.user, totp.generate_totp_secret())
    assert Browser().post(LOST, {"email": person.user.email}).status_code == 200
    with overview():
        return LostFactor.objects.get(user=person.user).pk


def state_of(pk):
    with overview():
        return LostFactor.objects.get(pk=pk)


def is_in(browser):
    return browser.get("/").headers["Location"] != LOGIN


class TestAsking:
    def test_the_person_and_the_staff_are_told(self, world, as_user):
        pk = lose(world.ben)
        assert mails_to("ben@example.org")[-1].kind == "lost_asked"
        with overview():
            assert Alarm.objects.get(kind="second step lost").subject_id == pk
        assert "Ben Baker" in as_user(world.lee).get(DESK).content.decode()
        assert len(audited("second step lost")) == 1

    def test_an_unknown_address_looks_the_same_and_leaves_nothing(self, world):
        pages = [Browser().post(LOST, {"email": one}).content for one in ("ben@example.org", "nobody@example.org")]
        answers = [re.sub(rb"[A-Za-z0-9]{64}", b"", page) for page in pages]  # each has a forgery token of its own
        assert answers[0] == answers[1]
        with overview():
            assert LostFactor.objects.count() == 1

    def test_asked_again_nothing_more_happens(self, world):
        lose(world.ben)
        before = len(mails_to("ben@example.org"))
        Browser().post(LOST, {"email": "BEN@example.org"})
        assert len(mails_to("ben@example.org")) == before
        assert len(audited("second step lost")) == 1

    def test_asking_alone_opens_nothing(self, world):
        lose(world.ben)
        assert Authenticator.objects.filter(user=world.ben.user, type="totp").exists()

    def test_the_sign_in_page_leads_there(self, world, client):
        assert f'href="{LOST}"' in client.get(LOGIN).content.decode()


class TestReset:
    def test_an_author_gets_the_link_after_the_recorded_check(self, world, as_user):
        pk = lose(world.ben)
        assert as_user(world.lee).post(f"{DESK}{pk}/", CHECK).headers["Location"] == DESK
        row = state_of(pk)
        assert (row.check_method, row.check_note, row.checked_by_id) == ("call", CHECK["note"], world.lee.staff.pk)
        assert row.reset_at == row.checked_at == MORNING
        assert [one.client_id for one in audited("second step reset")] == [None, world.alder.pk]

    def test_everybody_concerned_is_told_and_nobody_else(self, world, as_user):
        pk = lose(world.ben)
        as_user(world.lee).post(f"{DESK}{pk}/", CHECK)
        assert mails_to("ben@example.org")[-1].kind == "lost_reset"
        assert [one.kind for one in mails_to("ann@example.org")] == ["lost_told"]
        assert mails_to("bea@example.org") == mails_to("bill@example.org") == []

    def test_every_session_ends(self, world, as_user):
        browser = Browser()
        browser.post(LOGIN, {"login": "ben@example.org", "password": PASSWORD})
        assert is_in(browser)
        as_user(world.lee).post(f"{DESK}{lose(world.ben)}/", CHECK)
        assert not is_in(browser)

    def test_the_link_sets_a_new_password_and_takes_the_old_step_away(self, world, as_user):
        as_user(world.lee).post(f"{DESK}{lose(world.ben)}/", CHECK)
        assert Authenticator.objects.filter(user=world.ben.user).exists()
        page = f"/accounts/invitation/{token_in(mails_to('ben@example.org')[-1])}/"
        browser = Browser()
        assert browser.post(page, {"name": "Ben Baker", "password": "a-walk-by-the-sea-side"}).status_code == 302
        assert is_in(browser)
        assert not Authenticator.objects.filter(user=world.ben.user).exists()

    def test_the_alarm_is_cleared(self, world, as_user):
        as_user(world.lee).post(f"{DESK}{lose(world.ben)}/", CHECK)
        with overview():
            assert Alarm.objects.get(kind="second step lost").cleared_by == "Lee Lister"

    def test_sent_twice_it_is_done_once(self, world, as_user):
        pk, browser = lose(world.ben), as_user(world.lee)
        for _ in range(2):
            assert browser.post(f"{DESK}{pk}/", {**CHECK, "idempotency_key": "one"}).headers["Location"] == DESK
        assert len(audited("identity checked")) == 1

    @pytest.mark.parametrize("given", [{}, {"method": "call"}, {"note": "x"}, {"method": "guess", "note": "x"}])
    def test_without_how_and_what_nothing_is_reset(self, world, as_user, given):
        pk = lose(world.ben)
        assert as_user(world.lee).post(f"{DESK}{pk}/", given).status_code == 422
        assert state_of(pk).reset_at is None

    def test_it_asks_for_a_fresh_proof(self, world, as_user):
        pk = lose(world.ben)
        as_user(world.lee, minutes_ago=20).post(f"{DESK}{pk}/", CHECK)
        assert state_of(pk).checked_at is None


class TestSecondPerson:
    @pytest.mark.parametrize("who", ["ann", "cora", "ada"])
    def test_managers_and_staff_wait_for_one(self, world, as_user, who):
        pk = lose(getattr(world, who))
        as_user(world.lee).post(f"{DESK}{pk}/", CHECK)
        row = state_of(pk)
        assert row.checked_at is not None
        assert row.reset_at is None
        assert mails_to(f"{who}@example.org")[-1].kind == "lost_asked"

    def test_who_checked_cannot_confirm_and_another_can(self, world, as_user):
        pk = lose(world.ann)
        as_user(world.lee).post(f"{DESK}{pk}/", CHECK)
        with overview():
            approval = Approval.objects.get()
        step = {"decision": "confirm", "page": "lost"}
        for who, done in ((world.lee, False), (world.ada, True)):
            assert as_user(who).post(f"/desk/approvals/{approval.pk}/", step).headers["Location"] == DESK
            assert (state_of(pk).reset_at is not None) is done
        assert mails_to("ann@example.org")[-1].kind == "lost_reset"

    def test_administrators_are_told_of_a_colleague_s(self, world, as_user):
        pk = lose(world.cora)
        record_check(lost_id=pk, method="in person", note="At her desk", by=world.lee.actor, at=MORNING)
        with overview():
            approval = Approval.objects.get()
        confirm(approval_id=approval.pk, by=world.ada.actor, at=MORNING)
        assert [one.kind for one in mails_to("ada@example.org")] == ["lost_told"]

    def test_nobody_helps_oneself(self, world):
        pk = lose(world.lee)
        with pytest.raises(Refused, match="Somebody else"):
            record_check(lost_id=pk, **CHECK, by=world.lee.actor, at=MORNING)
        record_check(lost_id=pk, **CHECK, by=world.ada.actor, at=MORNING)
        with overview():
            approval = Approval.objects.get()
        with pytest.raises(Refused, match="Somebody else"):
            confirm(approval_id=approval.pk, by=world.lee.actor, at=MORNING)

    def test_withdrawn_it_can_be_checked_again_or_closed(self, world, as_user):
        pk = lose(world.ann)
        record_check(lost_id=pk, **CHECK, by=world.lee.actor, at=MORNING)
        with pytest.raises(Refused, match="withdraw it first"):
            dismiss_lost(lost_id=pk, by=world.lee.actor, at=MORNING)
        with overview():
            Approval.objects.update(state=ApprovalState.WITHDRAWN)
        as_user(world.lee).post(f"{DESK}{pk}/dismiss/")
        assert state_of(pk).dismissed_at == MORNING
        assert len(audited("lost second step dismissed")) == 1


class TestWho:
    @pytest.mark.parametrize("who", ["cora", "dev", "ann"])
    def test_without_the_power_nobody_checks(self, world, who):
        pk = lose(world.ben)
        with pytest.raises(Refused):
            record_check(lost_id=pk, **CHECK, by=getattr(world, who).actor, at=MORNING)
        with pytest.raises(Refused):
            dismiss_lost(lost_id=pk, by=getattr(world, who).actor, at=MORNING)

    def test_a_settled_case_is_not_there(self, world, as_user):
        pk = lose(world.ben)
        as_user(world.lee).post(f"{DESK}{pk}/", CHECK)
        assert as_user(world.ada).post(f"{DESK}{pk}/", CHECK).status_code == 404
        with pytest.raises(Refused, match="settled"):
            record_check(lost_id=pk, **CHECK, by=world.ada.actor, at=MORNING)

    def test_the_database_refuses_a_reset_without_a_check(self, world):
        ask_reset(email="ben@example.org", at=MORNING)
        with pytest.raises(IntegrityError, match="reset_was_checked"), transaction.atomic(), overview():
            LostFactor.objects.update(reset_at=MORNING)
