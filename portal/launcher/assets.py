"""The generated files, made at set-up and never in git: the web font, and the faces that documents are set in."""

from pathlib import Path

import fontpkg_inter
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from portal.documents import fontcutting, fonts
from portal.launcher.runfile import BASE

TARGET = BASE / "static" / "generated" / "inter.woff2"
SOURCE = Path(fontpkg_inter.__file__).parent / "files" / "Inter[opsz,wght].ttf"
LICENCE = Path(fontpkg_inter.__file__).parent / "LICENSE"
LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x218, 0x21C)]
# Dashes, quotes, bullets, euro, numero, trademark, arrows, minus, comparison, check mark, space for thousands.
SIGNS = [ord(sign) for sign in "–—‘’‚“”„†•…‰′″‹›€№™←↑→↓↔↗↵⇧⌘−×÷≈≠≤≥✓✗\u2002\u2003\u2009\u200a\u202f\u2011"]
FEATURES = ["kern", "liga", "calt", "ccmp", "locl", "mark", "mkmk", "tnum", "case", "ss03", "cv05", "zero"]


def make_font(target: Path = TARGET) -> bool:
    """Cut Inter down to the letters that British English needs, with weights 400 to 700; True when it was made, False when it already stood there."""
    if target.exists() and target.stat().st_mtime >= Path(__file__).stat().st_mtime:
        return False
    font = TTFont(SOURCE)
    options = subset.Options(flavor="woff2", layout_features=FEATURES, notdef_outline=True)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=LATIN + SIGNS)
    cutter.subset(font)
    # The optical size stays at text size: it would add a third of the bytes, and headings here are small.
    font = instancer.instantiateVariableFont(font, {"wght": (400, 400, 700), "opsz": 14})
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".new")
    subset.save_font(font, str(fresh), options)
    fresh.replace(target)
    (target.parent / "inter-licence.txt").write_bytes(LICENCE.read_bytes())
    return True


def make_all() -> list[str]:
    """Make what is missing or made from an older version; the names of what was made."""
    made = ["web font"] if make_font() else []
    if not fonts.is_complete():
        fontcutting.cut()
        made.append("document fonts")
    return made


if __name__ == "__main__":
    print(f"Fonts: {', '.join(make_all()) or 'nothing to do'}.")
