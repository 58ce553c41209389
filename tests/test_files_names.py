"""Names of files: shown as they are meant, never as they are crafted (TRUST A19)."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.files import BadFile
from portal.files.names import NAME_LENGTH, UNSEEN, clean_name, refuse_programme, with_ending

CLEANED = [
    ("Plan.pdf", "Plan.pdf"),
    ("../../etc/passwd", "passwd"),
    ("C:\\Users\\ann\\Desktop\\Fault report.docx", "Fault report.docx"),
    ("a\r\nSet-Cookie: x=1\r\n\r\n.png", "a Set-Cookie_ x=1 .png"),
    ("invoice\u202efdp.exe", "invoicefdp.exe"),
    ("zero\u200bwidth\ufeff.txt", "zerowidth.txt"),
    ("nul\0byte.txt", "nulbyte.txt"),
    ("  spaced \t out .txt", "spaced out .txt"),
    (".htaccess", "htaccess"),
    ("programme.exe. . ", "programme.exe"),
    ("a.exe::$DATA", "a.exe__$DATA"),
    ("<script>alert(1)</script>.png", "script_.png"),
    ("CON.txt", "_CON.txt"),
    ("lpt1", "_lpt1"),
    ("", "file"),
    ("/", "file"),
    ("\u202e", "file"),
    ("Müller – Übersicht.xlsx", "Müller – Übersicht.xlsx"),
    ("Mu\u0308ller.txt", "Müller.txt"),
    ("请求.pdf", "请求.pdf"),
]


@pytest.mark.parametrize(("raw", "name"), CLEANED)
def test_a_name_is_its_last_part_without_tricks(raw: str, name: str) -> None:
    assert clean_name(raw) == name


def test_a_long_name_keeps_its_ending() -> None:
    name = clean_name("x" * 400 + ".pdf")
    assert len(name) == NAME_LENGTH
    assert name.endswith("x.pdf")


def test_a_long_ending_is_no_ending() -> None:
    assert len(clean_name("a." + "x" * 400)) == NAME_LENGTH


@given(st.text(max_size=400))
def test_no_name_hides_anything(raw: str) -> None:
    name = clean_name(raw)
    assert 0 < len(name) <= NAME_LENGTH
    assert not set(name) & set('/\\<>:"|?*\r\n\0')
    assert not {unicodedata.category(letter) for letter in name} & UNSEEN
    assert clean_name(name) == name


@pytest.mark.parametrize(
    "raw",
    [
        "a.exe",
        "A.EXE",
        "invoice.pdf.exe",
        "a.exe. ",
        "photo\u202egpj.scr",
        "run.JS",
        "x.bat",
        "a.hta",
        "b.lnk",
        "c.pht",
        "d.ps1",
    ],
)
def test_what_would_run_is_refused_by_name(raw: str) -> None:
    name = clean_name(raw)
    with pytest.raises(BadFile) as caught:
        refuse_programme(name)
    assert caught.value.sentence.startswith(f"“{name}” could run as a programme")


@pytest.mark.parametrize("name", ["exe", "report.pdf", "letter.eml", "a.exe.txt", "notes", "page.html", "sheet.xlsm"])
def test_what_does_not_run_is_let_through(name: str) -> None:
    refuse_programme(name)


def test_a_raw_picture_is_asked_for_as_jpeg() -> None:
    with pytest.raises(BadFile, match="send it as a JPEG"):
        refuse_programme("IMG_1.DNG")


@pytest.mark.parametrize(
    ("name", "new"),
    [
        ("IMG_1.HEIC", "IMG_1.jpg"),
        ("IMG_1", "IMG_1.jpg"),
        ("v1.2 final draft", "v1.2 final draft.jpg"),
        ("a.b.heic", "a.b.jpg"),
    ],
)
def test_a_new_ending_takes_the_old_ones_place(name: str, new: str) -> None:
    assert with_ending(name, "jpg") == new
