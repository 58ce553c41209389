"""Weighty pages ask for a fresh proof after 15 minutes: download, grades, agreements, managers, second factors."""

import pytest
from django.test import Client as Browser

from portal.models import Approval, Nda, Staff, Supplier, User
from portal.queries.demo import forget_doors
from portal.rules.states import DemoState, Grade
from tests.cast import MORNING, PASSWORD
from tests.matrix_rows import a_report_to_come
from tests.people import audited, overview

CONFIRM, GO_ON = "/accounts/confirm/", "/accounts/confirm/go-on/"
SIGNED = {
    "signed_on": "2026-11-20",
    "template_version": "2",
    "witness": "A. N. Other",
    "storage_reference": "cabinet 2",
}


@pytest.fixture(autouse=True)
def morning(frozen):
    frozen(MORNING)


def grade_page(world):
    return f"/desk/people/staff/{world.cora.staff.pk}/grade/"


def weighty(world):
    """(who, address) of every page that asks."""
    report = a_report_to_come(world)["pk"]
    return [
        (world.ann, f"/c/alder/reports/{report}/"),
        (world.ada, f"/desk/people/staff/{world.cora.staff.pk}/nda/"),
        (world.lee, "/desk/clients/alder/manager/"),
    ]


class TestAge:
    def test_a_fresh_session_is_not_asked(self, world, as_user):
        for who, address in weighty(world):
            assert "confirm" not in as_user(who, minutes_ago=14).get(address).headers.get("Location", "")

    def test_after_15_minutes_every_weighty_page_asks(self, world, as_user):
        for who, address in weighty(world):
            answer = as_user(who, minutes_ago=15).get(address)
            assert answer.headers["Location"] == f"{CONFIRM}?next={address.replace('/', '%2F')}"

    @pytest.mark.parametrize("address", ["totp/activate/", "recovery-codes/generate/"])
    def test_second_factors_ask_too(self, world, as_user, address):
        answer = as_user(world.ann, minutes_ago=15).get(f"/accounts/2fa/{address}")
        assert answer.headers["Location"].startswith("/accounts/reauthenticate/?next=")

    def test_other_pages_do_not(self, world, as_user):
        assert as_user(world.ann, minutes_ago=300).get("/c/alder/people/").status_code == 200

    def test_a_session_that_proved_nothing_is_asked(self, world, as_user):
        browser = as_user(world.lee)
        session = browser.session
        session["account_authentication_methods"] = [{"method": "mfa", "at": 0}]
        session.save()
        assert browser.get("/desk/clients/alder/manager/").headers["Location"].startswith(CONFIRM)

    def test_another_person_s_proof_does_not_count(self, world, as_user):
        browser = as_user(world.lee)
        session = browser.session
        session["account_authentication_methods_user"] = str(world.ann.user.pk)
        session.save()
        # Without a proof of their own the desk itself asks for the second factor.
        assert browser.get("/desk/clients/alder/manager/").headers["Location"] == "/accounts/2fa/totp/activate/"

    def test_htmx_is_led_with_the_whole_page(self, world, as_user):
        answer = as_user(world.lee, minutes_ago=20).get("/desk/clients/alder/manager/", headers={"hx-request": "true"})
        assert answer.headers["HX-Redirect"].startswith(CONFIRM)


