"""When a mail is tried again, when it is given up, and which state may follow which (HLP-5)."""

import re
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

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
# The name before the @ in plain letters: many servers carry no others (RFC 6531 is not everywhere).
ONE_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
SIGNATURE_LINES, SIGNATURE_WIDTH = 6, 76


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


def sender_refusal(name: str, email: str) -> str:
    """Why mails cannot come from this name and address; "" when they can.

    A line break would begin a header of its own, a comma a second address; names stay within what every server takes.
    """
    if not name.strip() or not name.isprintable() or any(sign in name for sign in '<>"@\\'):
        return _('The name on mails is one line of plain words, without the signs < > " @ and \\.')
    if not ONE_ADDRESS.fullmatch(email) or not email.isprintable() or ".." in email:
        return _("Write one plain address, such as support@example.com, and nothing else.")
    return ""


def signature_refusal(text: str) -> str:
    """Why a text cannot end every mail; "" when it can."""
    lines = text.splitlines()
    if len(lines) > SIGNATURE_LINES or any(len(line) > SIGNATURE_WIDTH for line in lines):
        most = {"lines": SIGNATURE_LINES, "signs": SIGNATURE_WIDTH}
        return _("A signature has at most %(lines)s lines of %(signs)s characters.") % most
    if any(not line.isprintable() for line in lines) or any(line.strip() == "--" for line in lines):
        return _(
            "A signature is plain words: no control signs, and no line of two hyphens, which mail programmes cut at."
        )
    return ""
