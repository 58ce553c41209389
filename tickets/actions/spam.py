"""A reported mail: read under guard, kept with its request, judged by staff (EML-6)."""

import hashlib
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal.actors import Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.files import Taken
from portal.models import Membership
from portal.outbox import one_line
from tickets.actions.base import EditConflict, lock, record, require_person
from tickets.actions.intake import Request, begin_request
from tickets.actions.replies import reply
from tickets.mail.guarded import guarded_parse
from tickets.models import Attachment, Message, SpamReport, Ticket
from tickets.rules.spam import (
    HARM_SHORT,
    TOLD,
    Harm,
    Suspect,
    Verdict,
    check_sentence,
    domain_of,
    is_a_mail,
    suspect_of,
    urgency,
)
from tickets.rules.states import ENDED_STATES, Channel, State


@dataclass(frozen=True, slots=True)
class Reported:
    """A mail that somebody reports: what the guarded reader says of it, its hash, and the stored file.

    taken is None where the file was not kept; left_out then says why (a virus scanner refused it, or the room was used up).
    """

    suspect: Suspect
    sha256: str
    taken: Taken | None = None
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What the person who reports says: who got the mail, what was done with it, and anything else."""

    recipient: str
    harm: Harm
    note: str = ""


@clause("EML-6")
def read_reported(raw: bytes, *, taken: Taken | None = None, left_out: str = "") -> Reported:
    """Read a reported mail in the guarded child; call it before a transaction.

    Raises Refused for what is no mail, and Busy where too many wait to be read.
    """
    parsed = guarded_parse(raw)
    if not is_a_mail(parsed):
        raise Refused("EML-6", _("This file is not a mail. Save the mail as an .eml file and choose that."))
    digest = taken.sha256 if taken else hashlib.sha256(raw).hexdigest()
    return Reported(suspect_of(parsed), digest, taken, one_line(left_out, 300))


@clause("EML-6", "HLP-5")
@transaction.atomic
def report_mail(
    reported: Reported,
    told: Told,
    *,
    requester: Membership,
    by: Actor,
    at: datetime,
    channel: Channel = Channel.PORTAL,
) -> SpamReport:
    """A new request with the reported mail as its file: acknowledged and answered in the same time as any other.

    After a click or an entered password it is of high priority. Raises Refused over a client's daily room.
    """
    request = Request(
        subject=one_line(_("Suspicious mail: %(subject)s") % {"subject": subject_of(reported.suspect)}, 200),
        body=words_of(reported, told),
        files=[reported.taken] if reported.taken else (),
        priority=urgency(told.harm),
    )
    ticket, message = begin_request(request, requester=requester, by=by, at=at, channel=channel)
    return keep_report(ticket, message, reported, told, by=by, at=at)


def subject_of(suspect: Suspect) -> str:
    return suspect.subject or _("(no subject)")


def words_of(reported: Reported, told: Told) -> str:
    """The first message of the request, in sentences."""
    suspect = reported.suspect
    lines = [
        _("I report a suspicious mail."),
        _("It says that it is from: %(who)s") % {"who": " ".join(filter(None, (suspect.name, suspect.sender))) or "–"},
        _("It went to: %(who)s") % {"who": told.recipient},
        f"{HARM_SHORT[told.harm]}.",
    ]
    return "\n".join([*lines, *(f"\n{extra}" for extra in (told.note.strip(), reported.left_out) if extra)])


def keep_report(
    ticket: Ticket, message: Message, reported: Reported, told: Told, *, by: Actor, at: datetime
) -> SpamReport:
    """The report beside a request that has just begun, in the caller's transaction."""
    report = write_row(ticket, message, reported, told, at=at)
    record(ticket, "mail reported", by=by, at=at, report=report.pk, harm=report.harm, sha256=reported.sha256)
    return report


def write_row(ticket: Ticket, message: Message, reported: Reported, told: Told, *, at: datetime) -> SpamReport:
    """The report's own row; the file that the message carries is found by its hash."""
    given = asdict(replace(reported.suspect, links=()))
    given |= {"sender_name": given.pop("name"), "claims": list(given["claims"]), "files": list(given["files"])}
    given["links"] = [[link.shown, link.target, link.misleads] for link in reported.suspect.links]
    kept = Attachment.objects.filter(client_id=ticket.client_id, message=message, sha256=reported.sha256).first()
    missing = reported.left_out or _("The mail itself was not kept.")
    return SpamReport.objects.create(
        client_id=ticket.client_id,
        ticket=ticket,
        attachment=kept,
        left_out="" if kept else missing,
        sha256=reported.sha256,
        recipient=told.recipient,
        harm=told.harm,
        sender_domain=domain_of(reported.suspect.sender),
        reported_at=at,
        **given,
    )


@clause("EML-6", "HLP-5")
@transaction.atomic
def judge_report(
    report_id: int, verdict: Verdict, words: str, *, by: Actor, at: datetime, resolve: bool = True
) -> SpamReport:
    """What staff make of the mail, with a sentence that goes to the client as an answer; resolve: it is settled with that.

    A verdict may be put right later: the client is told again, and the trail keeps both.
    """
    staff_id = require_person(by, "EML-6", _("judge a reported mail"))
    check_sentence(words)
    report = SpamReport.objects.get(pk=report_id)
    ticket = lock(report.ticket_id)
    report = SpamReport.objects.select_for_update(of=("self",)).get(pk=report_id)
    if report.verdict == verdict and report.verdict_words == words.strip():
        raise Refused("EML-6", _("This verdict is given already."))
    was = report.verdict
    report.verdict, report.verdict_words = verdict, words.strip()
    report.judged_by_id, report.judged_by_label, report.judged_at = staff_id, by.label, at
    report.save(update_fields=["verdict", "verdict_words", "judged_by", "judged_by_label", "judged_at"])
    record(ticket, "report judged", by=by, at=at, report=report.pk, verdict=str(verdict), was=was)
    then = State.RESOLVED if resolve and ticket.state not in ENDED_STATES else None
    try:
        reply(ticket.pk, f"{_(TOLD[verdict])}\n\n{report.verdict_words}", by=by, at=at, then=then)
    except EditConflict:
        raise Refused("HLP-5", _("A colleague’s answer is just going out. Read it, then say what you found.")) from None
    return report
