"""The mail receiver: an SMTP server of the portal's own, run as a part by the launcher (`python -m portal.mailreceiver`).

In the demo it is the local mail server: it accepts every mail and keeps none, for sent mails are read from the outbox.
Elsewhere nothing takes mail in yet, and to accept a mail that nobody reads would lose it, so it is refused with a sentence.
"""

import asyncio
import os
import signal
from collections.abc import Callable
from functools import partial

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from portal.env import Reader

MEGABYTES = 35
SIZE_LIMIT = MEGABYTES * 1024 * 1024
MOST_RECIPIENTS = 50
ACCEPTED = "250 Accepted"
NOT_HERE = "550 5.1.1 This portal takes no mail at this address; please write to us on its pages."
TOO_MANY = f"452 4.5.3 At most {MOST_RECIPIENTS} recipients in one mail; please send the rest in another."

log = structlog.get_logger("portal.mailreceiver")

KnowsAddress = Callable[[str], bool]
TakesMail = Callable[[str, list[str], bytes], None]
"""Called with the envelope's sender, its recipients and the raw mail; an exception makes the sender try again later."""


class Receiver:
    """What happens to a mail: `knows` decides for each recipient, `take` stores the raw bytes before we say "accepted"."""

    def __init__(self, *, knows: KnowsAddress, take: TakesMail) -> None:
        self.knows = knows
        self.take = take

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return TOO_MANY
        if not await asyncio.to_thread(self.knows, address.strip().lower()):
            log.info("mail refused", recipient=address)
            return NOT_HERE
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        raw = envelope.original_content or b""
        await asyncio.to_thread(self.take, envelope.mail_from or "", list(envelope.rcpt_tos), raw)
        log.info("mail accepted", recipients=len(envelope.rcpt_tos), size=len(raw))
        return ACCEPTED

    async def handle_exception(self, error: Exception) -> str:
        """Whatever went wrong, the sender keeps the mail and tries again."""
        log.error("mail not taken", exc_info=error)
        return "451 4.3.0 The portal could not store this mail; please try again later."


def keep_nothing(sender: str, recipients: list[str], raw: bytes) -> None:
    """The demo's sink: every sent mail stands in the outbox already."""


def everybody(address: str) -> bool:
    return True


def nobody(address: str) -> bool:
    return False


def receiver_for(*, demo: bool) -> Receiver:
    return Receiver(knows=everybody if demo else nobody, take=keep_nothing)


def speak(receiver: Receiver, loop: asyncio.AbstractEventLoop) -> SMTP:
    """One conversation with one sender."""
    return SMTP(
        receiver,
        data_size_limit=SIZE_LIMIT,
        enable_SMTPUTF8=True,
        hostname="localhost",
        ident="Partner support portal",
        timeout=60,
        loop=loop,
    )


async def serve(receiver: Receiver, host: str, port: int) -> None:
    """Take mail until SIGTERM or SIGINT."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    server = await loop.create_server(partial(speak, receiver, loop), host, port)
    log.info("mail receiver listens", host=host, port=port)
    await ended.wait()
    server.close()
    await server.wait_closed()


def main() -> None:
    reader = Reader(os.environ)
    receiver = receiver_for(demo=reader.flag("PORTAL_DEMO"))
    asyncio.run(serve(receiver, reader.text("PORTAL_SMTP_BIND", "127.0.0.1"), reader.port("PORTAL_SMTP_PORT", 2525)))


if __name__ == "__main__":
    main()
