"""Raw mails for tests of mail in, and the real way they go."""

from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from django.db import connection

from portal.actors import SYSTEM
from portal.models import Outbox
from portal.tenancy import act_as_staff
from tests.cast import MORNING, Person
from tickets.actions.mailin import receive
from tickets.actions.marks import reply_mark
from tickets.models import RawMail, Ticket

DESK = "support@northgate.example"
TRUSTED = "mx.northgate.example"


def raw_mail(
    who: Person | str,
    subject: str = "Mailbox full",
    body: str = "I cannot send.",
    *,
    to: str = DESK,
    passed: bool | None = None,
    at: datetime = MORNING,
    files: Sequence[tuple[str, bytes]] = (),
    **headers: str,
) -> bytes:
    """A mail as a mail program writes it; `passed` is what our own mail server says about the sender, if anything.

    `headers`: In_Reply_To="<…>" and the like.
    """
    mail = EmailMessage()
    if passed is not None:
        mail["Authentication-Results"] = f"{TRUSTED}; dmarc={'pass' if passed else 'fail'} header.from=example.org"
    mail["From"] = who if isinstance(who, str) else who.user.email
    mail["To"], mail["Subject"] = to, subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = headers.pop("Message_ID", None) or make_msgid(domain="example.org")
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(body)
    for name, data in files:
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def came(raw: bytes, *, at: datetime = MORNING, to: Sequence[str] = (DESK,)) -> RawMail:
    """The mail, received and decided."""
    row = receive(raw, source="command", at=at, envelope_to=to)
    with act_as_staff(SYSTEM):
        return RawMail.objects.select_related("ticket", "message", "outbox").get(pk=row.pk)


def mark_of(ticket: Ticket) -> str:
    """A Message-ID of ours about this request."""
    return f"<{reply_mark(ticket.pk)}.0123456789abcdef@northgate.example>"


def waiting_mails() -> list[Outbox]:
    """Everything that would leave."""
    with act_as_staff(SYSTEM):
        return list(Outbox.objects.order_by("id"))


def database_url() -> str:
    """The test database as a process of its own reaches it."""
    at = connection.settings_dict
    return f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
