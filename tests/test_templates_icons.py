"""Only icons that exist are named, in templates and in the menus."""

import re

import lucide
import pytest
from django.template import Context, Template

from portal import context, navigation
from portal.templatetags import ui
from tests import templates

IN_TEMPLATES = re.compile(r"\{% icon \"([\w-]+)\"|\bicon=\"([\w-]+)\"")


def named_in_templates() -> set[str]:
    found = [IN_TEMPLATES.findall(path.read_text()) for path in templates.pages()]
    return {name for matches in found for pair in matches for name in pair if name}


def named_in_menus() -> set[str]:
    menus = {entry.icon for entry in navigation.DESK + navigation.CLIENT}
    return menus | {icon for _, _, icon in context.COMMANDS} | set(ui.BANNER_ICONS.values())


@pytest.mark.parametrize("name", sorted(named_in_templates() | named_in_menus()))
def test_the_icon_exists(name: str) -> None:
    assert ui.icon(name).startswith("<svg")


def test_an_unknown_icon_is_an_error() -> None:
    with pytest.raises(lucide.IconDoesNotExist):
        ui.icon("no-such-icon")


def test_an_icon_without_words_is_hidden_from_the_ear_and_one_with_words_is_read() -> None:
    assert 'aria-hidden="true"' in ui.icon("inbox")
    assert 'role="img" aria-label="Queue"' in ui.icon("inbox", 16, "Queue")


def test_the_words_of_an_icon_are_escaped() -> None:
    drawn = Template('{% load ui %}{% icon "inbox" 16 words %}').render(Context({"words": '"><script>'}))
    assert "<script>" not in drawn
