"""What a file is, is said by its bytes; what is not on the list is only ever downloaded (TRUST A16, A19; ASVS 5.2.2)."""

from pathlib import Path

import pytest

from portal.files import BadFile, take
from portal.files.limits import FILE_BYTES
from portal.files.sniff import INLINE, OTHER
from tests.filemaking import archive, bytes_of, film, folder, picture, stored_files, upload  # noqa: F401

pytestmark = pytest.mark.usefixtures("folder")

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DOCX = archive(word___document__xml=b"<w/>", __Content_Types___xml=b"<t/>", word___embeddings___oleObject1__bin=b"x")
MAIL = b"From: ann@example.org\r\nTo: support@example.org\r\nSubject: odd\r\n\r\nIs this yours?\r\n"

KINDS = [
    ("a.pdf", b"%PDF-1.7\n%\xe2\xe3", "application/pdf"),
    ("letter.eml", MAIL, "message/rfc822"),
    ("log.txt", "12:00 Grüße\n".encode(), "text/plain"),
    ("list.csv", b"a,b\n1,2\n", "text/csv"),
    ("a.docx", DOCX, WORD),
    ("a.zip", DOCX, "application/zip"),
    ("a.docx", archive(a__txt=b"not a document"), "application/zip"),
    ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "application/msword"),
    ("odd.pdf", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), OTHER),
    ("page.html", b"<!doctype html><script>alert(1)</script>", OTHER),
    ("picture.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', OTHER),
    ("photo.png", b"<script>alert(1)</script>", OTHER),
    ("photo.jpg", b"GIF89", OTHER),
    ("log.txt", b"caf\xe9 in an old code page", OTHER),
    ("log.txt", b"zero\0byte", OTHER),
    ("unknown", bytes(range(256)), OTHER),
    ("BM.txt", b"BM is how this sentence starts", "text/plain"),
    ("MZ.txt", b"MZ is how this sentence starts", "text/plain"),
]


@pytest.mark.parametrize(("name", "data", "content_type"), KINDS)
def test_the_bytes_say_what_it_is(name: str, data: bytes, content_type: str) -> None:
    taken = take(upload(name, data))
    assert (taken.name, taken.content_type, taken.size) == (name, content_type, len(data))
    assert bytes_of(taken.storage_name) == data


def test_nothing_that_can_hold_a_script_is_shown_in_a_page() -> None:
    assert {"image/png", "image/jpeg", "image/webp", "image/gif"} == INLINE


def test_a_picture_under_a_wrong_name_gets_the_right_ending() -> None:
    assert take(upload("evil.html", picture("PNG"))).name == "evil.png"
    assert take(upload("shot.jpg", picture("PNG"))).name == "shot.png"
    assert take(upload("pasted", picture("JPEG"))).name == "pasted.jpg"


def test_a_picture_that_is_also_a_page_is_only_a_picture() -> None:
    """The polyglot trick: a picture's head, a page behind it."""
    kept = bytes_of(take(upload("a.png", picture("PNG") + b"<html><script>alert(1)</script>")).storage_name)
    assert b"<html>" not in kept


@pytest.mark.parametrize("start", [b"MZ\x90\0\3", b"\x7fELF\2\1", b"\xca\xfe\xba\xbe\0\0\xff"])
def test_a_programme_is_refused_under_any_name(start: bytes, folder: Path) -> None:
    with pytest.raises(BadFile, match=r"“holiday.pdf” is a programme"):
        take(upload("holiday.pdf", start + bytes(range(256))))
    assert stored_files(folder) == []


def test_a_programme_in_an_archive_is_refused() -> None:
    with pytest.raises(BadFile, match="holds a programme"):
        take(upload("a.zip", archive(docs___a__txt=b"x", docs___b__exe=b"MZ")))


def test_an_archive_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.files.intake.ARCHIVE_UNPACKED_BYTES", 1_000_000)
    with pytest.raises(BadFile, match="unpacks to more than we take"):
        take(upload("bomb.zip", archive(a__txt=bytes(2_000_000))))


def test_an_archive_of_too_many_files_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.files.intake.ARCHIVE_ENTRIES", 5)
    with pytest.raises(BadFile, match="unpacks to more than we take"):
        take(upload("many.zip", archive(**{f"f{number}__txt": b"" for number in range(6)})))


def test_a_broken_archive_is_refused() -> None:
    with pytest.raises(BadFile, match="damaged"):
        take(upload("a.zip", archive(a__txt=b"some words")[:40]))


@pytest.mark.parametrize(
    ("brand", "content_type"), [(b"isom", "video/mp4"), (b"qt  ", "video/quicktime"), (b"M4A ", "audio/mp4")]
)
def test_a_film_loses_where_it_was_taken(brand: bytes, content_type: str) -> None:
    original = film(brand)
    taken = take(upload("clip.mp4", original))
    kept = bytes_of(taken.storage_name)
    assert taken.content_type == content_type
    assert b"+51.5000" in original
    assert b"+51.5000" not in kept
    assert b"sound and pictures" in kept
    assert len(kept) == len(original)  # what plays keeps its place


def test_a_film_with_broken_lengths_does_no_harm() -> None:
    broken = film()[:24] + b"\xff\xff\xff\xffmoov" + bytes(40) + b"\0\0\0\1udta" + b"\xff" * 8
    assert take(upload("clip.mp4", broken)).size == len(broken)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(BadFile, match=r"“a.txt” is empty"):
        take(upload("a.txt", b""))


def test_a_file_over_the_cap_is_refused(folder: Path) -> None:
    with pytest.raises(BadFile, match="larger than 25 MB") as caught:
        take(upload("a.txt", b"x" * (FILE_BYTES + 1)))
    assert caught.value.status == 413
    assert stored_files(folder) == []


def test_what_a_sender_says_about_the_size_is_not_believed() -> None:
    lying = upload("a.txt", b"x" * (FILE_BYTES + 1))
    lying.size = 3
    with pytest.raises(BadFile, match="larger than 25 MB"):
        take(lying)
