"""Received mail as it is stored, claimed and marked. The only writer of a raw mail's state."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from portal import audit, clock
from portal.actors import SYSTEM, Actor
from portal.clauses import clause
from portal.models import Outbox, Terms
from portal.prepared import Prepared
from portal.queries.contract import terms_at
from portal.queries.terms import parameters_of
from portal.tenancy import Alone, act_as_staff
from portal.updates import update
from tickets.models import Message, RawMail, Ticket
from tickets.queries.mailin import waiting_mails
from tickets.rules.mail.verdict import RAW_MOVES, RawState, Reason

# A mail is read in 5 s and its pictures are drawn anew in 20 s each; then somebody else may try.
LEASE = timedelta(minutes=5)
LONGEST_ADDRESS = 320
DECIDED = (
    "state", "reason", "note", "client_id", "ticket_id", "message_id", "outbox_id", "decided_at", "decided_by", "leased_until",
    "keep_until", "header_id", "content_sha256", "sender", "subject",
)  # fmt: skip
# A mail that nobody has read yet says nothing of itself.
STORE = Alone(
    Prepared("""
insert into tickets_rawmail
  (source, envelope_from, envelope_to, raw, size, sha256, received_at, attempts, leased_until, state,
   header_id, content_sha256, sender, subject, reason, note, decided_by)
values (%s, %s, %s::jsonb, %s, %s, %s, %s, %s, %s, %s, '', '', '', '', '', '', '') returning id
""")
)
STORED = (
    "source", "envelope_from", "envelope_to", "raw", "size", "sha256", "received_at", "attempts", "leased_until", "state",
)  # fmt: skip


class LeaseLost(Exception):
    """Another worker, or a person, has taken the mail over."""


@clause("SUB-1")
def take_raw(
    raw: bytes,
    *,
    source: str,
    at: datetime,
    envelope_from: str = "",
    envelope_to: Sequence[str] = (),
    uidvalidity: int | None = None,
    uid: int | None = None,
    claimed: bool = False,
) -> RawMail:
    """Store a mail for good before anybody reads it, in a transaction of its own; with the same number from the same
    mailbox again, the mail that is stored already. `claimed`: this process reads it now. What raises has stored nothing.
    """
    row = RawMail(
        source=source,
        uidvalidity=uidvalidity,
        uid=uid,
        envelope_from=plain(envelope_from),
        envelope_to=[plain(address) for address in envelope_to],
        raw=raw,
        size=len(raw),
        sha256=hashlib.sha256(raw).hexdigest(),
        received_at=at,
        attempts=1 if claimed else 0,
        leased_until=clock.real_now() + LEASE if claimed else None,
    )
    if uid is None:
        return stored(row)
    with act_as_staff(SYSTEM):
        RawMail.objects.bulk_create([row], ignore_conflicts=True)
        return RawMail.objects.get(source=source, uidvalidity=uidvalidity, uid=uid)


def stored(row: RawMail) -> RawMail:
    """Write a mail without a number of its own: role, row and commit in one trip."""
    values = {name: getattr(row, name) for name in STORED}
    (row.pk,) = STORE.run("staff", list((values | {"envelope_to": json.dumps(row.envelope_to)}).values()))
    row._state.adding, row._state.db = False, "default"
    return row


def plain(address: str) -> str:
    """An envelope's address as it can be stored: no NUL, no half of a character pair, no endless length."""
    return address.encode("utf-8", "replace").decode().replace("\0", "")[:LONGEST_ADDRESS]


def claim_next() -> RawMail | None:
    """Take the oldest mail that nobody reads, for the length of a lease, in a transaction of its own."""
    with act_as_staff(SYSTEM):
        waiting = RawMail.objects.filter(waiting_mails(clock.real_now()))
        row = waiting.order_by("id").select_for_update(skip_locked=True, of=("self",)).first()
        if row is None:
            return None
        row.attempts += 1
        row.leased_until = clock.real_now() + LEASE
        row.save(update_fields=["attempts", "leased_until"])
    return row


def move(row: RawMail, state: RawState) -> None:
    """Change the state in memory. Raises ValueError for a move that the table does not know."""
    if state not in RAW_MOVES[RawState(row.state)]:
        raise ValueError(f"A mail that is {row.state} cannot become {state}.")
    row.state = state


@clause("SUB-1")
def mark(
    row: RawMail,
    state: RawState,
    *,
    by: Actor,
    at: datetime,
    reason: Reason | None = None,
    note: str = "",
    client_id: int | None = None,
    ticket: Ticket | None = None,
    outbox: Outbox | None = None,
) -> None:
    """Write why a mail was set aside and until when its content is kept, with the event that says so (D25)."""
    before = row.state
    row.reason, row.note = str(reason or ""), note[:300]
    row.client_id, row.ticket, row.message, row.outbox = client_id, ticket, None, outbox
    settle(row, state, terms_at(at), by=by, at=at)
    facts = {
        "from": before,
        "to": state,
        "reason": row.reason,
        "sha256": row.sha256,
        "source": row.source,
        "note": note,
    }
    audit.record("mail decided", by=by, at=at, client_id=client_id, subject=row, payload=facts)


@clause("SUB-1")
def mark_part(row: RawMail, state: RawState, message: Message, terms: Terms, *, by: Actor, at: datetime) -> None:
    """A mail became part of a request. The request's own event says so, with the hash of the mail."""
    row.reason, row.note = "", ""
    row.client_id, row.ticket, row.message, row.outbox = message.client_id, message.ticket, message, None
    settle(row, state, terms, by=by, at=at)


def settle(row: RawMail, state: RawState, terms: Terms, *, by: Actor, at: datetime) -> None:
    """Write what was decided, if the mail still is as this process took it up. Raises LeaseLost, which undoes everything."""
    found = {"state": row.state, "leased_until": row.leased_until}
    move(row, state)
    row.decided_at, row.decided_by, row.leased_until = at, by.label, None
    row.keep_until = row.received_at + keeping_time(state, terms)
    if not update(row, DECIDED, only_if=found):
        raise LeaseLost(_("Mail %(pk)s was taken over, or settled, by somebody else.") % {"pk": row.pk})


def keeping_time(state: RawState, terms: Terms) -> timedelta:
    """How long the content is kept: a quarter of a year, a month in quarantine; as the terms in force say (D25)."""
    parameters = parameters_of(terms)
    days = parameters.quarantine_days if state == RawState.QUARANTINED else parameters.raw_mail_days
    return timedelta(days=days)


def release(row: RawMail) -> None:
    """Give a claimed mail back after a fault, so that the sweep tries it again."""
    with act_as_staff(SYSTEM):
        RawMail.objects.filter(pk=row.pk, state=RawState.STORED, attempts=row.attempts).update(leased_until=None)
