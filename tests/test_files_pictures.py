"""Pictures come through as pixels only: where and with what they were taken stays behind (issue A slice 5)."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from portal.files import BadFile, take
from portal.files import intake as taking
from tests.filemaking import DEVICE, GPS, XMP, bytes_of, folder, opened, picture, stored_files, upload  # noqa: F401

pytestmark = pytest.mark.usefixtures("folder")

KINDS = [
    ("JPEG", "photo.jpg", "photo.jpg", "image/jpeg"),
    ("HEIF", "IMG_0001.HEIC", "IMG_0001.jpg", "image/jpeg"),
    ("AVIF", "photo.avif", "photo.jpg", "image/jpeg"),
    ("PNG", "shot.png", "shot.png", "image/png"),
    ("WEBP", "shot.webp", "shot.webp", "image/webp"),
    ("TIFF", "scan.tif", "scan.tif", "image/tiff"),
]


@pytest.mark.parametrize(("kind", "sent", "name", "content_type"), KINDS)
def test_a_picture_loses_place_and_device(kind: str, sent: str, name: str, content_type: str) -> None:
    original = picture(kind)
    assert DEVICE.encode() in original
    taken = take(upload(sent, original))
    found = opened(taken.storage_name)
    assert (taken.name, taken.content_type) == (name, content_type)
    assert (taken.width, taken.height) == found.size == (64, 40)
    assert not found.getexif().get_ifd(GPS)
    assert DEVICE.encode() not in bytes_of(taken.storage_name)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_stands_the_right_way_up(kind: str) -> None:
    """Orientation 6: the camera was held upright, so red is at the top."""
    taken = take(upload("a." + kind.lower(), picture(kind, orientation=6)))
    found = opened(taken.storage_name).convert("RGB")
    assert found.size == (40, 64)
    assert found.getpixel((20, 5))[0] > 200  # type: ignore[index]
    assert found.getpixel((20, 60))[2] > 200  # type: ignore[index]


def test_comments_and_xmp_stay_behind() -> None:
    original = picture("JPEG", comment=b"my home address", xmp=XMP)
    assert b"GPSLatitude" in original
    kept = bytes_of(take(upload("a.jpg", original)).storage_name)
    assert b"GPSLatitude" not in kept
    assert b"home address" not in kept


def test_texts_in_a_png_stay_behind() -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", XMP.decode())
    texts.add_text("Author", "my home address", zip=True)
    kept = bytes_of(take(upload("a.png", picture("PNG", pnginfo=texts))).storage_name)
    assert b"GPSLatitude" not in kept
    assert [chunk for chunk in (b"tEXt", b"iTXt", b"zTXt", b"eXIf") if chunk in kept] == []


def test_what_hides_behind_the_last_byte_stays_behind() -> None:
    kept = bytes_of(take(upload("a.jpg", picture("JPEG") + b"<script>alert(1)</script>")).storage_name)
    assert b"script" not in kept


def test_see_through_stays_see_through() -> None:
    clear, out = Image.new("RGBA", (8, 8), (255, 0, 0, 0)), io.BytesIO()
    clear.save(out, "PNG")
    assert opened(take(upload("a.png", out.getvalue())).storage_name).getpixel((1, 1)) == (255, 0, 0, 0)


def test_a_see_through_heic_lies_on_white() -> None:
    clear, out = Image.new("RGBA", (64, 64), (255, 0, 0, 0)), io.BytesIO()
    clear.save(out, "HEIF")
    assert opened(take(upload("a.heic", out.getvalue())).storage_name).getpixel((30, 30)) == (255, 255, 255)


@pytest.mark.parametrize(("kind", "name"), [("PNG", "a.png"), ("WEBP", "a.webp")])
def test_a_moving_picture_keeps_moving(kind: str, name: str) -> None:
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "green", "blue")]
    out = io.BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=[100, 200, 300], loop=0)
    assert getattr(opened(take(upload(name, out.getvalue())).storage_name), "n_frames", 1) == 3


def test_a_scan_keeps_its_pages() -> None:
    pages, out = [Image.new("L", (20, 30), shade) for shade in (10, 200)], io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    assert getattr(opened(take(upload("a.tiff", out.getvalue())).storage_name), "n_frames", 1) == 2


def test_a_print_picture_becomes_one_for_screens() -> None:
    out = io.BytesIO()
    Image.new("CMYK", (8, 8)).save(out, "JPEG")
    assert opened(take(upload("a.jpg", out.getvalue())).storage_name).mode == "RGB"


def test_a_moving_gif_keeps_its_frames_and_loses_its_words() -> None:
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "green", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=90, loop=0, comment=b"my home address")
    taken = take(upload("a.gif", out.getvalue() + b"<script>"))
    kept = bytes_of(taken.storage_name)
    assert b"home address" not in kept
    assert b"script" not in kept
    found = opened(taken.storage_name)
    assert (getattr(found, "n_frames", 1), found.info["duration"], found.info["loop"]) == (3, 90, 0)
    assert (taken.width, taken.height) == (16, 16)


def bomb(side: int) -> bytes:
    """A PNG of a few kilobytes that claims to be side x side."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(min(side // 8 + 1, 4000) * 2000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [8_000, 30_000, 2_000_000_000])
