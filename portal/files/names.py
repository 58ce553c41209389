"""Names of files as they may be shown, stored in a row and offered for download. Pure."""

import re
import unicodedata

from django.utils.translation import gettext as _

from portal.files.limits import NAME_LENGTH
from portal.files.taken import BadFile

# What Windows, macOS, a telephone, or a web server next to us would run when somebody opens it.
PROGRAMME_WORDS = (
    "ade adp app application appref-ms asp aspx asx bas bat chm cmd com cpl diagcab dll exe gadget hlp hta htc ins"
    " iso img isp jar jnlp js jse ksh library-ms lnk mde msc msi msix msixbundle appx appxbundle msp mst pif pl"
    " ps1 ps1xml ps2 psc1 psd1 psm1 py pyc pyw pyz reg scf scr sct search-ms settingcontent-ms shb shs sys udl url"
    " vb vbe vbs vhd vhdx website wim ws wsc wsf wsh xbap xll cgi php php3 php4 php5 php7 phar phtml pht phps jsp"
    " jspx sh bash apk deb rpm dmg pkg run ocx drv scpt command workflow"
)
PROGRAMMES = frozenset(PROGRAMME_WORDS.split())
# A raw picture carries where it was taken, and only its preview could be cleaned.
RAW_WORDS = "3fr arw cr2 cr3 dng erf nef nrw orf pef raf raw rw2 srw"
RAW_PICTURES = frozenset(RAW_WORDS.split())
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
# Control, format (bidi overrides, zero width), surrogate, private and unassigned characters; line and paragraph ends.
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def clean_name(raw: str) -> str:
    """The last part of a path, without anything that hides, reorders or breaks; at most 180 characters, never empty."""
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", raw))[-1]
    name = "".join(" " if letter in "\t\r\n" else letter for letter in name)
    name = "".join(letter for letter in name if unicodedata.category(letter) not in UNSEEN)
    name = re.sub(r'[<>:"|?*%;]', "_", re.sub(r"\s+", " ", name))
    # Windows drops dots and spaces at the end: "a.exe. " would become a programme again on the way out.
    name = name.strip(" .")
    if RESERVED.fullmatch(split(name)[0]):
        name = f"_{name}"
    return shorten(name) or "file"


def split(name: str) -> tuple[str, str]:
    """Stem and ending without its dot, the ending in small letters: ("Plan", "pdf")."""
    stem, dot, ending = name.rpartition(".")
    return (stem, ending.strip().lower()) if dot and stem else (name, "")


def shorten(name: str) -> str:
    """Cut the stem, never a sensible ending."""
    if len(name) <= NAME_LENGTH:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 20:
        return name[:NAME_LENGTH].rstrip(" .")
    return f"{stem[: NAME_LENGTH - len(ending) - 1].rstrip(' .')}.{ending}"


def with_ending(name: str, ending: str) -> str:
    """The same name with another ending; the old one goes only when it is one."""
    stem, old = split(name)
    return shorten(f"{stem if old and len(old) <= 5 else name}.{ending}")


def refuse_programme(name: str) -> None:
    """Raises BadFile for a name that would run when it is opened, and for raw pictures."""
    ending = split(name)[1]
    if ending in PROGRAMMES:
        raise BadFile(
            _(
                "“%(name)s” could run as a programme when somebody opens it, so we do not take it. Tell us what it is about, or send a screenshot."
            )
            % {"name": name}
        )
    if ending in RAW_PICTURES:
        raise BadFile(
            _("“%(name)s” is a raw picture, from which we cannot remove the place. Please send it as a JPEG.")
            % {"name": name}
        )
