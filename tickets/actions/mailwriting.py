"""A mail becomes a request or an answer, by the same actions as a form; nobody but its sender is named by it (TRUST A3, A4)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from portal.actions.alarms import raise_alarm
from portal.actors import Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.files import BadFile, Taken, discard, take
from portal.files.limits import POST_FILES
from portal.models import Membership
from portal.outbox import one_line
from tickets.actions.intake import MailWords, Request, add_client_message, raise_request
from tickets.actions.rawmail import mark
from tickets.models import Message, RawMail, Ticket
from tickets.queries.mailin import actor_of, release_of
from tickets.rules.mail.shape import ParsedMail
from tickets.rules.mail.verdict import ACKNOWLEDGEMENTS_AN_HOUR, MailVerdict, RawState
from tickets.rules.states import Channel

Written = TypeVar("Written", Ticket, Message)
FLOOD = "mail flood"
LONGEST_SUBJECT = 200


@dataclass(frozen=True)
class Carried:
    """The files of a mail that were taken, with the number that each has in it, and a sentence for each that was not."""

    files: tuple[Taken, ...] = ()
    parts: tuple[int, ...] = ()
    left_out: tuple[str, ...] = ()


def carried_in(parsed: ParsedMail) -> Carried:
    """Take the mail's files as a form's are taken; what cannot be taken is said, and the mail counts all the same."""
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
    return Carried(tuple(taken.values()), tuple(taken), tuple(left_out))


@clause("SUB-1", "HLP-5", "HLP-6")
def write_request(row: RawMail, parsed: ParsedMail, carried: Carried, verdict: MailVerdict, *, at: datetime) -> None:
    """A new request of its sender, with its acknowledgement; over twenty in an hour the acknowledgement waits (F8)."""
    author, by = writer(row, verdict)
    release_at = release_of(author.address_id, at)
    request = Request(
        subject=one_line(parsed.subject, LONGEST_SUBJECT) or _("(no subject)"),
        body="",
        follows=Ticket.objects.get(client_id=author.client_id, pk=verdict.follows_id) if verdict.follows_id else None,
    )

    def write(carried: Carried) -> Ticket:
        given = replace(request, body=body_of(parsed, carried), mail=words_of(parsed, carried), files=carried.files)
        return raise_request(given, requester=author, by=by, at=at, channel=Channel.EMAIL, release_at=release_at)

    ticket = with_files(write, carried)
    if release_at is not None:
        alarm_flood(author, at=at)
    message = Message.objects.defer("search").get(client_id=ticket.client_id, ticket=ticket)
    mark(row, RawState.TICKETED, by=by, at=at, client_id=ticket.client_id, ticket=ticket, message=message)


@clause("SUB-1", "HLP-5")
def write_reply(row: RawMail, parsed: ParsedMail, carried: Carried, verdict: MailVerdict, *, at: datetime) -> None:
    """An answer on a request, in its sender's name; requester and watchers stay as they are."""
    author, by = writer(row, verdict)
    ticket = Ticket.objects.get(client_id=author.client_id, pk=verdict.ticket_id or 0)

    def write(carried: Carried) -> Message:
        return add_client_message(
            ticket.pk, body_of(parsed, carried), author=author, by=by, at=at, files=carried.files,
            channel=Channel.EMAIL, mail=words_of(parsed, carried),
        )  # fmt: skip

    message = with_files(write, carried)
    mark(row, RawState.REPLIED, by=by, at=at, client_id=ticket.client_id, ticket=ticket, message=message)


def writer(row: RawMail, verdict: MailVerdict) -> tuple[Membership, Actor]:
    """In whose name the mail is written down."""
    place = verdict.belonging
    if place is None:
        raise ValueError(f"Mail {row.pk} has no place to go to.")
    author = Membership.objects.select_related("client").get(client_id=place.client_id, pk=place.membership_id)
    return author, actor_of(author, author.user_id)


def with_files(write: Callable[[Carried], Written], carried: Carried) -> Written:
    """Write it with its files; without them where a day's room is used up, which the message then says."""
    if not carried.files:
        return write(carried)
    try:
        with transaction.atomic():
            return write(carried)
    except Refused as refused:
        return write(Carried(left_out=(*carried.left_out, refused.sentence)))


def body_of(parsed: ParsedMail, carried: Carried) -> str:
    """What the sender wrote now, and which files are missing."""
    missing = "\n".join(carried.left_out)
    return f"{parsed.visible}\n\n[{missing}]" if missing else parsed.visible


def words_of(parsed: ParsedMail, carried: Carried) -> MailWords:
    """What is folded away below, and the HTML form."""
    folded = "\n\n".join(part for part in (parsed.signature, parsed.history) if part)
    if parsed.visible == parsed.text:
        folded = ""  # nothing but history: it stands above, for a message is never empty
    return MailWords(folded=folded, html=parsed.html_safe, parts=carried.parts)


def alarm_flood(author: Membership, *, at: datetime) -> None:
    """One alarm a sender: their acknowledgements leave at twenty an hour, and no clock runs before each has left."""
    raise_alarm(
        kind=FLOOD,
        subject_type="address",
        subject_id=author.address_id,
        client_id=author.client_id,
        clause="HLP-5",
        sentence=_(
            "%(who)s has sent more than %(most)s requests by mail within an hour; the further acknowledgements wait."
        )
        % {"who": author.email, "most": ACKNOWLEDGEMENTS_AN_HOUR},
        cure=_(
            "Ask the person whether a machine writes in their name. The waiting acknowledgements leave by themselves."
        ),
        url="/desk/mail/",
        at=at,
    )
