"""Bytes to text when the charset is unknown, missing or a lie. Never raises."""

import codecs
import re
from gettext import gettext as _

from tickets.rules.mail.notes import Notes

# Only these are asked of Python's codecs: others of its names unpack, run or escape what they are given.
KNOWN_WORDS = """
ascii utf-8 utf-7 utf-16 utf-16-le utf-16-be utf-32 utf-32-le utf-32-be cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256
cp1257 cp1258 cp437 cp850 cp852 cp855 cp858 cp866 cp874 cp932 cp949 cp950 big5 big5hkscs gb18030 gbk gb2312 hz euc_jp
euc_kr euc_jis_2004 shift_jis johab iso2022_jp iso2022_jp_1 iso2022_jp_2 iso2022_kr iso8859-1 iso8859-2 iso8859-3
iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-9 iso8859-10 iso8859-11 iso8859-13 iso8859-14 iso8859-15
iso8859-16 koi8-r koi8-u mac-roman mac-cyrillic tis-620 ptcp154
"""
KNOWN = frozenset(KNOWN_WORDS.split())
ALIASES = {
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "gb2312": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "windows-31j": "cp932",
    "windows-874": "cp874",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
    "ansi": "cp1252",
}
# As browsers do: what says Latin-1 means its Windows sister, which has quotes where the other has controls.
WIDENED = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874"}
SINGLE_BYTE = re.compile("cp125|iso8859|ascii|koi8|mac|cp[48]|tis")
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
META = re.compile(rb"""charset\s{0,5}=\s{0,5}["']?([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)


def codec_named(charset: str) -> str | None:
    """Python's name of a charset that we decode, or None."""
    name = charset.strip(" \"'").lower()
    name = ALIASES.get(name, name)
    if not name or len(name) > 40 or not name.isascii() or "\0" in name:
        return None
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return found if found in KNOWN else None


def decoded(data: bytes, charset: str, notes: Notes) -> str:
    """The text: by its byte order mark, then as declared if that fits, then as UTF-8, then as Windows Latin, always something."""
    for mark, name in BOMS:
        if data.startswith(mark):
            return data.decode(name, "replace").lstrip("\ufeff")
    if data.isascii() and not _shifts(charset):
        return data.decode("ascii")
    codec = codec_named(charset)
    if charset and codec is None:
        notes.odd(_("A charset that nobody knows was named; the text was read as UTF-8 or Windows Latin."))
    if codec == "utf-7":
        notes.odd(_("The text was written in UTF-7."))
    text = _strictly(data, codec, notes)
    return text if text is not None else _anyhow(data, notes)


def declared_inside(page: bytes) -> str:
    """The charset that an HTML page names itself, or nothing."""
    found = META.search(page[:2048])
    return found.group(1).decode("ascii") if found else ""


def _shifts(charset: str) -> bool:
    """Whether plain ASCII bytes mean something else in it."""
    codec = codec_named(charset) or ""
    return codec.startswith(("utf-7", "utf-16", "utf-32", "iso2022", "hz"))


def _strictly(data: bytes, codec: str | None, notes: Notes) -> str | None:
    if codec is None or (codec.startswith(("utf-16", "utf-32")) and b"\0" not in data):
        return None
    if SINGLE_BYTE.match(codec) and (text := _as(data, "utf-8")) is not None:
        # Accented Latin that is valid UTF-8 by chance does not happen in sentences.
        notes.odd(_("The text says it is in an 8-bit charset but was UTF-8, and was read so."))
        return text
    return _as(data, WIDENED.get(codec, codec))


def _as(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError):
        return None


def _anyhow(data: bytes, notes: Notes) -> str:
    text = _as(data, "utf-8")
    if text is None:
        notes.odd(_("The text does not fit its charset; it was read as Windows Latin, and some letters may be wrong."))
        text = data.decode("cp1252", "replace")
    return text
