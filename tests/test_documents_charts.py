"""A chart says everything in words, carries its figures, and cannot be broken by a label."""

from decimal import Decimal
from xml.etree import ElementTree

import pytest

from portal.documents.charts import Point, Series, bar_chart, line_chart, stacked_bar

SVG = "{http://www.w3.org/2000/svg}"
POINTS = [Point("Jan", Decimal("96.4")), Point("Feb", None), Point("Mar", Decimal("100.0"))]


def drawn(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


@pytest.mark.parametrize(
    "svg",
    [
        bar_chart(POINTS, title="Share", unit="%", top=Decimal(100)),
        line_chart(["a", "b", "c"], [Series("met", [Decimal(1), None, Decimal(3)])], title="Trend"),
        stacked_bar(POINTS, title="Parts"),
    ],
)
def test_a_chart_is_an_image_with_its_data_as_title(svg: str) -> None:
    root = drawn(svg)
    assert root.get("role") == "img"
    title = root.find(f"{SVG}title")
    assert title is not None
    assert title.text == root.get("aria-label")
    assert "no figure" in str(title.text)


def test_presentation_attributes_only() -> None:
    svg = bar_chart(POINTS, title="Share", unit="%")
    assert "style=" not in svg
    assert "<style" not in svg
    assert all(text.get("font-family") for text in drawn(svg).iter(f"{SVG}text"))


def test_every_bar_carries_its_figure_and_a_gap_says_none() -> None:
    texts = [
        text.text for text in drawn(bar_chart(POINTS, title="Share", unit="%", top=Decimal(100))).iter(f"{SVG}text")
    ]
    assert {"96.4%", "100%", "none"} <= set(texts)


def test_lines_differ_without_colour() -> None:
    svg = line_chart(
        ["a", "b"], [Series("met", [Decimal(1), Decimal(2)]), Series("not met", [Decimal(2), Decimal(1)])], title="T"
    )
    dashes = [
        path.get("stroke-dasharray") for path in drawn(svg).iter(f"{SVG}path") if path.get("class") == "chart-line"
    ]
    assert len(set(dashes)) == 2


def test_labels_are_text_and_never_markup() -> None:
    svg = bar_chart([Point('<script>"&', Decimal(1))], title="</title><script>")
    assert "<script" not in svg
    assert 'script>"&' in str(drawn(svg).get("aria-label"))


def test_the_axis_of_counts_has_whole_numbers() -> None:
    svg = line_chart(["a"], [Series("met", [Decimal(5)])], title="T")
    texts = {text.text for text in drawn(svg).iter(f"{SVG}text")}
    assert {"0", "3", "6"} <= texts


def test_nothing_at_all_still_draws() -> None:
    assert drawn(bar_chart([], title="Empty")) is not None
    assert drawn(stacked_bar([], title="Empty")) is not None
    assert drawn(line_chart([], [Series("met", [])], title="Empty")) is not None


def test_many_labels_do_not_touch() -> None:
    points = [Point(f"Month {number}", Decimal(1)) for number in range(40)]
    labels = [
        text for text in drawn(bar_chart(points, title="Many")).iter(f"{SVG}text") if str(text.text).startswith("Month")
    ]
    assert len(labels) < 20