class TestProof:
    def test_the_password_is_a_proof_and_leads_back(self, world, as_user):
        browser, page = as_user(world.lee, minutes_ago=20), "/desk/clients/alder/manager/"
        asked = browser.get(browser.get(page).headers["Location"]).headers["Location"]
        assert asked.startswith("/accounts/reauthenticate/")
        assert browser.post(asked, {"password": PASSWORD}).headers["Location"] == page
        assert browser.get(page).status_code == 200

    def test_a_wrong_password_is_none(self, world, as_user):
        browser, page = as_user(world.lee, minutes_ago=20), "/desk/clients/alder/manager/"
        browser.post(f"/accounts/reauthenticate/?next={page}", {"password": "wrong-wrong-wrong"})
        assert browser.get(page).headers["Location"].startswith(CONFIRM)

    @pytest.mark.parametrize("wanted", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x"])
    def test_it_leads_to_own_pages_only(self, world, as_user, wanted):
        answer = as_user(world.ann, minutes_ago=20).get(CONFIRM, {"next": wanted})
        assert answer.headers["Location"] == "/accounts/reauthenticate/?next=%2F"

    def test_who_has_nothing_to_prove_with_signs_in_anew(self, world, as_user):
        world.ann.user.set_unusable_password()
        world.ann.user.save()
        browser = as_user(world.ann, minutes_ago=20)
        assert (
            browser.get(CONFIRM, {"next": "/c/alder/"}).headers["Location"] == "/accounts/login/?next=%2Fc%2Falder%2F"
        )
        assert browser.get("/").headers["Location"] == "/accounts/login/"


class TestPosts:
    def send_late(self, world, as_user):
        browser = as_user(world.ada, minutes_ago=20)
        sent = {"grade": Grade.LEAD, "idempotency_key": "one-key"}
        answer = browser.post(grade_page(world), sent)
        assert answer.headers["Location"] == f"{CONFIRM}?next=%2Faccounts%2Fconfirm%2Fgo-on%2F"
        return browser, sent

    def test_nothing_is_done_before_the_proof(self, world, as_user):
        self.send_late(world, as_user)
        with overview():
            assert Staff.objects.get(pk=world.cora.staff.pk).grade == Grade.AGENT
        assert audited("staff grade changed") == []

    def test_what_was_sent_waits_and_goes_on_once(self, world, as_user):
        browser, sent = self.send_late(world, as_user)
        assert browser.get(GO_ON).headers["Location"].startswith(CONFIRM)
        browser.post(f"/accounts/reauthenticate/?next={GO_ON}", {"password": PASSWORD})
        page = browser.get(GO_ON).content.decode()
        assert f'action="{grade_page(world)}"' in page
        assert all(f'name="{name}" value="{value}"' in page for name, value in sent.items())
        for _ in range(2):
            assert browser.post(grade_page(world), sent).status_code == 302
        assert len(audited("staff grade changed")) == 1
        assert browser.get(GO_ON).headers["Location"] == "/"

    def test_an_agreement_is_recorded_only_after_the_proof(self, world, as_user):
        page = f"/desk/people/staff/{world.dev.staff.pk}/nda/"
        as_user(world.ada, minutes_ago=20).post(page, SIGNED)
        with overview():
            assert not Nda.objects.filter(staff=world.dev.staff).exists()
        as_user(world.ada).post(page, SIGNED)
        with overview():
            assert Nda.objects.filter(staff=world.dev.staff).exists()

    def test_a_manager_is_proposed_only_after_the_proof(self, world, as_user):
        given = {"name": "Amy", "email": "amy@example.org", "evidence": "Letter of 20 November"}
        as_user(world.lee, minutes_ago=20).post("/desk/clients/alder/manager/", given)
        with overview():
            assert not Approval.objects.exists()

    def test_the_forgery_token_is_not_kept(self, world, as_user):
        browser = as_user(world.ada, minutes_ago=20)
        browser.post(grade_page(world), {"grade": Grade.LEAD, "csrfmiddlewaretoken": "x"})
        assert browser.session["portal_held_form"]["fields"] == [["grade", "lead"]]

    def test_what_is_too_long_to_keep_is_refused_with_a_sentence(self, world, as_user):
        answer = as_user(world.ada, minutes_ago=20).post(grade_page(world), {"grade": "x" * 70_000})
        assert answer.status_code == 403
        assert "Open the page again" in answer.content.decode()

    def test_markup_in_a_field_stays_text(self, world, as_user):
        browser = as_user(world.ada, minutes_ago=20)
        browser.post(grade_page(world), {"grade": '"><script>alert(1)</script>'})
        browser.post(f"/accounts/reauthenticate/?next={GO_ON}", {"password": PASSWORD})
        assert "<script>alert" not in browser.get(GO_ON).content.decode()


class TestDemo:
    @pytest.fixture
    def late(self, world, as_user, settings):
        """Ada, who came in by a door of the demonstration long ago."""
        settings.PORTAL_DEMO = True
        forget_doors()
        with overview():
            User.objects.update(is_demo=True)
            Supplier.objects.update(demo_state=DemoState.OPEN)
        browser = as_user(world.ada, minutes_ago=20)
        session = browser.session
        session["demo_door"] = True
        session.save()
        browser.defaults.update({"SERVER_NAME": "localhost", "REMOTE_ADDR": "127.0.0.1"})
        yield browser
        forget_doors()

    def test_one_button_says_demo(self, world, late):
        page = f"/desk/people/staff/{world.cora.staff.pk}/nda/"
        asked = late.get(page).headers["Location"]
        assert "this is the demo" in late.get(asked).content.decode()
        assert late.post(CONFIRM, {"next": page}).headers["Location"] == page
        assert late.get(page).status_code == 200

    def test_looking_at_the_button_proves_nothing(self, world, late):
        late.get(CONFIRM)
        assert late.get("/desk/clients/alder/manager/").headers["Location"].startswith(CONFIRM)

    def test_outside_the_demonstration_it_opens_nothing(self, world, late, settings):
        settings.PORTAL_DEMO = False
        forget_doors()
        assert late.post(CONFIRM, {"next": "/"}).status_code == 403

    def test_from_another_machine_it_opens_nothing(self, world, late):
        assert late.post(CONFIRM, {"next": "/"}, SERVER_NAME="testserver").status_code == 403

    def test_without_a_door_the_button_is_not_there(self, world, as_user, late):
        browser = as_user(world.ada, minutes_ago=20)
        browser.post(CONFIRM, {"next": "/"})
        assert browser.get("/desk/clients/alder/manager/").headers["Location"].startswith(CONFIRM)


def test_a_visitor_is_sent_to_sign_in(world, client):
    assert client.get(CONFIRM).headers["Location"] == f"/accounts/login/?next={CONFIRM}"
    assert Browser().get(GO_ON).headers["Location"] == f"/accounts/login/?next={GO_ON}"
