"""Real files for the tests: pictures that know where they were taken, films, archives, and a folder to take them into."""

import io
import struct
import zipfile
from pathlib import Path
from typing import Any

import pillow_heif
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from portal.files import open_stored

pillow_heif.register_heif_opener()

ORIENTATION, MAKER, GPS = 0x0112, 0x010F, 0x8825
DEVICE = "Secret Telephone 9"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><exif:GPSLatitude>51,30N</exif:GPSLatitude></x:xmpmeta>'


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    """An empty store of this test."""
    place = tmp_path / "files"
    settings.PORTAL_FILES = place
    settings.PORTAL_SCANNER = ""
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "portal.files.storage.WholeFiles", "OPTIONS": {"location": place}}
    }
    return place


def upload(name: str, data: bytes, said: str = "text/html") -> SimpleUploadedFile:
    """What a browser sends. The type it says is wrong on purpose: nobody may believe it."""
    return SimpleUploadedFile(name, data, content_type=said)


def exif(orientation: int = 1) -> Image.Exif:
    facts = Image.Exif()
    facts[ORIENTATION], facts[MAKER] = orientation, DEVICE
    facts.get_ifd(GPS).update({1: "N", 2: (51.0, 30.0, 0.0), 3: "W", 4: (0.0, 7.0, 0.0)})
    return facts


def picture(kind: str, size: tuple[int, int] = (64, 40), orientation: int = 1, **more: Any) -> bytes:
    """Left half red, right half blue, taken in London by a secret telephone."""
    drawn = Image.new("RGB", size, "red")
    drawn.paste("blue", (size[0] // 2, 0, size[0], size[1]))
    out = io.BytesIO()
    drawn.save(out, kind, exif=exif(orientation), **more)
    return out.getvalue()


def opened(storage_name: str) -> Image.Image:
    with open_stored(storage_name) as file:
        found = Image.open(io.BytesIO(file.read()))
    found.load()
    return found


def bytes_of(storage_name: str) -> bytes:
    with open_stored(storage_name) as file:
        return file.read()


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + kind + content


def film(brand: bytes = b"isom") -> bytes:
    """An MP4 as a telephone writes it: the place stands in moov/udta and in moov/meta."""
    place = box(b"\xa9xyz", struct.pack(">HH", 18, 0x15C7) + b"+51.5000-000.1200/")
    keys = box(b"meta", b"com.apple.quicktime.location.ISO6709 +51.5000-000.1200/")
    track = box(b"trak", box(b"mdia", b"sound and pictures") + box(b"udta", b"+51.5000-000.1200/"))
    return (
        box(b"ftyp", brand + bytes(4) + brand)
        + box(b"moov", track + box(b"udta", place) + keys)
        + box(b"mdat", b"frames" * 9)
    )


def archive(**entries: bytes) -> bytes:
    """A ZIP; double underscores in names stand for dots, three for slashes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in entries.items():
            packed.writestr(name.replace("___", "/").replace("__", "."), content)
    return out.getvalue()


def stored_files(folder: Path) -> list[str]:
    """Everything that lies in the store, uploads in the making included."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
