"""Mail that must leave: a row written with the fact it tells of, sent by a sweep, marked when it is accepted (HLP-5).

    subject, text, html = outbox.compose("acknowledgement", {"ticket": ticket})
    outbox.queue(to=membership, kind="acknowledgement", subject=subject, text=text, html=html, client_id=..., about=ticket, ...)

Sending stands in portal.outbox.smtp, the sweep in portal.actions.mail.
"""

from portal.outbox.composing import compose, one_line
from portal.outbox.queueing import (
    AUTOMATIC_EXCEPT,
    Addressee,
    HeaderInjection,
    Recipient,
    cancel,
    mail,
    put,
    queue,
    writing,
)
from portal.outbox.secret_links import MARK as SECRET_LINK

__all__ = [
    "AUTOMATIC_EXCEPT",
    "SECRET_LINK",
    "Addressee",
    "HeaderInjection",
    "Recipient",
    "cancel",
    "compose",
    "mail",
    "one_line",
    "put",
    "queue",
    "writing",
]
