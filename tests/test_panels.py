"""Upper floors add parts to the pages of lower floors."""

import pytest
from django.test import RequestFactory

from portal import panels


@pytest.fixture(autouse=True)
def empty(monkeypatch):
    monkeypatch.setattr(panels, "PANELS", panels.defaultdict(dict))


def add(name, **changes):
    facts = {"template": "parts/meter.html", "context": lambda request, **facts: {"width": 7, "label": name}}
    panels.register("client home", name=name, **(facts | changes))


def test_panels_stand_in_order_of_position_then_name():
    add("late", position=200)
    add("b")
    add("a")
    assert [panel.name for panel in panels.panels_for("client home")] == ["a", "b", "late"]


def test_a_panel_without_anything_to_say_is_left_out():
    add("silent", context=lambda request, **facts: None)
    add("spoken", context=lambda request, **facts: {"width": facts["width"], "label": "Spoken"})
    [part] = panels.render("client home", RequestFactory().get("/"), width=5)
    assert "Spoken" in part


def test_registering_again_replaces():
    add("a")
    add("a", position=1)
    assert len(panels.panels_for("client home")) == 1


def test_a_place_that_no_page_has_is_a_mistake():
    with pytest.raises(ValueError, match="client house"):
        panels.register("client house", name="x", template="x.html", context=lambda request: None)
