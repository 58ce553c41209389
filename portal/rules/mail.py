"""When a mail is tried again, when it is given up, and which state may follow which (HLP-5)."""

from datetime import datetime, timedelta

from portal.clauses import clause
from portal.rules.states import MailState

MAIL_MOVES: dict[MailState, frozenset[MailState]] = {
    MailState.QUEUED: frozenset({MailState.SENDING, MailState.CANCELLED, MailState.FAILED}),
    MailState.SENDING: frozenset({MailState.SENDING, MailState.SENT, MailState.QUEUED, MailState.FAILED}),
    MailState.FAILED: frozenset({MailState.QUEUED}),
    MailState.SENT: frozenset(),
    MailState.CANCELLED: frozenset(),
}
WAITS = (timedelta(seconds=10), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
LONGEST_WAIT = timedelta(minutes=30)
GIVEN_UP_AFTER = timedelta(days=4)
LATE_AFTER = timedelta(minutes=5)
# The kind of the alarm about a waiting acknowledgement; its subject is the mail (D4).
LATE = "acknowledgement late"


def wait_after(attempts: int) -> timedelta:
    """How long a mail waits after its n-th attempt (from 1): 10 s, 30 s, 2 min, 10 min, then 30 min each."""
    return WAITS[attempts - 1] if attempts <= len(WAITS) else LONGEST_WAIT


def given_up(queued_at: datetime, at: datetime) -> bool:
    """A mail server that says "later" for four days will not take it."""
    return at - queued_at >= GIVEN_UP_AFTER


@clause("HLP-5")
def acknowledgement_late(queued_at: datetime, at: datetime) -> bool:
    """Whether a waiting acknowledgement is an alarm: no clock starts while it waits, and that must not stay unseen (D4)."""
    return at - queued_at >= LATE_AFTER
