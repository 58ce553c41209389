"""Draw a logo and its icon: `logo.py IN LOGO ICON WIDTH HEIGHT ICON_SIDE MEMORY SECONDS BYTES`, sizes in pixels.

IN is a picture that was drawn anew before (picture.py). Both results are PNG. One line of JSON on standard output:
{"width", "height", "seen"} (seen: share of its pixels, per mille, that stand out on white paper), {"refused"} or {"errno"}.
"""

import json
import sys
from typing import Any

from limits import take_limits  # type: ignore[import-not-found] # its neighbour; run as a script, isolated
from PIL import Image

# A pixel stands out on white paper when its darkness is at least this (0 is white, 255 black): 3 to 1 as WCAG reckons it.
STANDS_OUT = 106
CLEAR = 8


def main(source: str, logo: str, icon: str, most: tuple[int, int], side: int) -> dict[str, Any]:
    with Image.open(source, formats=["PNG", "JPEG", "WEBP"]) as given:
        picture = trimmed(given.convert("RGBA"))
    picture.thumbnail(most, Image.Resampling.LANCZOS)
    picture.save(logo, format="PNG", optimize=True)
    square(picture, side).save(icon, format="PNG", optimize=True)
    return {"width": picture.width, "height": picture.height, "seen": standing_out(picture)}


def trimmed(picture: Image.Image) -> Image.Image:
    """Without the empty margin that many files have: it would make the mark small."""
    box = picture.getchannel("A").point(lambda alpha: 255 if alpha > CLEAR else 0).getbbox()
    return picture.crop(box) if box else picture


def square(picture: Image.Image, side: int) -> Image.Image:
    """The icon: the whole logo in a square, for a wide one its left end, where marks stand."""
    shorter = min(picture.size)
    part = picture if picture.width <= 2 * shorter else picture.crop((0, 0, shorter, shorter))
    part = part.copy()
    part.thumbnail((side, side), Image.Resampling.LANCZOS)
    ground = Image.new("RGBA", (side, side), (255, 255, 255, 0))
    ground.paste(part, ((side - part.width) // 2, (side - part.height) // 2))
    return ground


def standing_out(picture: Image.Image) -> int:
    paper = Image.new("RGBA", picture.size, "white")
    grey = Image.alpha_composite(paper, picture).convert("L")
    dark = sum(grey.histogram()[: 256 - STANDS_OUT])
    return round(1000 * dark / (picture.width * picture.height))


def answer() -> dict[str, Any]:
    source, logo, icon = sys.argv[1:4]
    width, height, side = (int(value) for value in sys.argv[4:7])
    try:
        return main(source, logo, icon, (width, height), side)
    except MemoryError:
        return {"refused": "memory"}
    except OSError as error:
        # Pillow says "damaged" with an OSError that has no number; those of the disk have one.
        return {"errno": error.errno} if error.errno else {"refused": "damaged", "why": repr(error)}


if __name__ == "__main__":
    take_limits(*(int(value) for value in sys.argv[7:10]))
    json.dump(answer(), sys.stdout)
