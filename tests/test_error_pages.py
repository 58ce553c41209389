"""The error pages stand when nothing else does: no request, no context, no database."""

import pytest
from django.template.loader import render_to_string

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