def test_a_bomb_is_refused_before_it_goes_off(side: int, folder: Path) -> None:
    with pytest.raises(BadFile) as caught:
        take(upload("bomb.png", bomb(side)))
    assert caught.value.sentence.startswith("“bomb.png” ")
    assert stored_files(folder) == []


def test_frames_count_into_the_cap() -> None:
    frames = [Image.new("1", (3000, 3000), shade % 2) for shade in range(7)]
    out = io.BytesIO()
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:], compression="group4")
    with pytest.raises(BadFile, match="more than 50 million pixels"):
        take(upload("many.tif", out.getvalue()))


def test_a_huge_gif_is_refused() -> None:
    out = io.BytesIO()
    Image.new("P", (8, 8)).save(out, "GIF")
    data = bytearray(out.getvalue())
    data[6:10] = b"\xff\xff\xff\xff"
    with pytest.raises(BadFile, match="more than 50 million pixels"):
        take(upload("a.gif", bytes(data)))


@pytest.mark.parametrize(("kind", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png"), ("HEIF", "a.heic"), ("GIF", "a.gif")])
def test_a_damaged_picture_is_refused(kind: str, name: str, folder: Path) -> None:
    whole = picture(kind, size=(640, 480)) if kind != "GIF" else gif()
    with pytest.raises(BadFile, match=f"“{name}” is damaged"):
        take(upload(name, whole[: len(whole) // 2]))
    assert stored_files(folder) == []


def gif() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((64, 64), 50).convert("P").save(out, "GIF")
    return out.getvalue()


def test_a_picture_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr("portal.files.guarded.PICTURE_SECONDS", 0.001)
    with pytest.raises(BadFile, match="cannot be read"):
        take(upload("a.png", picture("PNG")))
    assert stored_files(folder) == []


def test_a_picture_that_needs_too_much_memory_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.files.guarded.PICTURE_MEMORY_BYTES", 120 * 1024 * 1024)
    with pytest.raises(BadFile, match=r"“a.png”"):
        take(upload("a.png", picture("PNG", size=(6000, 6000))))


def test_the_child_knows_no_secret_of_the_portal(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is started with a closed environment; what it answers is about the picture only."""
    monkeypatch.setenv("PORTAL_SECRET_KEY", "x" * 60)
    seen: list[dict[str, str]] = []
    real = taking.run_child.__globals__["subprocess"].run

    def watched(*args: object, **kwargs: dict[str, str]) -> object:
        seen.append(kwargs["env"])
        return real(*args, **kwargs)

    monkeypatch.setattr("portal.files.guarded.subprocess.run", watched)
    take(upload("a.png", picture("PNG")))
    assert [set(environment) & {"PORTAL_SECRET_KEY", "DATABASE_URL"} for environment in seen] == [set()]
