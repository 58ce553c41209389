"""Nobody learns from the doors of the portal who has an account here: same status, same bytes, same work, same time (TRUST A23)."""

import re
from datetime import timedelta
from statistics import median
from time import perf_counter

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client as Browser

from portal.actions.people import add_member
from portal.models import User
from portal.rules.states import Role
from tests.cast import MORNING, PASSWORD
from tests.people import mails_to, overview, token_in

LOGIN, RESET, LOST, EMAIL = "/accounts/login/", "/accounts/password/reset/", "/accounts/lost/", "/accounts/email/"
PEOPLE = {
    "existing": "ann@example.org",
    "missing": "nia@example.org",
    "blocked": "bea@example.org",
    "invited": "ivy@example.org",
}
OTHERS = ["missing", "blocked", "invited"]


@pytest.fixture(autouse=True)
def everybody(world, frozen):
    """Ann may come in, Nia is not known, Bea is shut out, Ivy has not come yet."""
    frozen(MORNING)
    User.objects.filter(pk=world.bea.user.pk).update(is_active=False)
    with overview():
        add_member(
            client=world.alder, email=PEOPLE["invited"], name="Ivy", role=Role.AUTHOR, by=world.ann.actor, at=MORNING
        )


def plain(answer, email):
    """Status, address and page, without what was typed and what is drawn by lot."""
    page = re.sub(rb'[A-Za-z0-9]{64}|(?<=name="idempotency_key" value=")[^"]+', b"", answer.content)
    page = page.replace(email.encode(), b"")
    return answer.status_code, answer.headers.get("Location"), page


def knock(door, who, browser=None):
    email = PEOPLE[who]
    given = {"login": email, "password": "wrong-wrong-wrong"} if door == LOGIN else {"email": email}
    return plain((browser or Browser()).post(door, given), email)


class TestSameAnswer:
    @pytest.mark.parametrize("door", [LOGIN, RESET, LOST])
    @pytest.mark.parametrize("who", OTHERS)
    def test_at_each_door_everybody_reads_the_same(self, door, who):
        assert knock(door, who) == knock(door, "existing")

    @pytest.mark.parametrize("who", OTHERS)
    def test_the_page_after_a_reset_is_the_same(self, who):
        pages = []
        for one in ("existing", who):
            browser = Browser()
            browser.post(RESET, {"email": PEOPLE[one]})
            pages.append(plain(browser.get(f"{RESET}done/"), PEOPLE[one]))
        assert pages[0] == pages[1]

    def test_a_person_who_is_shut_out_and_one_who_is_not_known_get_no_link(self):
        for who in ("missing", "blocked"):
            before = len(mails_to(PEOPLE[who]))
            knock(RESET, who)
            knock(LOST, who)
            assert len(mails_to(PEOPLE[who])) == before

    @pytest.mark.parametrize("who", ["existing", "blocked", "invited"])
    def test_changing_to_somebody_s_address_reads_like_a_free_one(self, world, as_user, who):
        pages = []
        for one in (who, "missing"):
            browser = as_user(world.ben)
            asked = plain(browser.post(EMAIL, {"email": PEOPLE[one]}), PEOPLE[one])
            pages.append((asked, plain(browser.get(EMAIL), PEOPLE[one])))
        assert pages[0] == pages[1]

    def test_a_link_that_was_used_reads_like_one_that_never_was(self, client):
        token = token_in(mails_to(PEOPLE["invited"])[-1])
        client.post(f"/accounts/invitation/{token}/", {"name": "Ivy", "password": PASSWORD})
        pages = []
        for one in (token, "x" * len(token)):
            answer = Browser().get(f"/accounts/invitation/{one}/")
            pages.append(
                (answer.status_code, re.sub(rb"[A-Za-z0-9]{64}", b"", answer.content).replace(one.encode(), b""))
            )
        assert pages[0] == pages[1]
        assert pages[0][0] == 404


class TestSameWork:
    @pytest.mark.parametrize("who", list(PEOPLE))
    def test_one_password_is_hashed_for_everybody(self, monkeypatch, who):
        hashed, encode = [], MD5PasswordHasher.encode
        monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *given: hashed.append(1) or encode(*given))
        knock(LOGIN, who)
        assert len(hashed) == 1

    @pytest.mark.parametrize("door", [RESET, LOST, EMAIL, "/accounts/invitation/x/again/"])
    def test_a_door_that_may_write_a_mail_answers_no_sooner_when_it_does_not(self, world, as_user, settings, door):
        settings.PORTAL_SAME_TIME = 0.2
        began = perf_counter()
        as_user(world.ben).post(door, {"email": PEOPLE["missing"]})
        assert perf_counter() - began >= 0.2


@pytest.mark.full
class TestSameTime:
    """200 tries each; the medians lie within a tenth of each other. Run it with -s to see them."""

    TRIES = 200

    def measured(self, door, kinds, frozen):
        took = {who: [] for who in kinds}
        for n in range(self.TRIES):
            # Otherwise the limit of a hundred an hour would be measured.
            frozen(MORNING + n * timedelta(minutes=2))
            for who in kinds:
                began = perf_counter()
                knock(door, who, Browser(REMOTE_ADDR=f"2001:db8::{n:x}"))
                took[who].append(1000 * (perf_counter() - began))
        return {who: median(times) for who, times in took.items()}

    @pytest.mark.parametrize("door", [LOGIN, RESET, LOST])
    def test_the_medians_are_of_one_class(self, world, settings, frozen, door):
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
        settings.PORTAL_SAME_TIME = 0.3
        settings.ACCOUNT_RATE_LIMITS = {"login": None, "reset_password": None}
        for one in User.objects.filter(email__in=[PEOPLE["existing"], PEOPLE["blocked"]]):
            one.set_password(PASSWORD)
            one.save(update_fields=["password"])
        medians = self.measured(door, ("existing", "missing", "blocked"), frozen)
        print(door, {who: f"{time:.1f} ms" for who, time in medians.items()})
        assert max(medians.values()) - min(medians.values()) <= 0.1 * max(medians.values())
