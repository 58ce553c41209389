"""Menus show only what leads somewhere, and only to those who may go there."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings
from django.urls import include, path

from portal import navigation
from portal.actors import Actor
from portal.context import Shell
from portal.navigation import Count


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


desk = [path("", page, name="queue"), path("clients/", page, name="clients")]
client = [path("", page, name="home"), path("people/", page, name="people")]
urlpatterns = [
    path("desk/", include((desk, "desk"))),
    path("c/<slug:slug>/", include((client, "client"))),
]


@dataclass
class Named:
    slug: str


@pytest.fixture(autouse=True)
def few_pages() -> Iterator[None]:
    forget_addresses()
    with override_settings(ROOT_URLCONF=__name__):
        yield
    forget_addresses()


def forget_addresses() -> None:
    navigation.exists.cache_clear()
    navigation.address.cache_clear()


def staff(address: str) -> Shell:
    request = RequestFactory().get(address)
    request.actor = Actor("staff", "Cora Carter", role="agent")  # type: ignore[attr-defined]
    return Shell(request)


def member(address: str, *roles: str) -> Shell:
    request = RequestFactory().get(address)
    request.actor = Actor("member", "Ann Archer")  # type: ignore[attr-defined]
    request.client = Named("alder")  # type: ignore[attr-defined]
    request.roles = frozenset(roles)  # type: ignore[attr-defined]
    return Shell(request)


def test_pages_that_do_not_exist_are_not_offered() -> None:
    assert [line.entry.label for line in staff("/desk/").nav] == ["Queue", "Clients"]


def test_a_start_page_is_not_above_every_other_page() -> None:
    assert [line.current for line in staff("/desk/").nav] == [True, False]
    assert [line.current for line in staff("/desk/elsewhere/").nav] == [False, False]


def test_the_present_page_is_marked_by_its_longest_address() -> None:
    assert [line.current for line in staff("/desk/clients/alder/").nav] == [False, True]
    assert [line.current for line in staff("/desk/tickets/x/").nav] == [True, False]


def test_only_managers_see_the_managers_pages() -> None:
    assert [line.url for line in member("/c/alder/", "author").nav] == ["/c/alder/"]
    assert [line.url for line in member("/c/alder/", "author", "manager").nav] == ["/c/alder/", "/c/alder/people/"]


def test_a_registered_number_stands_beside_its_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_counters", {"desk:queue": lambda request: Count(11, hot=True)})
    assert staff("/desk/").nav[0].count == Count(11, hot=True)


def test_a_visitor_has_no_menu() -> None:
    assert Shell(RequestFactory().get("/")).nav == []


@pytest.mark.parametrize(("cookie", "theme"), [("dark", "dark"), ("light", "light"), ("", ""), ('"><x', "")])
def test_only_known_colour_schemes_reach_the_page(cookie: str, theme: str) -> None:
    request = RequestFactory().get("/")
    request.COOKIES["theme"] = cookie
    assert Shell(request).theme == theme


def test_single_keys_can_be_switched_off() -> None:
    request = RequestFactory().get("/")
    assert Shell(request).keys is True
    request.COOKIES["keys"] = "off"
    assert Shell(request).keys is False
