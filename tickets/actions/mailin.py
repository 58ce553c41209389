"""From a stored mail to what becomes of it: read under guard, judged, and written in one transaction (SUB-1)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.conf import settings
from django.utils.translation import gettext as _

from portal import clock
from portal.actors import SYSTEM
from portal.clauses import clause
from portal.faults import kill_point
from portal.files import discard, discarded_on_failure
from portal.jobs import sweep
from portal.models import Membership, Outbox
from portal.outbox import one_line
from portal.tenancy import act_as_staff
from tickets.actions.mailreports import note_report
from tickets.actions.mailwriting import Carried, carried_in, write_reply, write_request
from tickets.actions.marks import mark_key
from tickets.actions.rawmail import LeaseLost, claim_next, mark, release, take_raw
from tickets.mail.guarded import guarded_parse, guarded_reading
from tickets.models import RawMail, Ticket
from tickets.queries.mailin import (
    is_own,
    looked_up,
    named_by,
    own_addresses,
    sender_of,
    waiting_mails,
)
from tickets.rules.mail.marks import OF_CLIENT, Marks, alias_in, marks_in, newest_first
from tickets.rules.mail.shape import AutoKind, ParsedMail
from tickets.rules.mail.verdict import MOST_ATTEMPTS, MailFacts, MailVerdict, RawState, Reason, judge, vouched_for
from tickets.rules.spam import REPORT_ALIAS

log = structlog.get_logger(__name__)

BATCH = 50
REPORTS = frozenset({AutoKind.BOUNCE, AutoKind.COMPLAINT})
BECOMES_PART = frozenset({RawState.TICKETED, RawState.REPLIED})


@dataclass(frozen=True, slots=True)
class Weighed:
    """What is to be done with a mail, and in whose name. held_until: before that no acknowledgement leaves to them (F8)."""

    verdict: MailVerdict
    author: Membership | None
    held_until: datetime | None = None


def mails_waiting(at: datetime) -> int:
    """Mails that nobody has read yet."""
    return RawMail.objects.filter(waiting_mails(clock.real_now())).count()


@sweep("read mail", every_seconds=5, clause="SUB-1", scope="own", backlog=mails_waiting)
def read_waiting_mail(at: datetime) -> int:
    """Read and decide a batch of stored mails; several workers may do so at once. One that fails holds up no other."""
    done, faults = 0, list[Exception]()
    while done + len(faults) < BATCH and (row := claim_next()) is not None:
        try:
            work_on(row)
            done += 1
        except Exception as fault:  # raised again below; the mail is tried again, three times in all
            log.error("mail not decided", mail=row.pk, exc_info=fault)
            faults.append(fault)
            release(row)
    if faults and not done:
        raise ExceptionGroup(_("Mails that could not be decided"), faults)
    return done


@clause("SUB-1")
def receive(
    raw: bytes, *, source: str, at: datetime, envelope_from: str = "", envelope_to: Sequence[str] = ()
) -> RawMail:
    """Store a mail, then decide it at once; where that fails it stays stored, and the sweep tries again.

    What raises has stored nothing.
    """
    with guarded_reading(raw, trusted_host=settings.PORTAL_MAIL_AUTH_HOST) as parsed:
        row = take_raw(raw, source=source, at=at, envelope_from=envelope_from, envelope_to=envelope_to, claimed=True)
        kill_point("mail stored")
        read = parsed()
    try:
        return work_on(row, read)
    except Exception as fault:  # it is stored, so the sender must not send it again
        log.error("mail not decided", mail=row.pk, exc_info=fault)
        release(row)
        return as_stored(row)


@clause("SUB-1")
def work_on(row: RawMail, read: ParsedMail | None = None) -> RawMail:
    """Read a claimed mail and do what is right with it. Returns it as it stands then. `read`: what it says, if known."""
    if row.attempts > MOST_ATTEMPTS:
        return give_up(row)
    parsed = read or parsed_of(row)
    kill_point("mail read")
    carried = carry(row, parsed) if parsed.files else Carried()
    with discarded_on_failure(carried.files):
        try:
            with act_as_staff(SYSTEM):
                used = decide(row, parsed, carried, at=row.received_at)
                kill_point("mail decided")
        except LeaseLost as lost:
            log.warning("mail was taken over", mail=row.pk, reason=str(lost))
            row, used = as_stored(row), False
    if not used:
        for taken in carried.files:
            discard(taken.storage_name)
    return row


def parsed_of(row: RawMail) -> ParsedMail:
    """The mail, read under guard; nothing in it can harm this process."""
    return guarded_parse(bytes(row.raw or b""), trusted_host=settings.PORTAL_MAIL_AUTH_HOST)


def as_stored(row: RawMail) -> RawMail:
    """The mail as the database has it, after this process's own view of it came to nothing."""
    with act_as_staff(SYSTEM):
        return RawMail.objects.defer("raw").select_related("ticket").get(pk=row.pk)


def give_up(row: RawMail) -> RawMail:
    """A mail that three tries did not bring through waits for staff; the others flow on (F10)."""
    with act_as_staff(SYSTEM):
        mark(row, RawState.QUARANTINED, reason=Reason.POISON, by=SYSTEM, at=row.received_at)
    return row


