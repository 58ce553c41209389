"""`guarded_parse`: the one door through which a stranger's mail is read (DESIGN.md 4; TRUST A22, F10)."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import structlog

from portal.guarded.frames import Frame
from portal.guarded.process import ChildError, GuardedChild, PerProcess
from tickets.mail.wire import from_frame
from tickets.rules.mail.parse import unreadable
from tickets.rules.mail.shape import ParsedMail

SECONDS = 5.0
MAILS = 500
log = structlog.get_logger(__name__)


class MailReader:
    """Reads through one warm child: 5 s and 512 MB a mail, a fresh one after a kill or 500 mails."""

    def __init__(self, *, seconds: float = SECONDS, mails: int = MAILS) -> None:
        self.child = GuardedChild("tickets.mail.child", seconds=seconds, requests=mails, work="mail")

    @contextmanager
    def reading(self, raw: bytes, *, trusted_host: str = "") -> Iterator[Callable[[], ParsedMail]]:
        """See guarded_reading."""
        with self.child.begun(Frame({"trusted_host": trusted_host}, raw)) as answer:
            yield lambda: read_from(answer, raw)

    def read(self, raw: bytes, *, trusted_host: str = "") -> ParsedMail:
        """See guarded_parse."""
        with self.reading(raw, trusted_host=trusted_host) as parsed:
            return parsed()

    def stop(self) -> None:
        self.child.stop()


def read_from(answer: Callable[[], Frame], raw: bytes) -> ParsedMail:
    try:
        return from_frame(answer())
    except (ChildError, KeyError, TypeError, ValueError) as error:  # the last three: an answer that is not a mail
        log.warning("a mail could not be read", why=str(error), size=len(raw))
        return unreadable(raw, str(error))


_OURS = PerProcess(MailReader)


def guarded_parse(raw: bytes, *, trusted_host: str = "") -> ParsedMail:
    """The mail, read in a child that may be killed. Never raises for any bytes: see `ParsedMail.unreadable`.

    Raises Busy where too many threads wait for the child.

    `trusted_host` is our own mail server's name in Authentication-Results; empty = nothing is believed.
    """
    return _OURS.get().read(raw, trusted_host=trusted_host)


def guarded_reading(raw: bytes, *, trusted_host: str = "") -> AbstractContextManager[Callable[[], ParsedMail]]:
    """The same while the block stores the mail: `with guarded_reading(raw) as parsed: …` and then `parsed()`."""
    return _OURS.get().reading(raw, trusted_host=trusted_host)


def stop_reader() -> None:
    """End this process's child, for shutdown and tests; the next mail starts another."""
    _OURS.stop()
