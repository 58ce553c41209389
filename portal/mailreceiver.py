"""The mail receiver: an SMTP server of the portal's own, run as a part by the launcher (`python -m portal.mailreceiver`).

A mail to one of our own addresses is stored before the sender is told that we have it (250); where it cannot be stored, the
sender keeps it and tries again (451, 452). Other addresses are refused, except in the demo, whose local mail server this is:
there every other mail is accepted and none kept, for sent mails are read from the outbox.
"""

import asyncio
import logging
import os
import signal
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import django
import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import close_old_connections
from psycopg2.errors import DiskFull

from portal.env import Reader
from portal.mailin import SIZE_LIMIT, Registered, receiver

MOST_RECIPIENTS = 50
ACCEPTED = "250 Accepted"
NOT_HERE = "550 5.1.1 This portal takes no mail at this address; please write to us on its pages."
TOO_MANY = f"452 4.5.3 At most {MOST_RECIPIENTS} recipients in one mail; please send the rest in another."
NOT_NOW = "451 4.3.0 The portal could not store this mail; please try again later."
NO_ROOM = "452 4.3.1 The portal has no room for this mail at the moment; please try again later."

Result = TypeVar("Result")
log = structlog.get_logger("portal.mailreceiver")


class Receiver:
    """What happens to a mail. `sinks`: other people's mail is accepted too, and not kept."""

    def __init__(self, *, to: Registered, sinks: bool = False) -> None:
        self.to = to
        self.sinks = sinks

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return TOO_MANY
        if not self.sinks and not await self.is_ours(address):
            log.info("mail refused", recipient=address)
            return NOT_HERE
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        raw = envelope.original_content or b""
        ours = [address for address in envelope.rcpt_tos if await self.is_ours(address)]
        if ours:
            await asyncio.to_thread(connected, self.to.take, envelope.mail_from or "", ours, raw)
        log.info("mail accepted", recipients=len(envelope.rcpt_tos), stored=bool(ours), size=len(raw))
        return ACCEPTED

    async def is_ours(self, address: str) -> bool:
        return await asyncio.to_thread(connected, self.to.is_ours, address.strip().lower())

    async def handle_exception(self, error: Exception) -> str:
        """Whatever went wrong, the sender keeps the mail and tries again."""
        log.error("mail not taken", exc_info=error)
        return NO_ROOM if isinstance(error.__cause__, DiskFull) else NOT_NOW


def connected(act: Callable[..., Result], *given: Any) -> Result:
    """Do it in this thread, outside of any request, on a connection that still works."""
    close_old_connections()
    return act(*given)


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
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd writes down every word of a conversation there
    receives = Receiver(to=receiver(), sinks=reader.flag("PORTAL_DEMO"))
    asyncio.run(serve(receives, reader.text("PORTAL_SMTP_BIND", "127.0.0.1"), reader.port("PORTAL_SMTP_PORT", 2525)))


if __name__ == "__main__":
    main()
