"""What staff do about a mail that was set aside: run it again, vouch for it, give it to somebody, or leave it (SUB-1)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portal import audit
from portal.actions.people import invite_member
from portal.actors import Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.files import discarded_on_failure
from portal.models import Address
from tickets.actions.base import require_staff
from tickets.actions.mailin import BECOMES_PART, Weighed, carry_out, described, is_for_reports, parsed_of, weigh
from tickets.actions.mailwriting import Carried, carried_in
from tickets.actions.rawmail import mark
from tickets.models import RawMail
from tickets.models.mail import SET_ASIDE
from tickets.queries.mailin import person_behind
from tickets.rules.mail.shape import ParsedMail
from tickets.rules.mail.verdict import REASON_WORDS, MailVerdict, RawState, Reason

CLAUSE = "SUB-1"
GONE = gettext_noop("The content of this mail is kept no longer.")


@clause("SUB-1", "CMP-6")
@transaction.atomic
def open_mail(mail_id: int, *, by: Actor, at: datetime) -> tuple[RawMail, ParsedMail]:
    """Show a received mail to one person; each opening is on record. Raises Refused when its content is kept no longer."""
    require_staff(by, CLAUSE, "open received mail")
    row = RawMail.objects.select_related("client", "ticket").get(pk=mail_id)
    if row.raw is None:
        raise Refused(CLAUSE, GONE)
    audit.record("mail opened", by=by, at=at, client_id=row.client_id, subject=row, payload={"sha256": row.sha256})
    return row, parsed_of(row)


@clause("SUB-1")
@transaction.atomic
def run_again(mail_id: int, *, reason: str, by: Actor, at: datetime) -> RawMail:
    """Judge a mail anew, after something was mended: a person registered, a client resumed."""
    row, parsed = taken_up(mail_id, reason, "mail run again", by=by, at=at)
    return finish(row, parsed, weigh(described(row, parsed), parsed, at=at), at=at)


@clause("SUB-1")
@transaction.atomic
def release_mail(mail_id: int, *, reason: str, by: Actor, at: datetime) -> RawMail:
    """Vouch for a mail: it is what it claims to be, and was written by a person. Who may see what is judged as ever."""
    row, parsed = taken_up(mail_id, reason, "mail released", by=by, at=at)
    weighed = weigh(described(row, parsed), parsed, at=at, trusted=True)
    refuse_still_aside(weighed.verdict)
    return finish(row, parsed, weighed, at=at)


@clause("SUB-1", "HLP-5")
@transaction.atomic
def give_mail(
    mail_id: int, *, email: str, client_id: int | None, is_home: bool, reason: str, by: Actor, at: datetime
) -> RawMail:
    """Make a new request of the mail in a registered person's name; the acknowledgement goes to that person.

    `client_id` where the person belongs to several clients; `is_home`: their mail is for that client from now on.
    """
    row, parsed = taken_up(mail_id, reason, "mail given to a person", by=by, at=at, to=email)
    known = person_behind(email.strip().lower(), at)
    places = known.places if known is not None else {}
    if known is None or not places:
        raise Refused(CLAUSE, _("Nobody with that address belongs to a client today. Register the person first."))
    if client_id is None and len(places) > 1:
        raise Refused(CLAUSE, _("This person belongs to several clients. Choose for which one it is."))
    author = next(iter(places.values())) if client_id is None else places.get(client_id)
    if author is None:
        raise Refused(CLAUSE, _("This person does not belong to that client."))
    if is_home:
        Address.objects.filter(pk=known.address_id).update(home_client_id=author.client_id)
    verdict = MailVerdict(RawState.TICKETED)
    return finish(
        described(row, parsed), parsed, Weighed(verdict, author, known.held_until.get(author.client_id)), at=at
    )


@clause("SUB-1", "HLP-5")
@transaction.atomic
def register_sender(
    mail_id: int, *, client_id: int, name: str, role: str, reason: str, by: Actor, at: datetime
) -> RawMail:
    """Register the mail's sender as a person of a client, who is invited, and judge the mail anew."""
    sender = aside(mail_id).sender
    if not sender:
        raise Refused(CLAUSE, _("This mail names no sender who could be registered."))
    invite_member(client_id=client_id, email=sender, name=name, role=role, by=by, at=at)
    return run_again(mail_id, reason=reason, by=by, at=at)


@clause("SUB-1")
@transaction.atomic
def ignore_mail(mail_id: int, *, reason: str, by: Actor, at: datetime) -> RawMail:
    """Leave a mail as it is, with the reason on record. It can still be run again while its content is kept."""
    row = aside(mail_id)
    check_reason(reason)
    mark(row, RawState.IGNORED, reason=Reason.BY_STAFF, note=reason.strip(), client_id=row.client_id, by=by, at=at)
    return row


def aside(mail_id: int) -> RawMail:
    """A mail that was set aside, locked. Raises Refused for any other."""
    row = RawMail.objects.select_for_update(of=("self",)).get(pk=mail_id)
    require_aside(row)
    return row


def require_aside(row: RawMail) -> None:
    if row.state not in SET_ASIDE:
        raise Refused(CLAUSE, _("Somebody has settled this mail already."))
    if row.raw is None:
        raise Refused(CLAUSE, GONE)


def check_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(CLAUSE, _("Say why; it stays on record."))


def taken_up(
    mail_id: int, reason: str, what: str, *, by: Actor, at: datetime, **facts: str
) -> tuple[RawMail, ParsedMail]:
    """The mail, locked and read again, with the event that says who took it up and why."""
    require_staff(by, CLAUSE, "settle mail that was set aside")
    check_reason(reason)
    row = aside(mail_id)
    told = {"reason": reason.strip(), "was": row.reason, **facts}
    audit.record(what, by=by, at=at, client_id=row.client_id, subject=row, payload=told)
    return row, parsed_of(row)


def refuse_still_aside(verdict: MailVerdict) -> None:
    """Raises Refused with the reason for which even a mail that a person vouches for becomes part of no request."""
    if verdict.state not in BECOMES_PART and verdict.reason is not None:
        raise Refused(
            CLAUSE, _("That does not help: %(REASON_WORDS)s") % {"REASON_WORDS": REASON_WORDS[verdict.reason]}
        )


def finish(row: RawMail, parsed: ParsedMail, weighed: Weighed, *, at: datetime) -> RawMail:
    """Do what was decided, now: a request dates from the day on which staff let it in."""
    reports = is_for_reports(row, parsed)
    carried = carried_in(parsed, reports=reports) if weighed.verdict.state in BECOMES_PART else Carried()
    with discarded_on_failure(carried.files):
        carry_out(row, parsed, carried, weighed, at=at)
    return row
