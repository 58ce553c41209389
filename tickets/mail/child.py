"""The process that reads raw mails: `python -m tickets.mail.child`. It knows no database, no settings and no key."""

from portal.guarded.child import serve
from portal.guarded.frames import Frame
from tickets.mail.wire import to_frame
from tickets.rules.mail.parse import parse

MEMORY_MB = 512
PROCESSOR_SECONDS = 4.5


def main() -> None:
    serve(_answer, memory_mb=MEMORY_MB, seconds=PROCESSOR_SECONDS)


def _answer(frame: Frame) -> Frame:
    return to_frame(parse(frame.body, trusted_host=frame.header["trusted_host"]))


if __name__ == "__main__":
    main()
