"""What a file is, by its bytes. Pure. The allow list: what is not on it is application/octet-stream, for download only."""

import re
from collections.abc import Collection

from portal.files.names import split

OTHER = "application/octet-stream"
ZIP = "application/zip"
# Shown in the page when somebody asks for it; everything else is only ever downloaded.
INLINE = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})
# Types that we draw anew, with the name by which the child knows them.
PICTURES = {
    "image/jpeg": "jpeg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
    "image/avif": "avif",
    "image/bmp": "bmp",
    "image/tiff": "tiff",
}
FILMS = frozenset({"video/mp4", "video/quicktime", "audio/mp4"})
STARTS = [
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
]
HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
OFFICE = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
OFFICE_PARTS = {"docx": "word", "xlsx": "xl", "pptx": "ppt"}
OLE = {
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "msg": "application/vnd.ms-outlook",
}
OLE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TEXTS = {"txt": "text/plain", "log": "text/plain", "md": "text/plain", "json": "text/plain", "csv": "text/csv"}
MAIL_HEAD = re.compile(rb"^(?:[!-9;-~]+:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n){2}")
PROGRAMME_STARTS = (
    b"MZ",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"\xfe\xed\xfa\xcf",
    b"L\0\0\0\x01\x14\x02\0",
)


def type_of(head: bytes, name: str, whole_is_text: bool) -> str:
    """The media type of a file that starts with `head` (4 KB are enough).

    The name only chooses between kinds that look alike: an ending never makes a picture of what is none.
    """
    for start, found in STARTS:
        if head.startswith(start) and (found != "image/bmp" or looks_like_bmp(head)):
            return found
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return by_brand(head)
    ending = split(name)[1]
    if head.startswith(OLE_START):
        return OLE.get(ending, OTHER)
    return text_type(head, ending) if whole_is_text else OTHER


def looks_like_bmp(head: bytes) -> bool:
    return head[6:10] == b"\0\0\0\0" and head[14:18] in (b"\x28\0\0\0", b"\x6c\0\0\0", b"\x7c\0\0\0", b"\x0c\0\0\0")


def by_brand(head: bytes) -> str:
    """HEIC, AVIF, MP4 and MOV share one box format and differ by their brand."""
    length = min(int.from_bytes(head[:4], "big"), 256)
    brands = {head[8:12], *(head[place : place + 4] for place in range(16, length - 3, 4))}
    major = head[8:12]
    if major in (b"avif", b"avis") or (b"avif" in brands and not brands & {b"heic", b"heix"}):
        return "image/avif"
    if major in HEIC_BRANDS:
        return "image/heic"
    return {b"qt  ": "video/quicktime", b"M4A ": "audio/mp4"}.get(major, "video/mp4")


def text_type(head: bytes, ending: str) -> str:
    if ending == "eml" and MAIL_HEAD.match(head):
        return "message/rfc822"
    return TEXTS.get(ending, OTHER)


def zip_type(folders: Collection[str], name: str) -> str:
    """The type of an archive with these folders: an Office document, or just an archive."""
    ending = split(name)[1]
    return OFFICE[ending] if ending in OFFICE and OFFICE_PARTS[ending] in folders else ZIP


def is_programme(head: bytes) -> bool:
    """Windows, Linux, macOS and Java programmes, and Windows links, whatever they are called."""
    return head.startswith(PROGRAMME_STARTS)


def ending_agrees(name: str, ending: str) -> bool:
    same = {"jpg": {"jpg", "jpeg", "jpe", "jfif"}, "tif": {"tif", "tiff"}}
    return split(name)[1] in same.get(ending, {ending})
