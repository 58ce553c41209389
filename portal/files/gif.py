"""GIFs keep their frames as they are and lose what is written beside them: comments, foreign blocks, bytes after the end."""

from dataclasses import dataclass, field

LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


class BrokenGif(Exception):
    pass


@dataclass
class Reading:
    data: bytes
    place: int = 0
    kept: list[bytes] = field(default_factory=list)

    def take(self, count: int) -> bytes:
        piece = self.data[self.place : self.place + count]
        if len(piece) < count:
            raise BrokenGif
        self.place += count
        return piece

    def take_blocks(self) -> bytes:
        """Data blocks up to and with the empty one that ends them."""
        start = self.place
        while length := self.take(1)[0]:
            self.take(length)
        return self.data[start : self.place]


def plain_gif(data: bytes) -> tuple[bytes, int, int]:
    """The GIF without comments, its width and its height. Raises BrokenGif."""
    reading = Reading(data)
    head = reading.take(13)
    reading.kept += [head, reading.take(table_size(head[10]))]
    while (mark := reading.take(1)[0]) != 0x3B:
        if mark == 0x2C:
            keep_frame(reading)
        elif mark == 0x21:
            keep_extension(reading)
        else:
            raise BrokenGif
    return b"".join(reading.kept) + b"\x3b", int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little")


def table_size(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def keep_frame(reading: Reading) -> None:
    head = reading.take(9)
    table = reading.take(table_size(head[8]))
    reading.kept += [b"\x2c", head, table, reading.take(1), reading.take_blocks()]


def keep_extension(reading: Reading) -> None:
    """Timing and the loop count stay; comments, captions and programmes' own blocks (XMP) go."""
    label = reading.take(1)
    blocks = reading.take_blocks()
    if label[0] == 0xF9 or (label[0] == 0xFF and blocks[1:12] in LOOPS):
        reading.kept += [b"\x21", label, blocks]
