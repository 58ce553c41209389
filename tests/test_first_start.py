"""The first start for real use, and the two commands that let staff in."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client as Browser

from portal.firststart import setup_code
from portal.models import ClauseText, Nda, Staff, Supplier, Terms, User, WorkingCalendar
from portal.tenancy import staff_standing
from tests.cast import MORNING
from tests.people import audited, overview, token_of

GIVEN = {
    "name": "Northgate Ltd",
    "address": "1 High Street",
    "sender_name": "Northgate support",
    "sender_email": "support@northgate.example",
    "admin_name": "Ada Ashby",
    "admin_email": "Ada@northgate.example",
    "signed_on": "2026-11-20",
    "template_version": "1",
    "witness": "W. Witness",
    "storage_reference": "safe 3",
    "days": "Mon-Fri",
    "hours": "09:00-17:30",
    "tz": "Europe/London",
    "country": "GB",
    "subdivision": "ENG",
    "second_person": "waiting",
}
PASSWORD = "a-long-walk-by-the-sea"


@pytest.fixture(autouse=True)
def morning(db, frozen):
    frozen(MORNING)


def finish(browser, **changed):
    return browser.post("/setup/", {**GIVEN, "code": setup_code(), **changed})


class TestBefore:
    @pytest.mark.parametrize("url", ["/", "/desk/", "/c/alder/", "/accounts/login/", "/demo/mail/"])
    def test_every_page_leads_there(self, client, url):
        assert client.get(url).headers["Location"] == "/setup/"

    def test_without_the_code_it_asks_for_it(self, client):
        answer = client.get("/setup/")
        assert answer.status_code == 200
        assert b"sender_email" not in answer.content

    @pytest.mark.parametrize("code", ["x", "0" * 32, "ä", "\x00"])
    def test_a_wrong_code_opens_nothing(self, client, code):
        assert client.post("/setup/", {**GIVEN, "code": code}).status_code == 403
        assert not Supplier.objects.exists()

    def test_the_code_shows_the_form_with_the_usual_hours(self, client):
        page = client.get(f"/setup/?code={setup_code()}").content.decode()
        assert 'value="09:00-17:30"' in page


class TestFinishing:
    def test_everything_is_there_at_once(self, client):
        answer = finish(client)
        assert answer.status_code == 302
        assert Supplier.objects.get().name == "Northgate Ltd"
        assert WorkingCalendar.objects.get().hours == [["09:00", "17:30"]]
        assert Terms.objects.get().parameters["second_person"] == "waiting"
        assert ClauseText.objects.count() == 92
        with overview():
            row = Staff.objects.get()
            assert (row.grade, row.email, Nda.objects.get().staff_id) == ("admin", "ada@northgate.example", row.pk)
        assert len(audited("portal set up")) == 1

    def test_the_administrator_chooses_a_password_and_is_at_work(self, client):
        link = finish(client).headers["Location"]
        page = f"/accounts/invitation/{token_of(link)}/"
        assert client.get(page).status_code == 200
        answer = client.post(page, {"name": "Ada Ashby", "password": PASSWORD})
        assert answer.headers["Location"] == "/accounts/2fa/totp/activate/"
        assert client.get("/").headers["Location"] == "/desk/"

    def test_the_administrator_s_agreement_counts(self, client):
        finish(client)
        user = User.objects.get()
        by = type("Somebody", (), {"user_id": user.pk, "label": user.name})
        assert staff_standing(by, MORNING).nda_valid

    def test_afterwards_it_is_gone(self, client):
        finish(client)
        assert Browser().get(f"/setup/?code={setup_code()}").status_code == 404
        assert finish(Browser(), name="Other Ltd").status_code == 404
        assert Supplier.objects.get().name == "Northgate Ltd"

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("hours", "17:30-09:00", "hours"),
            ("tz", "Mars/Base", "tz"),
            ("admin_email", "nonsense", "admin_email"),
            ("signed_on", "", "signed_on"),
            ("name", "", "name"),
        ],
    )
    def test_what_cannot_be_is_said_and_nothing_is_kept(self, client, field, value, said):
        answer = finish(client, **{field: value})
        assert answer.status_code == 422
        assert f'id="id_{said}_error"'.encode() in answer.content
        assert not Supplier.objects.exists()

    def test_an_agreement_that_is_to_be_signed_is_refused(self, client):
        answer = finish(client, signed_on="2026-12-24")
        assert answer.status_code == 422
        assert b"must be signed already" in answer.content
        assert not Supplier.objects.exists()


def run(*words):
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


class TestCommands:
    ADD = ("staff", "add", "--admin", "--email", "ada@example.org", "--name", "Ada Ashby")

    def test_staff_add_prints_a_link_that_works_once(self, client):
        said = run(*self.ADD)
        token = token_of(next(line for line in said.splitlines() if "/accounts/invitation/" in line))
        page = f"/accounts/invitation/{token}/"
        assert client.post(page, {"name": "Ada Ashby", "password": PASSWORD}).status_code == 302
        assert Browser().get(page).status_code == 404
        assert "/setup/?code=" in said

    def test_it_takes_the_agreement_whole_or_not_at_all(self):
        with pytest.raises(CommandError, match="together"):
            run(*self.ADD, "--nda-signed", "2026-11-20")
        run(*self.ADD, "--nda-signed", "2026-11-20", "--nda-version", "1", "--nda-witness", "W", "--nda-reference", "s")
        with overview():
            assert Nda.objects.count() == 1

    def test_the_same_person_is_not_added_twice(self):
        run(*self.ADD)
        with pytest.raises(CommandError, match="in the staff list already"):
            run(*self.ADD)

    def test_who_was_added_before_becomes_the_first_administrator(self, client):
        run(*self.ADD)
        finish(client, admin_email="ada@example.org")
        with overview():
            assert Staff.objects.get().grade == "admin"

    def test_setup_shows_the_address_until_it_is_done(self, client):
        assert f"/setup/?code={setup_code()}" in run("staff", "setup")
        finish(client)
        assert run("staff", "setup") == "The portal is set up.\n"

    def test_recover_prints_a_link_and_leaves_an_event(self, client):
        finish(client)
        said = run("recover", "--email", "ADA@northgate.example")
        page = f"/accounts/invitation/{token_of(said.splitlines()[-1])}/"
        assert b"A new password" in client.get(page).content
        assert len(audited("recovery link made")) == 1


class TestRecovery:
    """Apart, because the cast stays for a whole class."""

    def test_recover_knows_staff_only(self, world):
        for email in ("ann@example.org", "nobody@example.org"):
            with pytest.raises(CommandError, match="Nobody on the staff"):
                run("recover", "--email", email)
