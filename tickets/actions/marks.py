"""The key that signs marks, and the marks of our requests (tickets.rules.mail.marks)."""

from hashlib import sha256

from django.conf import settings

from tickets.rules.mail.marks import mark_for

PURPOSE = b"tickets.reply-mark"


def mark_key() -> bytes:
    """The key of this portal's marks. A changed PORTAL_SECRET_KEY makes old marks void: their answers wait for staff."""
    return sha256(PURPOSE + b"\0" + settings.SECRET_KEY.encode()).digest()


def reply_mark(ticket_id: int) -> str:
    """The mark by which an answer to our mail finds this request."""
    return mark_for(ticket_id, mark_key())
