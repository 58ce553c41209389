"""How much is taken. Sizes are bytes."""

from django.utils.translation import gettext as _

from portal.files.taken import TooLarge

MB = 1024 * 1024
FILE_BYTES = 25 * MB
POST_BYTES = 60 * MB
POST_FILES = 10
NAME_LENGTH = 180
CLIENT_DAY_BYTES = 1024 * MB
PERSON_DAY_BYTES = 300 * MB

# 48 megapixels is what today's telephones take at most in ordinary use; decoded it is 200 MB.
PICTURE_PIXELS = 50_000_000
PICTURE_SECONDS = 20
PICTURE_MEMORY_BYTES = 1280 * MB
ARCHIVE_ENTRIES = 10_000
ARCHIVE_UNPACKED_BYTES = 2048 * MB


def in_words(size: int) -> str:
    """A size as people read it: 640 bytes, 12 KB, 3.4 MB."""
    if size < 1024:
        return _("%(size)s bytes") % {"size": size}
    if size < MB:
        return f"{size // 1024} KB"
    return f"{size / MB:.1f}".removesuffix(".0") + " MB"


def too_large(name: str) -> TooLarge:
    return TooLarge(
        _("“%(name)s” is larger than %(in_words)s. Please leave it out or share a link.")
        % {"name": name, "in_words": in_words(FILE_BYTES)}
    )
