"""An accent is measured before it is used: refused with its figure and the nearest colour that can be read."""

import pytest

from portal.rules import colours
from portal.rules.colours import (
    DARK_GROUNDS,
    LIGHT_GROUNDS,
    contrast,
    dark_figures,
    dark_scheme,
    is_readable,
    light_figures,
    light_scheme,
    nearest_readable,
    refusal,
    stylesheet,
)
from tests.test_templates_colours import GROUNDS, TOKENS

CHOSEN = ["#0b6166", "#000000", "#ffffff", "#ff0000", "#ffff00", "#00ff00", "#1f5ca6", "#7f7f7f", "#c2410c", "#ff8fd0"]


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#767676", "#ffffff", 4.54),
        ("#777777", "#ffffff", 4.48),
        ("#0000ff", "#ffffff", 8.59),
        ("#ff0000", "#ffffff", 4.00),
    ],
)
def test_contrast_is_reckoned_as_wcag_does(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert contrast(one, other) == contrast(other, one)


@pytest.mark.parametrize(
    ("accent", "nearest"),
    [
        ("#0b6166", "#0b6166"),
        ("#000000", "#000000"),
        ("#1f5ca6", "#1f5ca6"),
        ("#c2410c", "#c0400c"),
        ("#ff0000", "#d70000"),
        ("#ffff00", "#6f6f00"),
        ("#00ff00", "#007e00"),
        ("#ffffff", "#6b6b6b"),
    ],
)
def test_the_nearest_readable_colour_keeps_the_hue(accent: str, nearest: str) -> None:
    assert nearest_readable(accent) == nearest
    assert is_readable(accent) is (accent == nearest)
    assert is_readable(nearest)


def test_the_refusal_says_the_figure_and_the_nearest_colour() -> None:
    assert refusal("#ffff00") == (
        "Links on light grounds would have a contrast of 1.01 to 1, and 4.5 to 1 is needed to read them. "
        "The nearest colour that can be read is #6f6f00."
    )
    assert refusal("#0b6166") == ""


@pytest.mark.parametrize("accent", CHOSEN)
def test_every_figure_of_what_is_offered_is_enough_in_both_schemes(accent: str) -> None:
    figures = light_figures(light_scheme(nearest_readable(accent))) + dark_figures(dark_scheme(accent))
    assert [one for one in figures if not one.enough] == []


@pytest.mark.parametrize("accent", CHOSEN)
def test_other_inks_stay_readable_on_the_grounds_made_from_it(accent: str) -> None:
    for scheme, number in ((light_scheme(nearest_readable(accent)), 0), (dark_scheme(accent), 1)):
        for ink in ("ink", "ink-2", "warn", "bad"):
            assert min(contrast(TOKENS[ink][number], ground) for ground in (scheme.soft, scheme.selected)) >= 4.5


def test_the_grounds_are_those_of_the_stylesheet() -> None:
    assert set(LIGHT_GROUNDS) == {TOKENS[name][0] for name in GROUNDS}
    assert set(DARK_GROUNDS) == {TOKENS[name][1] for name in GROUNDS}
    assert TOKENS["accent"][0] == colours.USUAL


def test_the_same_colour_gives_the_same_stylesheet_and_another_another() -> None:
    assert stylesheet("#1f5ca6") == stylesheet("#1f5ca6") != stylesheet("#1f5ca7")
    assert stylesheet("#1f5ca6", ".sample").startswith("@layer tokens { .sample {")
    assert colours.digest_of("#1f5ca6") != colours.digest_of("#1f5ca7")


@pytest.mark.parametrize("text", ["0b6166", "#0B6166", "#0b616", "#0b61667", "red;}", "#0b6166\n"])
def test_what_is_no_colour_is_none(text: str) -> None:
    assert not colours.is_colour(text)
