"""What the mail receiver asks and hands over (portal.mailin). It runs in threads of its own, outside of any request."""

from django.db import close_old_connections

from portal import clock
from portal.actors import SYSTEM
from portal.tenancy import act_as_staff
from tickets.actions.rawmail import take_raw
from tickets.queries.mailin import is_own, own_addresses

SOURCE = "smtp"


def is_ours(address: str) -> bool:
    """Whether we take mail at this address, whatever stands behind its +."""
    close_old_connections()
    with act_as_staff(SYSTEM):
        return is_own(address, own_addresses())


def take(sender: str, recipients: list[str], raw: bytes) -> None:
    """Store a mail; when this returns it is committed. The sweep reads it within seconds."""
    close_old_connections()
    take_raw(raw, source=SOURCE, at=clock.now(), envelope_from=sender, envelope_to=recipients)