def carry(row: RawMail, parsed: ParsedMail) -> Carried:
    """Take the mail's files before anything is locked, if they are going to be needed."""
    with act_as_staff(SYSTEM):
        verdict = weigh(described(row, parsed), parsed, at=row.received_at).verdict
        reports = is_for_reports(row, parsed)
    return carried_in(parsed, reports=reports) if verdict.state in BECOMES_PART else Carried()


def described(row: RawMail, parsed: ParsedMail) -> RawMail:
    """The row with what the mail says of itself, in memory."""
    row.header_id = (parsed.message_id or "")[:255]
    row.sender = (parsed.from_.address or "")[:320]
    row.subject = one_line(parsed.subject, 200)
    row.content_sha256 = content_hash(parsed)
    return row


def content_hash(parsed: ParsedMail) -> str:
    """What a mail says, without how it travelled: sender, subject, text and files."""
    digest = hashlib.sha256()
    parts = [parsed.from_.address or "", parsed.subject, parsed.text, *(file.sha256 for file in parsed.files)]
    for part in parts:
        encoded = part.encode("utf-8", "replace")
        digest.update(b"%d:" % len(encoded))
        digest.update(encoded)
    return digest.hexdigest()


def weigh(row: RawMail, parsed: ParsedMail, *, at: datetime, trusted: bool = False) -> Weighed:
    """Find out what must be known, and judge. `trusted`: a person has looked, and says that the mail is what it claims."""
    own = own_addresses()
    found = looked_up(row, parsed.from_.address, at)
    known = found.known
    places = known.places if known is not None else {}
    sender = sender_of(known, at)
    recipients = recipients_of(row, parsed)
    marks = marks_in([*newest_first(parsed.in_reply_to, parsed.references), *recipients], mark_key())
    named = named_by(marks.tickets, places) if marks.tickets else []
    facts = facts_of(parsed, is_duplicate=found.is_copy, own=own, recipients=recipients, marks=marks)
    verdict = judge(vouched_for(facts) if trusted else facts, sender, named, at=at)
    if verdict.belonging is None or known is None:
        return Weighed(verdict, None)
    client_id = verdict.belonging.client_id
    return Weighed(verdict, places.get(client_id), known.held_until.get(client_id))


def recipients_of(row: RawMail, parsed: ParsedMail) -> list[str]:
    """Every address the mail went to, as the envelope and the headers say."""
    said = [box.address for box in (*parsed.to, *parsed.cc) if box.address]
    return [*row.envelope_to, *parsed.delivered_to, *said]


@clause("EML-6")
def is_for_reports(row: RawMail, parsed: ParsedMail) -> bool:
    """Whether it went to our address for suspicious mail: support+report@…"""
    own = own_addresses()
    return any(alias_in(each, own) == REPORT_ALIAS for each in recipients_of(row, parsed))


def facts_of(
    parsed: ParsedMail, *, is_duplicate: bool, own: frozenset[str], recipients: Sequence[str], marks: Marks
) -> MailFacts:
    from_address = parsed.from_.address or ""
    looped = bool(marks_in([parsed.message_id or ""], mark_key()).tickets)
    return MailFacts(
        kind=parsed.report.kind if parsed.report else parsed.automatic.kind,
        is_weak=parsed.automatic.weak,
        authentication=parsed.authentication.verdict,
        has_sender=bool(from_address),
        is_readable=not parsed.unreadable,
        is_duplicate=is_duplicate,
        is_ours=looped or is_own(from_address, own),
        alias=next((alias for each in recipients if (alias := alias_in(each, own)).startswith(OF_CLIENT)), ""),
        has_forged_mark=marks.forged,
    )


@clause("SUB-1", "HLP-5", "HLP-6")
def decide(row: RawMail, parsed: ParsedMail, carried: Carried, *, at: datetime) -> bool:
    """Judge a held mail and do what is right with it, in the caller's transaction. True when the files were used."""
    return carry_out(row, parsed, carried, weigh(described(row, parsed), parsed, at=at), at=at)


def carry_out(row: RawMail, parsed: ParsedMail, carried: Carried, weighed: Weighed, *, at: datetime) -> bool:
    """Do what the verdict says. True when the files were used."""
    verdict = weighed.verdict
    if weighed.author is not None and verdict.state in BECOMES_PART:
        if verdict.state == RawState.TICKETED:
            held = weighed.held_until
            write_request(row, parsed, carried, verdict, author=weighed.author, release_at=held, at=at)
        else:
            write_reply(row, parsed, carried, verdict, author=weighed.author, at=at)
        return True
    outbox: Outbox | None = None
    if verdict.reason in (Reason.BOUNCE, Reason.COMPLAINT) and parsed.report is not None:
        outbox = note_report(parsed.report, at=at)
    ticket = Ticket.objects.filter(pk=verdict.ticket_id).first() if verdict.ticket_id else None
    place = verdict.belonging
    client_id = ticket.client_id if ticket else outbox.client_id if outbox else place.client_id if place else None
    known = outbox if outbox is not None and outbox.client_id is not None else None
    mark(
        row, verdict.state, reason=verdict.reason, note=parsed.unreadable, client_id=client_id, ticket=ticket,
        outbox=known, by=SYSTEM, at=at,
    )  # fmt: skip
    return False
