"""The faces that documents are set in: static cuts of Inter, made once at set-up from the fontpkg-inter package.

A PDF cannot hold a variable font, and cutting one takes seconds; so we cut the three faces that the stylesheet uses before
the first document needs them. The child sees these and DejaVu (for other scripts) and no other font of the machine, so
that the same snapshot gives the same bytes on every machine.
"""

import importlib.metadata
import io
import os
import tempfile
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

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
# The font finder looks here and nowhere else, and never takes a colour font: those cannot be embedded as outlines.
_FINDER_TEXT = """<?xml version="1.0"?>
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
_FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "tnum", "zero", "case"]
_LAST_LATIN_TO_CYRILLIC = 0x0530
_SYMBOLS = range(0x1E00, 0x2800)


def source_font() -> Path:
    """The variable Inter that the fontpkg-inter package brings."""
    files = importlib.metadata.files("fontpkg-inter") or []
    return next(Path(str(file.locate())) for file in files if file.name == "Inter[opsz,wght].ttf")


def is_complete(folder: Path = FOLDER) -> bool:
    """Whether all faces are there and were cut from the installed version of Inter."""
    stamp = folder / "source.txt"
    return stamp.exists() and stamp.read_text() == _stamp() and all((folder / face[0]).exists() for face in FACES)


def cut(folder: Path = FOLDER) -> None:
    """Write the faces into the folder, about ten seconds; each file appears whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    narrowed = _narrowed()
    for name, family, weight, size, weight_class in FACES:
        variable = TTFont(io.BytesIO(narrowed), recalcTimestamp=False)
        font = instantiateVariableFont(variable, {"wght": weight, "opsz": size})
        _rename(font, family, weight_class)
        _replace(folder / name, _bytes_of(font))
    fallback = "".join(f"<dir>{path}</dir>" for path in FALLBACK_FOLDERS)
    _replace(folder / FINDER, _FINDER_TEXT.format(fallback=fallback).encode())
    _replace(folder / "source.txt", _stamp().encode())


def _narrowed() -> bytes:
    """Inter with the Latin, Greek and Cyrillic letters and the signs that documents use."""
    font = TTFont(source_font(), recalcTimestamp=False)
    wanted = [code for code in font.getBestCmap() if code < _LAST_LATIN_TO_CYRILLIC or code in _SYMBOLS]
    options = subset.Options(layout_features=_FEATURES, notdef_outline=True, name_IDs=["*"], recalc_timestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=wanted)
    cutter.subset(font)
    return _bytes_of(font)


def _bytes_of(font: TTFont) -> bytes:
    stream = io.BytesIO()
    font.save(stream, reorderTables=True)
    return stream.getvalue()


def _rename(font: TTFont, family: str, weight_class: int) -> None:
    style = "Regular" if weight_class == 400 else "SemiBold"
    names = font["name"]
    names.names = [record for record in names.names if record.nameID in (0, 5, 13, 14)]
    for name_id, text in ((1, family), (2, style), (4, f"{family} {style}"), (6, f"{family}-{style}".replace(" ", ""))):
        names.setName(text, name_id, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight_class


def _replace(target: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=target.suffix)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
    scratch = Path(name)
    scratch.chmod(0o644)
    scratch.replace(target)


def _stamp() -> str:
    return f"fontpkg-inter {importlib.metadata.version('fontpkg-inter')} faces {FACES} features {_FEATURES} {_FINDER_TEXT}\n"


if __name__ == "__main__":
    cut()
