"""Colours stand in one place and can be read: WCAG asks 4.5:1 for text and 3:1 for borders; we keep a margin."""

import re

import pytest

from tests import templates

LAYERS = ("reset", "base", "layout", "components", "utilities", "print")
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|rgba|hsl|hsla|oklch|oklab|lab|lch|color|light-dark)\(")
TOKEN = re.compile(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)")
TOKENS = {name: (light, dark) for name, light, dark in TOKEN.findall(templates.layer("tokens"))}
TEXT, BORDER = 4.7, 3.2
GROUNDS = ("canvas", "surface", "raised", "sunken", "hover", "note")
PAIRS = [
    *[
        (ink, ground)
        for ink in ("ink", "ink-2", "ink-3", "accent", "bad", "warn", "good", "info")
        for ground in GROUNDS
    ],
    *[(ink, "selected") for ink in ("ink", "ink-2", "accent", "warn", "bad")],
    *[(tone, f"{tone}-soft") for tone in ("accent", "bad", "warn", "good", "info")],
    *[("ink", f"{tone}-soft") for tone in ("accent", "bad", "warn", "good", "info")],
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("on-bad", "bad-solid"),
    ("on-toast", "toast"),
    ("toast-act", "toast"),
]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("layer", LAYERS)
def test_no_colour_stands_outside_the_tokens(layer: str) -> None:
    assert COLOUR.findall(templates.layer(layer)) == []


def test_a_stray_colour_would_be_found() -> None:
    assert COLOUR.search(".x { color: #fff }") and COLOUR.search(".x { color: rgb(0 0 0) }")


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_can_be_read_on_its_ground(ink: str, ground: str, scheme: int) -> None:
    assert contrast(TOKENS[ink][scheme], TOKENS[ground][scheme]) >= TEXT


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["canvas", "surface", "note"])
def test_borders_of_controls_can_be_seen(ground: str, scheme: int) -> None:
    assert contrast(TOKENS["line-strong"][scheme], TOKENS[ground][scheme]) >= BORDER


def test_every_token_that_is_used_exists() -> None:
    css = templates.STYLESHEET.read_text()
    made = set(re.findall(r"--([\w-]+):", css))
    assert set(re.findall(r"var\(--([\w-]+)", css)) <= made
