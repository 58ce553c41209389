"""What a way in for mail asks and hands over (portal.mailin): the mail receiver, and the addresses that services post to."""

from hashlib import sha256

from portal import clock
from portal.actors import SYSTEM
from portal.tenancy import act_as_staff
from tickets.actions.rawmail import take_raw
from tickets.queries.mailin import is_own, own_addresses

SOURCE = "smtp"


def is_ours(address: str) -> bool:
    """Whether we take mail at this address, whatever stands behind its +."""
    with act_as_staff(SYSTEM):
        return is_own(address, own_addresses())


def take(sender: str, recipients: list[str], raw: bytes, *, source: str = SOURCE, event: str = "") -> None:
    """Store a mail; when this returns it is committed. The sweep reads it within seconds.

    event: what the service that brings it calls it; with the same one again nothing is stored a second time.
    """
    high, low = numbers_of(event) if event else (None, None)
    at = clock.now()
    take_raw(raw, source=source, at=at, envelope_from=sender, envelope_to=recipients, uidvalidity=high, uid=low)


def numbers_of(event: str) -> tuple[int, int]:
    """A mail's number as a mailbox would give it: 128 bits of the hash of its name."""
    digest = sha256(event.encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:8], "big", signed=True), int.from_bytes(digest[8:16], "big", signed=True)
