"""A child that takes as much memory or time as it is told, behind the walls of the mail reader's child."""

from portal.guarded.child import serve
from portal.guarded.frames import Frame
from tickets.mail.child import MEMORY_MB, PROCESSOR_SECONDS


def answer(frame: Frame) -> Frame:
    taken = bytearray(frame.header["take_mb"] * 1024 * 1024)
    while frame.header.get("spin"):
        taken.count(0)
    return Frame({"took": frame.header["take_mb"]})


if __name__ == "__main__":
    serve(answer, memory_mb=MEMORY_MB, seconds=PROCESSOR_SECONDS)
