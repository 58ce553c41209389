"""The talk between us and a child over pipes: a length, a JSON header of that length, and the body it announces."""

import json
import struct
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

_LENGTH = struct.Struct(">I")
MAX_HEADER_BYTES = 64 * 1024 * 1024


class FrameError(Exception):
    """The other side closed the pipe or wrote something that is not a frame."""


@dataclass(frozen=True)
class Frame:
    header: dict[str, Any]
    body: bytes = field(default=b"", repr=False)


def write_frame(stream: BinaryIO, frame: Frame) -> None:
    header = json.dumps({**frame.header, "body_bytes": len(frame.body)}).encode()
    stream.write(_LENGTH.pack(len(header)) + header + frame.body)
    stream.flush()


def read_frame(stream: BinaryIO) -> Frame:
    """The next frame. Raises FrameError at the end of the stream."""
    (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    if length > MAX_HEADER_BYTES:
        raise FrameError(_("A header of %(length)s bytes was announced.") % {"length": length})
    header = json.loads(_exactly(stream, length))
    return Frame(header, _exactly(stream, header.pop("body_bytes")))


def _exactly(stream: BinaryIO, count: int) -> bytes:
    data = stream.read(count)
    if len(data) != count:
        raise FrameError(_("The pipe was closed."))
    return data
