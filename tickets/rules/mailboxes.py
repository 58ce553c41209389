"""What a mailbox may be, and when it is looked at again."""

from datetime import timedelta
from enum import StrEnum

from django.utils.translation import gettext_noop


class BoxState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"


class PauseReason(StrEnum):
    """Why nobody looks into it. Refused: tried again by itself; the others wait for a person."""

    REFUSED = "refused"
    BY_STAFF = "by staff"


class Security(StrEnum):
    """How the line is closed to others; an open one is not offered."""

    TLS = "tls"
    STARTTLS = "starttls"


class Way(StrEnum):
    """How the portal signs in there."""

    PASSWORD = "password"  # noqa: S105 - a way, not a word
    MICROSOFT = "microsoft"


STATE_WORDS = {
    BoxState.RUNNING: gettext_noop("running"),
    BoxState.PAUSED: gettext_noop("paused"),
}
SECURITY_WORDS = {
    Security.TLS: gettext_noop("TLS from the first byte (port 993)"),
    Security.STARTTLS: gettext_noop("STARTTLS (port 143)"),
}
WAY_WORDS = {
    Way.PASSWORD: gettext_noop("A password"),
    Way.MICROSOFT: gettext_noop("Microsoft 365, as an application (XOAUTH2)"),
}

BETWEEN_LOOKS = timedelta(seconds=20)
# A wrong password that is tried often locks an account.
AFTER_REFUSAL = timedelta(minutes=15)
LONGEST_WAIT = timedelta(minutes=15)
ALARM_FROM = 3
MOST_TRIES_FOR_ONE = 3


def wait_after(failures: int) -> timedelta:
    """How long a mailbox is left alone that could not be reached so many times in a row: 30 s, doubled each time, at most 15 min."""
    return min(timedelta(seconds=30) * 2 ** min(failures - 1, 10), LONGEST_WAIT)
