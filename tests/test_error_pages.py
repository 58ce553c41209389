"""The error pages stand when nothing else does: no request, no context, no database."""

from typing import Any

import pytest
from django.template.loader import render_to_string

from tests.cast import MORNING, World

CODES = ["400", "403", "404", "409", "413", "429", "500", "503"]


@pytest.mark.parametrize("name", [*CODES, "403_csrf"])
def test_an_error_page_needs_nothing(name: str) -> None:
    text = render_to_string(f"{name}.html")
    assert text.count("<h1>") == 1 and name[:3] in text and 'href="/"' in text


def test_a_refusal_says_why() -> None:
    assert "suspended &amp; closed" in render_to_string("403.html", {"exception": "suspended & closed"})


def test_a_conflict_leads_back_to_what_changed() -> None:
    text = render_to_string("409.html", {"sentence": "Lee accepted it at 10:41.", "back_url": "/desk/t/"})
    assert "Lee accepted it at 10:41." in text and 'href="/desk/t/"' in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("ben", "/c/alder/requests/forms/?q="), ("cora", "/desk/articles/?state="), ("cora", "/desk/articles/?category="),
        ("cora", "/desk/articles/?audience="), ("lee", "/desk/clients/?q="),
    ],
    ids=["forms", "state", "category", "audience", "clients"],
)  # fmt: skip
def test_a_nul_in_an_address_is_refused_in_plain_words(
    world: World, as_user: Any, frozen: Any, who: str, path: str
) -> None:
    frozen(MORNING)
    answer = as_user(world.people[who]).get(f"{path}a%00")
    assert answer.status_code == 400 and "does not understand" in answer.content.decode()
    assert as_user(world.people[who]).get(f"{path}%2500").status_code == 200
