"""django-allauth's pages in our shell: each answers, with one heading, its form and no foreign frame."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser

from tests.cast import PASSWORD

AT_THE_DOOR = ["/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/", "/accounts/inactive/"]
OWN = [
    "/accounts/logout/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/reauthenticate/",
]


def looks_like_ours(text: str) -> bool:
    return text.count("<h1") == 1 and 'class="door' in text and "css/app.css" in text and "Menu:" not in text


class TestAccountPages:
    @pytest.mark.parametrize("address", AT_THE_DOOR)
    def test_a_page_at_the_door_stands_in_our_shell(self, client: Browser, world: Any, address: str) -> None:
        answer = client.get(address)
        assert answer.status_code == 200 and looks_like_ours(answer.text)

    @pytest.mark.parametrize("address", OWN)
    def test_an_own_page_stands_in_our_shell(self, as_user: Callable[..., Browser], world: Any, address: str) -> None:
        answer = as_user(world.people["ann"]).get(address)
        assert answer.status_code == 200 and looks_like_ours(answer.text)

    def test_a_wrong_password_is_said_in_words_and_nothing_more(self, client: Browser, world: Any) -> None:
        answer = client.post("/accounts/login/", {"login": "ann@alder.example", "password": "not-the-password"})
        assert "data-errors" in answer.text and "do not match" in answer.text

    def test_the_picture_to_scan_needs_no_data_address(self, as_user: Callable[..., Browser], world: Any) -> None:
        browser = as_user(world.people["ann"])
        fresh = {"password": PASSWORD, "next": "/accounts/2fa/totp/activate/"}
        text = browser.post("/accounts/reauthenticate/", fresh, follow=True).text
        assert looks_like_ours(text) and "<svg" in text and "data:image" not in text
