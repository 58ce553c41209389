"""Addresses and tokens that our own tags put into a page are Django's (portal/templatetags/settled.py)."""

from typing import Any

import pytest
from django.template import Context, engines
from django.test import RequestFactory
from django.urls import NoReverseMatch, reverse


def drawn(source: str, **given: Any) -> str:
    template = engines["django"].engine.from_string(source)  # type: ignore[attr-defined]
    return str(template.render(Context(given)))


@pytest.mark.parametrize("word", ["K7QM-2XRD", "a b/ü", "", 7], ids=["plain", "quoted", "empty", "number"])
def test_an_address_is_what_django_says(word: object) -> None:
    source = "{% url 'desk:assign' word %}{% url 'desk:assign' word as kept %}{{ kept }}{% url 'desk:queue' %}"
    try:
        said = reverse("desk:assign", args=[word])
    except NoReverseMatch:
        with pytest.raises(NoReverseMatch):
            drawn(source, word=word)
        return
    assert drawn(source, word=word) == said * 2 + reverse("desk:queue")


def test_an_address_that_is_not_there_fails_aloud() -> None:
    with pytest.raises(NoReverseMatch):
        drawn("{% url 'desk:no-such-page' %}")
    assert drawn("{% url 'desk:no-such-page' as none %}[{{ none }}]") == "[]"


def test_a_form_carries_its_token() -> None:
    template = engines["django"].from_string("{% csrf_token %}")
    assert 'name="csrfmiddlewaretoken" value="' in template.render({}, RequestFactory().get("/"))
