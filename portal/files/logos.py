"""A supplier's logo: from a file that was taken to two small PNGs whose every byte is ours."""

import hashlib
import shutil
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from portal.files.intake import judged, working_folder_entry
from portal.files.limits import MB, in_words
from portal.files.store import open_stored
from portal.files.taken import BadFile, Taken

KINDS = frozenset({"image/png", "image/jpeg", "image/webp"})
LOGO_BYTES, LOGO_PIXELS, SMALLEST = 2 * MB, 6000, 24
# Drawn for print: 480 pixels are 4 cm at 300 dots an inch. In a snapshot and on every page it stays small.
WIDTH, HEIGHT, ICON_SIDE, KEPT_BYTES = 640, 240, 64, 256 * 1024
SEEN_PER_MILLE = 10


@dataclass(frozen=True, slots=True)
class Drawn:
    """A logo ready to keep. `data` and `icon` are PNG; `sha256` is of `data`; sizes in pixels."""

    data: bytes = field(repr=False)
    icon: bytes = field(repr=False)
    sha256: str
    width: int
    height: int


def draw_logo(file: Taken) -> Drawn:
    """Draw a taken picture as a logo. Raises BadFile with a sentence for what cannot be one."""
    refuse_wrong(file)
    with working_folder_entry() as source, working_folder_entry() as logo, working_folder_entry() as icon:
        with open_stored(file.storage_name) as stored, source.open("wb") as copy:
            shutil.copyfileobj(stored, copy)
        answer = judged(file.name, "logo.py", source, logo, icon, WIDTH, HEIGHT, ICON_SIDE)
        data, small = logo.read_bytes(), icon.read_bytes()
    if answer["seen"] < SEEN_PER_MILLE:
        raise BadFile(
            _("“%(name)s” is so light that nobody sees it on white paper. Use the form made for a light ground.")
            % {"name": file.name}
        )
    if len(data) > KEPT_BYTES:
        raise BadFile(
            _("“%(name)s” has too much detail for a logo. Use a plain drawing, not a photograph.") % {"name": file.name}
        )
    return Drawn(data, small, hashlib.sha256(data).hexdigest(), answer["width"], answer["height"])


def refuse_wrong(file: Taken) -> None:
    """Raises BadFile for what is no picture of ours, too large or too small."""
    if file.content_type not in KINDS:
        raise BadFile(
            _("“%(name)s” is no PNG, JPEG or WebP. An SVG can hold programmes: export it as PNG, 500 pixels wide.")
            % {"name": file.name}
        )
    width, height = file.width or 0, file.height or 0
    if file.size > LOGO_BYTES or max(width, height) > LOGO_PIXELS:
        most = {"name": file.name, "bytes": in_words(LOGO_BYTES), "pixels": LOGO_PIXELS}
        raise BadFile(
            _("“%(name)s” is larger than %(bytes)s or %(pixels)s pixels on a side. Export it smaller.") % most
        )
    if min(width, height) < SMALLEST:
        raise BadFile(
            _("“%(name)s” is smaller than %(pixels)s pixels on a side and would look blurred.")
            % {"name": file.name, "pixels": SMALLEST}
        )
