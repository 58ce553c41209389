"""The parts of pages: what they say, to the eye and to the ear, and that nothing a person typed becomes markup."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django import forms
from django.http import HttpResponse
from django.template import Context, Template
from django.template.loader import render_to_string

from portal.templatetags import ui
from portal.toasts import toast

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
EVIL = "<script>alert(1)</script>"


def drawn(text: str, **values: Any) -> str:
    return Template("{% load ui times %}" + text).render(Context(values))


@pytest.mark.parametrize(("name", "letters"), [("Priya Nair", "PN"), ("Ann B. Archer", "AA"), ("Cher", "C"), ("", "?")])
def test_initials(name: str, letters: str) -> None:
    assert ui.initials(name) == letters


@pytest.mark.parametrize(("size", "words"), [(1, "1 kB"), (14_000, "14 kB"), (2_300_000, "2.3 MB")])
def test_sizes_as_people_read_them(size: int, words: str) -> None:
    assert ui.filesize(size) == words


@pytest.mark.parametrize(
    "text",
    [
        "{% chip tone=evil title=evil %}{{ evil }}{% endchip %}",
        "{% card evil chip=evil link=evil url=evil %}{{ evil }}{% endcard %}",
        "{% facts %}{% fact evil %}{{ evil }}{% endfact %}{% endfacts %}",
        "{% banner %}<p>{{ evil }}</p>{% endbanner %}",
        "{% emptystate evil %}<p>{{ evil }}</p>{% endemptystate %}",
        "{% avatar evil evil %}",
    ],
)
def test_what_people_typed_never_becomes_markup(text: str) -> None:
    assert "<script>" not in drawn(text, evil=EVIL)


def test_a_message_escapes_its_body_and_its_files() -> None:
    file = {"name": EVIL, "size": 1, "url": "/f/", "note": EVIL}
    message = {"author": EVIL, "at": NOON, "body": EVIL, "kind": "client", "files": [file]}
    assert "<script>" not in render_to_string("parts/message.html", {"message": message})


def test_a_queue_row_says_what_colour_and_shape_say() -> None:
    sla = {"tone": "over", "left": "22 m over", "percent": 0, "due": "Due 10:18 today", "say": "Answer"}
    row = {"ref": "K7QM-2XRD", "url": "/x/", "subject": "Help", "client": "Alder", "sla": sla, "unread": True}
    group = {"name": "Due today", "tone": "", "count": 1, "rows": [row | {"since": NOON, "target": "4 h"}]}
    text = render_to_string("parts/queue_rows.html", {"groups": [group]})
    assert "Unread: " in text and 'aria-label="Nobody yet"' in text and "Answer within " in text


def test_the_error_summary_links_to_the_field_and_names_it() -> None:
    class Asked(forms.Form):
        words = forms.CharField(label="What happened?")

    text = render_to_string("parts/error_summary.html", {"form": Asked({})})
    assert '<a href="#id_words">What happened? This field is required.</a>' in text


def test_a_field_ties_its_help_and_its_error_to_the_control() -> None:
    class Asked(forms.Form):
        words = forms.CharField(help_text="In your own words.")

    text = str(Asked({})["words"].as_field_group())
    assert 'aria-describedby="id_words_helptext id_words_error"' in text
    assert 'id="id_words_helptext"' in text and 'id="id_words_error"' in text and 'aria-invalid="true"' in text


def test_each_form_gets_a_key_of_its_own() -> None:
    assert ui.once() != ui.once()


def test_a_toast_is_plain_ascii_in_its_header() -> None:
    answer = toast(HttpResponse(), "Sent to Zoë", undo="/undo/", seconds=10)
    assert answer["HX-Trigger"].isascii() and "Zo\\u00eb" in answer["HX-Trigger"]
