"""Whether a supplier's accent can be read, and the colours made from it (WCAG 2.2, 1.4.3 and 1.4.11). Pure.

A colour is "#rrggbb" in small letters; a contrast is a ratio from 1 to 21.
"""

import re
from collections.abc import Iterable
from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from django.utils.translation import gettext

COLOUR = re.compile(r"#[0-9a-f]{6}")
TEXT, RING = 4.5, 3.0
# What the dark scheme's accent aims at on its darkest common ground, so that links do not look dull there.
DARK_AIM = 7.0
USUAL = "#0b6166"
# The grounds of static/css/app.css on which links, buttons and focus rings stand; a test holds both together.
LIGHT_GROUNDS = ("#ffffff", "#f4f6f6", "#eaeeee", "#f1f5f5", "#fff8e3")
DARK_GROUNDS = ("#14191c", "#0d1113", "#0a0d0f", "#1b2226", "#1a2125", "#29230f")
LIGHT, DARK = LIGHT_GROUNDS[0], DARK_GROUNDS[0]
STEPS = 256


@dataclass(frozen=True, slots=True)
class Scheme:
    """The accent and what goes with it, in one colour scheme. `soft` and `selected` are grounds, `on` stands on the accent."""

    accent: str
    hover: str
    on: str
    soft: str
    selected: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured contrast: of what, how much, how much is needed."""

    of: str
    ratio: float
    needed: float

    @property
    def enough(self) -> bool:
        return self.ratio >= self.needed


def is_colour(text: str) -> bool:
    return COLOUR.fullmatch(text) is not None


def parts_of(colour: str) -> tuple[float, float, float]:
    """Red, green and blue from 0 to 1."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def colour_of(parts: Iterable[float]) -> str:
    return "#" + "".join(f"{round(255 * min(1.0, max(0.0, part))):02x}" for part in parts)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG reckons it, 0 to 1."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts_of(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours; the order does not matter."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def worst(colour: str, grounds: Iterable[str]) -> float:
    return min(contrast(colour, ground) for ground in grounds)


def mixed(colour: str, ground: str, share: float) -> str:
    """`share` of the colour, the rest of the ground."""
    pairs = zip(parts_of(colour), parts_of(ground), strict=True)
    return colour_of(share * mine + (1 - share) * theirs for mine, theirs in pairs)


def with_lightness(colour: str, lightness: float) -> str:
    """The same hue and saturation, lighter or darker (0 to 1)."""
    hue, _, saturation = rgb_to_hls(*parts_of(colour))
    return colour_of(hls_to_rgb(hue, lightness, saturation))


def light_scheme(accent: str) -> Scheme:
    """The accent as it was chosen, with what goes with it on light grounds."""
    return Scheme(
        accent, mixed(accent, "#000000", 0.78), "#ffffff", mixed(accent, LIGHT, 0.1), mixed(accent, LIGHT, 0.09),
    )  # fmt: skip


def dark_scheme(accent: str) -> Scheme:
    """The same hue, as much lighter as dark grounds ask for."""
    light = next(one for one in ladder(accent, up=True) if contrast(one, DARK) >= DARK_AIM and reads_on_dark(one))
    return made_dark(light)


def made_dark(accent: str) -> Scheme:
    return Scheme(
        accent, mixed(accent, "#ffffff", 0.75), mixed(accent, "#000000", 0.16), mixed(accent, DARK, 0.14),
        mixed(accent, DARK, 0.12),
    )  # fmt: skip


def reads_on_dark(accent: str) -> bool:
    return all(one.enough for one in dark_figures(made_dark(accent)))


def ladder(accent: str, *, up: bool) -> Iterable[str]:
    """The colour itself, then step by step lighter (to white) or darker (to black)."""
    yield accent
    start = rgb_to_hls(*parts_of(accent))[1]
    end = 1.0 if up else 0.0
    for step in range(1, STEPS + 1):
        yield with_lightness(accent, start + (end - start) * step / STEPS)


def light_figures(scheme: Scheme) -> list[Figure]:
    return figures(scheme, LIGHT_GROUNDS, "light")


def dark_figures(scheme: Scheme) -> list[Figure]:
    return figures(scheme, DARK_GROUNDS, "dark")


def figures(scheme: Scheme, grounds: tuple[str, ...], words: str) -> list[Figure]:
    """What must be readable in one scheme, the worst case of each."""
    on_button = min(contrast(scheme.on, scheme.accent), contrast(scheme.on, scheme.hover))
    return [
        Figure(
            gettext("Links on %(words)s grounds") % {"words": words},
            worst(scheme.accent, (*grounds, scheme.soft, scheme.selected)),
            TEXT,
        ),
        Figure(gettext("Words on %(words)s buttons") % {"words": words}, on_button, TEXT),
        Figure(gettext("Focus ring on %(words)s grounds") % {"words": words}, worst(scheme.accent, grounds), RING),
    ]


def accent_figures(accent: str) -> list[Figure]:
    """Every figure of both schemes, for people who choose a colour."""
    return light_figures(light_scheme(accent)) + dark_figures(dark_scheme(accent))


def is_readable(accent: str) -> bool:
    """Whether the colour can be used as it is. The dark scheme's is made so that it can."""
    return all(one.enough for one in light_figures(light_scheme(accent)))


def nearest_readable(accent: str) -> str:
    """The colour itself, or the lightest of its hue that can be read on every light ground."""
    return next(one for one in ladder(accent, up=False) if is_readable(one))


def refusal(accent: str) -> str:
    """Why the accent cannot be used, with the figure and the nearest that can; "" when it can."""
    if is_readable(accent):
        return ""
    low = min(light_figures(light_scheme(accent)), key=lambda one: one.ratio / one.needed)
    return gettext(
        "%(of)s would have a contrast of %(ratio)s to 1, and %(needed)s to 1 is needed to read them. The nearest colour that can be read is %(nearest_readable)s."
    ) % {"of": low.of, "ratio": f"{low.ratio:.2f}", "needed": low.needed, "nearest_readable": nearest_readable(accent)}


def stylesheet(accent: str, selector: str = ":root") -> str:
    """The tokens of both schemes that follow the accent; the same colour gives the same text."""
    light, dark = light_scheme(accent), dark_scheme(accent)
    tokens = {
        "accent": (light.accent, dark.accent),
        "accent-hover": (light.hover, dark.hover),
        "on-accent": (light.on, dark.on),
        "accent-soft": (light.soft, dark.soft),
        "selected": (light.selected, dark.selected),
        "toast-act": (dark.accent, light.accent),
    }
    lines = "".join(f"  --{name}: light-dark({one}, {other});\n" for name, (one, other) in tokens.items())
    return f"@layer tokens {{ {selector} {{\n{lines}}} }}\n"


@lru_cache(maxsize=64)
def digest_of(accent: str) -> str:
    """8 hexadecimal digits over a colour's stylesheet, for its address."""
    return sha256(stylesheet(accent).encode()).hexdigest()[:8]


def address_of(accent: str) -> dict[str, str]:
    """What the address of a colour's stylesheet holds."""
    return {"colour": accent[1:], "digest": digest_of(accent)}
