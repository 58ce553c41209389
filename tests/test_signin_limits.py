"""Guessing passwords is counted in PostgreSQL: ten in five minutes, then a page that says when to try again (TRUST A23)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test import override_settings

from portal.addresses import client_ip
from portal.models import LoginAttempt
from portal.rules.people import SLOW_AFTER, account_hash
from tests.cast import MORNING, PASSWORD

LOGIN = "/accounts/login/"
WRONG = "wrong-wrong-wrong"


@pytest.fixture(autouse=True)
def morning(frozen):
    frozen(MORNING)


def try_once(email, password=WRONG, ip="192.0.2.1"):
    return Browser(REMOTE_ADDR=ip).post(LOGIN, {"login": email, "password": password})


def fail(times, email="ann@example.org", ip="192.0.2.1"):
    return [try_once(email, ip=ip).status_code for _ in range(times)]


class TestTenInFiveMinutes:
    @pytest.mark.parametrize("email", ["ann@example.org", "nobody@example.org"])
    def test_the_eleventh_try_is_told_to_wait_whether_or_not_the_account_exists(self, world, email):
        assert set(fail(10, email)) == {200}
        answer = try_once(email)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "300")
        assert b"You can try again at 10:45:01." in answer.content

    def test_the_right_password_waits_too(self, world):
        fail(10)
        assert try_once("ann@example.org", PASSWORD).status_code == 429

    def test_after_five_minutes_one_gets_in(self, world, frozen):
        fail(10)
        frozen(MORNING + timedelta(minutes=5))
        assert try_once("ann@example.org", PASSWORD).status_code == 302

    def test_another_address_and_another_account_are_not_concerned(self, world):
        fail(10)
        assert try_once("ann@example.org", PASSWORD, ip="192.0.2.2").status_code == 302
        assert try_once("ben@example.org", PASSWORD).status_code == 302

    def test_typing_in_capitals_is_the_same_account(self, world):
        fail(10, "ANN@example.org")
        assert try_once("ann@example.org").status_code == 429

    def test_a_success_in_between_forgives_nothing(self, world):
        fail(9)
        assert try_once("ann@example.org", PASSWORD).status_code == 302
        assert fail(2) == [200, 429]

    def test_tries_without_a_password_are_no_tries(self, world):
        for _ in range(12):
            assert try_once("ann@example.org", "").status_code == 200
        assert not LoginAttempt.objects.exists()


class TestAHundredAnHour:
    def prepare(self, seconds_ago):
        account = account_hash("ann@example.org")
        LoginAttempt.objects.bulk_create(
            LoginAttempt(
                account=account,
                ip=f"198.51.100.{n}",
                at=MORNING - timedelta(seconds=seconds_ago + 20 * n),
                succeeded=False,
            )
            for n in range(SLOW_AFTER)
        )

    def test_the_account_takes_one_try_in_ten_seconds_from_anywhere(self, world, frozen):
        self.prepare(seconds_ago=4)
        answer = try_once("ann@example.org", PASSWORD)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "6")
        frozen(MORNING + timedelta(seconds=6))
        assert try_once("ann@example.org", PASSWORD).status_code == 302


class TestRecord:
    def test_each_try_is_a_row_that_names_nobody(self, world):
        fail(1)
        try_once("ann@example.org", PASSWORD)
        rows = list(LoginAttempt.objects.order_by("id").values_list("succeeded", "ip", "account"))
        assert [row[:2] for row in rows] == [(False, "192.0.2.1"), (True, "192.0.2.1")]
        assert {row[2] for row in rows} == {account_hash("ann@example.org")}

    def test_the_forwarding_header_of_a_stranger_is_not_believed(self, rf):
        request = rf.get("/", REMOTE_ADDR="192.0.2.7", headers={"X-Forwarded-For": "203.0.113.9"})
        assert client_ip(request) == "192.0.2.7"

    @pytest.mark.parametrize(
        ("header", "address"),
        [
            ("203.0.113.9", "203.0.113.9"),
            ("1.1.1.1, 203.0.113.9, 10.0.0.8", "203.0.113.9"),
            ("", "10.0.0.5"),
            ("nonsense", "0.0.0.0"),
        ],
    )
    def test_behind_a_named_proxy_the_last_foreign_hop_counts(self, rf, header, address):
        request = rf.get("/", REMOTE_ADDR="10.0.0.5", headers={"X-Forwarded-For": header})
        with override_settings(PORTAL_TRUSTED_PROXIES=["10.0.0.0/8"]):
            assert client_ip(request) == address


class TestSentAtOnce:
    def test_of_thirty_guesses_at_once_ten_at_most_are_judged(self, lasting_world):
        """Each thread is a web worker's: judged one at a time, none slips past the count of the others."""

        def guess(_):
            try:
                return try_once("ann@example.org").status_code
            finally:
                connection.close()

        with ThreadPoolExecutor(6) as threads:
            answers = list(threads.map(guess, range(30)))
        assert set(answers) == {200, 429}
        assert answers.count(200) <= 10
        assert LoginAttempt.objects.count() == answers.count(200)
