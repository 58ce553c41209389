"""An outbox row as the bytes that leave: the same bytes at every attempt."""

from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from django.utils.translation import gettext

from portal.models import Outbox, Supplier
from portal.outbox import secret_links

# Long enough that no Message-ID of another system is folded: Python would fold one into an encoded word that nobody finds.
POLICY = SMTP.clone(max_line_length=900)


class Undeliverable(Exception):
    """An address that plain SMTP cannot carry."""


def envelope_address(email: str) -> str:
    """The address for MAIL and RCPT: the domain in its ASCII form. Raises Undeliverable for a name before the @ that has none."""
    name, _, domain = email.rpartition("@")
    try:
        name.encode("ascii")
        return f"{name}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError as error:
        raise Undeliverable(
            gettext("%(email)s has letters that the mail system cannot carry; ask for another address.")
            % {"email": email}
        ) from error


def as_bytes(row: Outbox, supplier: Supplier) -> bytes:
    """The whole mail: one sender, one recipient, text and, if there is one, its HTML form. Raises UnreadableSecret."""
    link = secret_links.unlock(row.secret) if row.secret is not None else None
    mail = EmailMessage(policy=POLICY)
    mail["From"] = Mailbox(supplier.sender_name, addr_spec=envelope_address(supplier.sender_email))
    mail["To"] = Mailbox(addr_spec=envelope_address(row.to_email))
    mail["Subject"] = row.subject
    mail["Date"] = format_datetime(row.queued_at)
    mail["Message-ID"] = row.message_id
    for name, value in row.headers.items():
        mail[name] = value
    mail.set_content(secret_links.put_in(row.text, link), cte="quoted-printable")
    if row.html:
        mail.add_alternative(secret_links.put_in(row.html, link), subtype="html", cte="quoted-printable")
        mail.set_boundary(f"=-{row.message_id.strip('<>').partition('@')[0]}")
    return mail.as_bytes()
