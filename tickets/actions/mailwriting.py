"""A mail becomes a request or an answer, by the same actions as a form; nobody but its sender is named by it (TRUST A3, A4)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from portal.clauses import clause
from portal.errors import Refused
from portal.files import BadFile, Taken, discard, take
from portal.files.limits import POST_FILES
from portal.models import Membership
from portal.outbox import one_line
from portal.queries.contract import terms_at
from tickets.actions.intake import MailWords, Request, add_client_message, begin_request
from tickets.actions.mailflood import alarm_flood
from tickets.actions.rawmail import mark_part
from tickets.actions.spam import Reported, Told, keep_report, read_reported
from tickets.models import Message, RawMail, Ticket
from tickets.queries.mailin import actor_of
from tickets.rules.mail.shape import ParsedMail
from tickets.rules.mail.verdict import MailVerdict, RawState
from tickets.rules.spam import Harm
from tickets.rules.states import Channel

Written = TypeVar("Written")
LONGEST_SUBJECT = 200


@dataclass(frozen=True)
class Carried:
    """The files of a mail that were taken, with the number that each has in it, and a sentence for each that was not.

    reported: the mail that it hands over for judgement, where it went to the address for that (EML-6).
    """

    files: tuple[Taken, ...] = ()
    parts: tuple[int, ...] = ()
    left_out: tuple[str, ...] = ()
    reported: Reported | None = None


def carried_in(parsed: ParsedMail, *, reports: bool = False) -> Carried:
    """Take the mail's files as a form's are taken; what cannot be taken is said, and the mail counts all the same.

    reports: it went to the address for suspicious mail, so the first mail in it is read under guard as well.
    """
    reported = reported_in(parsed) if reports else None
    taken: dict[int, Taken] = {}
    left_out: list[str] = []
    try:
        for part, file in enumerate(parsed.files[:POST_FILES]):
            try:
                taken[part] = take(SimpleUploadedFile(file.name, file.data, file.declared_type))
            except BadFile as refused:
                left_out.append(str(refused))
    except BaseException:
        for one in taken.values():
            discard(one.storage_name)
        raise
    if len(parsed.files) > POST_FILES:
        left_out.append(_("We take %(most)s files in one mail, and left out the others.") % {"most": POST_FILES})
    return Carried(tuple(taken.values()), tuple(taken), tuple(left_out), reported)


@clause("EML-6")
def reported_in(parsed: ParsedMail) -> Reported | None:
    """The first mail that was forwarded as a file, if there is one."""
    for file in parsed.files:
        if file.declared_type == "message/rfc822" or file.name.lower().endswith(".eml"):
            try:
                return read_reported(file.data)
            except Refused:
                continue
    return None


@clause("SUB-1", "HLP-5", "HLP-6")
def write_request(
    row: RawMail,
    parsed: ParsedMail,
    carried: Carried,
    verdict: MailVerdict,
    *,
    author: Membership,
    release_at: datetime | None,
    at: datetime,
) -> None:
    """A new request of its sender, with its acknowledgement; over twenty in an hour that waits until `release_at` (F8)."""
    by = actor_of(author)
    request = Request(
        subject=one_line(parsed.subject, LONGEST_SUBJECT) or _("(no subject)"),
        body="",
        follows=Ticket.objects.get(client_id=author.client_id, pk=verdict.follows_id) if verdict.follows_id else None,
        terms=terms_at(at),
    )

    def write(carried: Carried) -> tuple[Ticket, Message]:
        words = words_of(row, parsed, carried)
        given = replace(request, body=body_of(parsed, carried), mail=words, files=carried.files)
        begun = begin_request(given, requester=author, by=by, at=at, channel=Channel.EMAIL, release_at=release_at)
        if carried.reported is not None:
            keep_report(*begun, carried.reported, Told(author.email, Harm.UNKNOWN), by=by, at=at)
        return begun

    ticket, message = with_files(write, carried)
    if release_at is not None:
        alarm_flood(author, at=at)
    mark_part(row, RawState.TICKETED, message, ticket.terms, by=by, at=at)


@clause("SUB-1", "HLP-5")
def write_reply(
    row: RawMail, parsed: ParsedMail, carried: Carried, verdict: MailVerdict, *, author: Membership, at: datetime
) -> None:
    """An answer on a request, in its sender's name; requester and watchers stay as they are."""
    by = actor_of(author)

    def write(carried: Carried) -> Message:
        return add_client_message(
            verdict.ticket_id or 0, body_of(parsed, carried), author=author, by=by, at=at, files=carried.files,
            channel=Channel.EMAIL, mail=words_of(row, parsed, carried),
        )  # fmt: skip

    message = with_files(write, carried)
    mark_part(row, RawState.REPLIED, message, terms_at(at), by=by, at=at)


def with_files(write: Callable[[Carried], Written], carried: Carried) -> Written:
    """Write it with its files; without them where a day's room is used up, which the message then says."""
    if not carried.files:
        return write(carried)
    try:
        with transaction.atomic():
            return write(carried)
    except Refused as refused:
        return write(Carried(left_out=(*carried.left_out, refused.sentence), reported=carried.reported))


def body_of(parsed: ParsedMail, carried: Carried) -> str:
    """What the sender wrote now, and which files are missing."""
    missing = "\n".join(carried.left_out)
    return f"{parsed.visible}\n\n[{missing}]" if missing else parsed.visible


def words_of(row: RawMail, parsed: ParsedMail, carried: Carried) -> MailWords:
    """What is folded away below, and the HTML form. A mail of nothing but history shows it above: no message is
    empty. Where a file is missing the text is shown, because it says so."""
    folded = parsed.visible != parsed.text
    return MailWords(
        signature=parsed.signature if folded else "",
        history=parsed.history if folded else "",
        html="" if carried.left_out else parsed.html_safe,
        html_history="" if carried.left_out else parsed.html_history,
        sha256=row.sha256,
        parts=carried.parts,
    )
