"""Films of telephones (MP4, MOV): blank the boxes that say where and with what they were taken, in place.

Title, place and device stand in `udta`, `meta` and `uuid` boxes; pictures and sound stand elsewhere and keep their offsets.
Sensor tracks that some action cameras weave into the film itself are not found by this.
"""

from collections.abc import Iterator
from typing import BinaryIO

BLANKED = frozenset({b"udta", b"meta", b"uuid"})
ENTERED = frozenset({b"moov", b"trak", b"moof", b"traf"})
DEEPEST = 4
ZEROS = bytes(65536)


def blank_places(film: BinaryIO, size: int) -> int:
    """Turn such boxes into free space full of zeros. Returns how many. `film` is open for reading and writing."""
    found = list(boxes_to_blank(film, 0, size, DEEPEST))
    for start, head, end in found:
        film.seek(start + 4)
        film.write(b"free")
        film.seek(start + head)
        for left in range(end - start - head, 0, -len(ZEROS)):
            film.write(ZEROS[:left])
    return len(found)


def boxes_to_blank(film: BinaryIO, start: int, end: int, deeper: int) -> Iterator[tuple[int, int, int]]:
    """(start, length of its head, end) of each; a broken length ends the walk."""
    while start + 8 <= end:
        film.seek(start)
        head = film.read(16)
        length, kind, skip = int.from_bytes(head[:4], "big"), head[4:8], 8
        if length == 1:
            length, skip = int.from_bytes(head[8:16], "big"), 16
        length = length or end - start
        if length < skip or start + length > end:
            return
        if kind in BLANKED:
            yield start, skip, start + length
        elif kind in ENTERED and deeper:
            yield from boxes_to_blank(film, start + skip, start + length, deeper - 1)
        start += length
