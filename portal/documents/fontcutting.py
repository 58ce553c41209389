"""Cutting the documents' faces from the fontpkg-inter package, once at set-up: `python -m portal.documents.fontcutting`.

A PDF cannot hold a variable font, and cutting one takes seconds; so we cut the three faces that the stylesheet uses before
the first document needs them.
"""

import importlib.metadata
import io
import os
import tempfile
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from portal.documents.fonts import FACES, FALLBACK_FOLDERS, FEATURES, FINDER, FINDER_TEXT, FOLDER, STAMP, stamp_text

_LAST_LATIN_TO_CYRILLIC = 0x0530
_SYMBOLS = range(0x1E00, 0x2800)


def source_font() -> Path:
    """The variable Inter that the fontpkg-inter package brings."""
    files = importlib.metadata.files("fontpkg-inter") or []
    return next(Path(str(file.locate())) for file in files if file.name == "Inter[opsz,wght].ttf")


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
    _replace(folder / FINDER, FINDER_TEXT.format(fallback=fallback).encode())
    _replace(folder / STAMP, stamp_text().encode())


def _narrowed() -> bytes:
    """Inter with the Latin, Greek and Cyrillic letters and the signs that documents use."""
    font = TTFont(source_font(), recalcTimestamp=False)
    wanted = [code for code in font.getBestCmap() if code < _LAST_LATIN_TO_CYRILLIC or code in _SYMBOLS]
    options = subset.Options(layout_features=FEATURES, notdef_outline=True, name_IDs=["*"], recalc_timestamp=False)
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


if __name__ == "__main__":
    cut()
