"""The faces that documents are set in, and whether they are there: static cuts of Inter (portal.documents.fontcutting).

The child sees these and DejaVu (for other scripts) and no other font of the machine, so that the same snapshot gives the
same bytes on every machine. Free of fontTools, because every web process comes by here.
"""

import importlib.metadata
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parents[2]
FOLDER = BASE_DIR / "static" / "generated" / "pdf-fonts"
FALLBACK_FOLDERS = (Path("/usr/share/fonts/truetype/dejavu"),)
# (file, family, design weight, optical size, weight class told to the font finder)
FACES = (
    ("inter-regular.ttf", "Inter", 400, 14, 400),
    ("inter-semibold.ttf", "Inter", 610, 14, 600),
    ("inter-display.ttf", "Inter Display", 640, 32, 600),
)
FINDER = "fonts.conf"
STAMP = "source.txt"
# The font finder looks here and nowhere else, and never takes a colour font: those cannot be embedded as outlines.
FINDER_TEXT = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
<dir prefix="relative">.</dir>{fallback}
<cachedir prefix="xdg">fontconfig</cachedir>
<alias binding="same"><family>sans-serif</family><prefer><family>Inter</family><family>DejaVu Sans</family></prefer></alias>
<selectfont><rejectfont><pattern><patelt name="color"><bool>true</bool></patelt></pattern></rejectfont></selectfont>
</fontconfig>
"""
# No contextual alternates: Inter's would print "->" as an arrow and "2x4" with a multiplication sign, which is not
# what was written.
FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "tnum", "zero", "case"]


def is_complete(folder: Path = FOLDER) -> bool:
    """Whether all faces are there and were cut from the installed version of Inter."""
    stamp = folder / STAMP
    return stamp.exists() and stamp.read_text() == stamp_text() and all((folder / face[0]).exists() for face in FACES)


def stamp_text() -> str:
    """What the faces were cut from, and how."""
    return (
        f"fontpkg-inter {importlib.metadata.version('fontpkg-inter')} faces {FACES} features {FEATURES} {FINDER_TEXT}\n"
    )
