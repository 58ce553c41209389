"""Writing a mail into the outbox, and taking it back while it waits."""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ParamSpec, Protocol

from django.db import connections
from django.db.models import Model
from django.utils.translation import gettext
from psycopg2.extras import Json

from portal import audit
from portal.actors import Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.models import Outbox
from portal.outbox import secret_links
from portal.prepared import Prepared, Write
from portal.queries.supplier import supplier_known
from portal.rules.states import MailState

Given = ParamSpec("Given")
# Written by a person for a person; every other kind is marked as automatic, so that no robot answers it (RFC 3834).
AUTOMATIC_EXCEPT = frozenset({"reply", "copy"})
# Headers that a caller may set: everything about sender, recipient and body is ours.
FREE_HEADERS = frozenset({"in-reply-to", "references", "list-id", "list-unsubscribe"})
NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
MARK = re.compile(r"[a-z0-9-]{1,34}")
ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+")

# Not by the ORM: it asks for the new id with RETURNING, for which a client would need the right to read the outbox.
INSERT = Prepared("""
insert into portal_outbox
  (client_id, address_id, to_email, kind, subject, text, html, headers, message_id, about_type, about_id, secret, by,
   queued_at, state, next_try_at, attempts, probably_accepted, error)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 0, false, '');
select currval('portal_outbox_id_seq')
""")


class HeaderInjection(ValueError):
    """A subject, header or address that would begin a new header line or name a second recipient."""


class Addressee(Protocol):
    """Who can be written to: Membership, Staff, Recipient."""

    @property
    def address_id(self) -> int: ...
    @property
    def email(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Recipient:
    """An address at hand, where there is neither a membership nor a member of staff."""

    address_id: int
    email: str


@clause("HLP-5")
def mail(
    *,
    to: Addressee,
    kind: str,
    subject: str,
    text: str,
    html: str = "",
    client_id: int | None,
    at: datetime,
    by: Actor,
    about: Model | None = None,
    headers: Mapping[str, str] | None = None,
    release_at: datetime | None = None,
    secret_link: str = "",
    mark: str = "",
) -> Outbox:
    """A mail to one person, not written yet; the sweep sends it from `release_at` (or `at`) on.

    `secret_link` takes the place of SECRET_LINK in text and HTML at sending and is kept encrypted until then. `mark` says what
    the mail is about, in its Message-ID and in the address that answers go to, so that an answer finds its way. Raises
    HeaderInjection.
    """
    check_envelope(to.email, subject)
    sender = supplier_known().sender_email
    told = checked_headers(headers or {}) | automatic_headers(kind) | answer_headers(sender, mark)
    return Outbox(
        client_id=client_id, address_id=to.address_id, to_email=to.email, kind=kind, subject=subject, text=text, html=html,
        headers=told, message_id=new_message_id(sender, mark), by=by.label, queued_at=at, state=MailState.QUEUED,
        about_type=str(about._meta.model_name) if about is not None else "",
        about_id=about.pk if about is not None else None,
        secret=secret_links.lock(secret_link) if secret_link else None,
        next_try_at=release_at or at,
    )  # fmt: skip


def put(row: Outbox) -> Outbox:
    """Write a `mail` into the outbox, in the caller's transaction, and give it its id. Works at the door, as a client and as
    staff; a second acknowledgement of the same thing is an IntegrityError."""
    statement, values = writing(row)
    with connections["default"].cursor() as cursor:
        statement.run(cursor, values)
        row.pk = cursor.fetchone()[0]
    row._state.adding = False
    return row


def putting(make: Callable[Given, Outbox]) -> Callable[Given, Outbox]:
    def queue(*args: Given.args, **given: Given.kwargs) -> Outbox:
        return put(make(*args, **given))

    return queue


# A mail, written into the outbox at once.
queue = putting(mail)


def writing(row: Outbox) -> Write:
    """How the row is written; for `portal.inserts.insert`, which sends it along."""
    values = [
        row.client_id, row.address_id, row.to_email, row.kind, row.subject, row.text, row.html, Json(row.headers),
        row.message_id, row.about_type, row.about_id, row.secret, row.by, row.queued_at, row.state, row.next_try_at,
    ]  # fmt: skip
    return Write(INSERT, values)


def cancel(row: Outbox, *, by: Actor, at: datetime) -> None:
    """Take back a mail that waits, with its secret. Raises Refused when it is being sent or has left; needs the staff's rights."""
    taken = Outbox.objects.filter(pk=row.pk, state=MailState.QUEUED).update(state=MailState.CANCELLED, secret=None)
    if not taken:
        raise Refused("HLP-5", gettext("That mail has already left, or is leaving now."))
    row.state, row.secret = MailState.CANCELLED, None
    audit.record("mail cancelled", by=by, at=at, client_id=row.client_id, subject=row, payload={"kind": row.kind})


def automatic_headers(kind: str) -> dict[str, str]:
    """What tells other mail systems not to answer."""
    if kind in AUTOMATIC_EXCEPT:
        return {}
    said = "auto-replied" if kind == "acknowledgement" else "auto-generated"
    return {"Auto-Submitted": said, "X-Auto-Response-Suppress": "All"}


def new_message_id(sender: str, mark: str = "") -> str:
    """A random Message-ID under the sender's domain; it stays the same over all attempts, so that a second copy is known."""
    beginning = f"{mark}." if mark else ""
    return f"<{beginning}{secrets.token_hex(16)}@{sender.rpartition('@')[2]}>"


def answer_headers(sender: str, mark: str) -> dict[str, str]:
    """Where answers go: our own address with the mark behind a +. Raises HeaderInjection for a mark that is no plain word."""
    if not mark:
        return {}
    if not MARK.fullmatch(mark):
        raise HeaderInjection(gettext("%(mark)s is no mark.") % {"mark": f"{mark!r}"})
    name, _, domain = sender.rpartition("@")
    return {"Reply-To": f"{name}+{mark}@{domain}"}


def checked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if not NAME.fullmatch(name) or name.lower() not in FREE_HEADERS:
            raise HeaderInjection(
                gettext("The header %(name)s is not one that a mail may be given.") % {"name": f"{name!r}"}
            )
        check_line(name, value)
    return dict(headers)


def check_line(name: str, value: str) -> None:
    """Raises HeaderInjection for anything that a mail program could read as a second line."""
    if not value.strip() or not value.isprintable():
        raise HeaderInjection(f"The {name} must be one line of printable characters; use outbox.one_line.")


def check_envelope(email: str, subject: str) -> None:
    """One line of subject, one plain address. Raises HeaderInjection."""
    check_line("subject", subject)
    if not ADDRESS.fullmatch(email) or not email.isprintable():
        raise HeaderInjection(gettext("%(email)s is not one plain address.") % {"email": f"{email!r}"})
