"""How a request comes in, and what the client adds to it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal import outbox as post
from portal.actors import Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.files import Taken
from portal.inserts import insert, insert_asking
from portal.models import Membership, MicrosoftTenant, Product, Terms
from portal.queries.contract import calendar_at, terms_at, worktime_of
from tickets.actions.acknowledgement import acknowledgement
from tickets.actions.base import event, lock, move, record, running_due, settle, wake
from tickets.actions.telling import tell_client_answered, tell_reopened
from tickets.models import Attachment, Message, Ticket, TicketPerson
from tickets.queries.clock_inputs import promise_question
from tickets.queries.quota import check_quota
from tickets.rules.life import may_reopen
from tickets.rules.references import new_reference
from tickets.rules.states import Channel, Group, Kind, MessageKind, Priority, State, Visibility


@dataclass(frozen=True)
class MailWords:
    """What a mail says besides its visible words: what was quoted or signed, its HTML made safe, the hash of its bytes, and
    the number that each of its files has in it."""

    signature: str = ""
    history: str = ""
    html: str = ""
    html_history: str = ""
    sha256: str = ""
    parts: Sequence[int] = ()


@dataclass(frozen=True)
class Request:
    """What a client says: subject (<= 200 characters), body, for whom, about what, how it hinders, which files.

    clause: the clause that it comments on; then it is feedback, and no promise runs. terms: the version commented on, the
    one in force when not given. follows: a finished request that this one goes on from. mail: what a mail says besides.
    """

    subject: str
    body: str
    for_whom: str = ""
    product: Product | None = None
    tenant: MicrosoftTenant | None = None
    impact: str = ""
    confidential: bool = False
    named: Sequence[Membership] = field(default_factory=tuple)
    files: Sequence[Taken] = field(default_factory=tuple)
    clause: str = ""
    terms: Terms | None = None
    follows: Ticket | None = None
    mail: MailWords | None = None
    priority: Priority = Priority.NORMAL


@clause("HLP-5", "HLP-6")
def begin_request(
    request: Request,
    *,
    requester: Membership,
    by: Actor,
    at: datetime,
    channel: Channel = Channel.PORTAL,
    release_at: datetime | None = None,
) -> tuple[Ticket, Message]:
    """A new ticket, and its first message, with its files and the acknowledgement waiting in the outbox.

    No clock starts here: it starts when the mail server has taken the acknowledgement (HLP-5), which leaves at `release_at`
    at the earliest. Raises Refused over a client's daily room, before anything is written.
    """
    check_room(request.files, client_id=requester.client_id, by=by, at=at)
    with transaction.atomic(savepoint=False):
        return _begin(request, requester=requester, by=by, at=at, channel=channel, release_at=release_at)


def _begin(
    request: Request, *, requester: Membership, by: Actor, at: datetime, channel: Channel, release_at: datetime | None
) -> tuple[Ticket, Message]:
    question = promise_question(requester.client_id, at, worktime_of(calendar_at(at)))
    ticket, supported = insert_asking(_ticket(request, requester=requester, at=at, channel=channel), question)
    message = _client_message(
        ticket, request.body, author=requester, at=at, kind=MessageKind.REQUEST, channel=channel, mail=request.mail
    )
    facts: dict[str, Any] = {"mail_sha256": request.mail.sha256} if request.mail else {}
    received = event(ticket, "request received", by=by, at=at, subject=ticket.subject, channel=str(channel), **facts)
    answer = acknowledgement(ticket, requester=requester, by=by, at=at, release_at=release_at, supported=supported)
    insert(message, along=[received, post.writing(answer)])
    attach(message, request.files, by=by, at=at, parts=request.mail.parts if request.mail else ())
    _name_people(ticket, request.named, by=by, at=at)
    return ticket, message


@clause("HLP-5", "HLP-6")
def raise_request(
    request: Request, *, requester: Membership, by: Actor, at: datetime, channel: Channel = Channel.PORTAL
) -> Ticket:
    """A new ticket, as `begin_request` makes it."""
    return begin_request(request, requester=requester, by=by, at=at, channel=channel)[0]


def insert_request(request: Request, *, requester: Membership, at: datetime, channel: Channel, **more: Any) -> Ticket:
    """The row of a new ticket, without its messages; more: columns that are not as for every new one."""
    return insert(_ticket(request, requester=requester, at=at, channel=channel, **more))


def _ticket(request: Request, *, requester: Membership, at: datetime, channel: Channel, **more: Any) -> Ticket:
    facts: dict[str, Any] = {
        "client_id": requester.client_id,
        "requester": requester,
        "requester_label": requester.label,
        "for_whom": request.for_whom,
        "product": request.product,
        "tenant": request.tenant,
        "subject": request.subject,
        "clause": request.clause,
        "follows": request.follows,
        "kind": Kind.FEEDBACK if request.clause else None,
        "impact": request.impact,
        "priority": request.priority,
        "channel": channel,
        "visibility": Visibility.CONFIDENTIAL if request.confidential else Visibility.STANDARD,
        "state": State.RECEIVED,
        "queue_group": Group.UNACKNOWLEDGED,
        "queue_at": at,
        "terms": request.terms or terms_at(at),
        "received_at": at,
        "last_client_at": at,
        "asked_at": at,
        "state_since": at,
        **more,
    }
    # Forty random bits meet by chance once in a million million; the constraint then refuses, and nothing was done.
    return Ticket(ref=new_reference(), **facts)


def _client_message(
    ticket: Ticket,
    body: str,
    *,
    author: Membership,
    at: datetime,
    kind: MessageKind,
    channel: Channel,
    mail: MailWords | None = None,
) -> Message:
    return Message(
        client_id=ticket.client_id,
        ticket=ticket,
        kind=kind,
        author_member=author,
        author_label=author.label,
        channel=channel,
        body=body,
        signature=mail.signature if mail else "",
        history=mail.history if mail else "",
        html=mail.html if mail else "",
        html_history=mail.html_history if mail else "",
        client_visible=True,
        written_at=at,
        published_at=at,
    )


def copy_message(message: Message, ticket: Ticket, *, kind: MessageKind, author: Membership | None = None) -> Message:
    """A message of the client's on another of its tickets, as it was said and when. author: where it is another's."""
    return Message.objects.create(
        client_id=ticket.client_id,
        ticket=ticket,
        kind=kind,
        author_member_id=author.pk if author else message.author_member_id,
        author_label=author.label if author else message.author_label,
        channel=message.channel,
        body=message.body,
        signature=message.signature,
        history=message.history,
        html=message.html,
        html_history=message.html_history,
        client_visible=True,
        written_at=message.written_at,
        published_at=message.published_at,
    )


def check_room(files: Sequence[Taken], *, client_id: int, by: Actor, at: datetime) -> None:
    """Raises Refused when what a client's person sends is over the daily room."""
    if files and by.kind == "member":
        check_quota(client_id, sum(taken.size for taken in files), at, by.membership_id)


def attach(
    message: Message, files: Sequence[Taken], *, by: Actor, at: datetime, parts: Sequence[int | None] = ()
) -> None:
    """Hang files on a message; each is seen by whoever sees the message. `parts`: the number of each in its mail."""
    Attachment.objects.bulk_create(
        Attachment(
            client_id=message.client_id,
            ticket_id=message.ticket_id,
            message=message,
            name=taken.name,
            content_type=taken.content_type,
            size=taken.size,
            sha256=taken.sha256,
            storage_name=taken.storage_name,
            client_visible=message.client_visible,
            scanned_at=at if taken.scanned else None,
            added_by=by.label,
            added_at=at,
            part=part,
        )
        for taken, part in zip_longest(files, parts)
    )


def _name_people(ticket: Ticket, people: Sequence[Membership], *, by: Actor, at: datetime) -> None:
    TicketPerson.objects.bulk_create(
        TicketPerson(client_id=ticket.client_id, ticket=ticket, membership=person, added_by=by.label, added_at=at)
        for person in people
    )


@clause("HLP-5")
@transaction.atomic
def add_client_message(
    ticket_id: int,
    body: str,
    *,
    author: Membership,
    by: Actor,
    at: datetime,
    files: Sequence[Taken] = (),
    channel: Channel = Channel.PORTAL,
    mail: MailWords | None = None,
) -> Message:
    """The client's reply. It takes a waiting ticket back to us, and reopens a finished one within 14 days (D24).

    Raises Refused when the ticket ended longer ago: then it is a new request, with its own acknowledgement and clock.
    """
    ticket = lock(ticket_id)
    check_room(files, client_id=ticket.client_id, by=by, at=at)
    if ticket.state in (State.RESOLVED, State.CLOSED, State.DECLINED):
        reopen_locked(ticket, at=at)
        record(ticket, "request reopened", by=by, at=at)
        tell_reopened(ticket, by=by, at=at)
    elif ticket.state == State.MERGED:
        raise Refused("HLP-5", _("This request was merged into another. Please write there."))
    elif ticket.state == State.WAITING_CLIENT:
        move(ticket, back_to_us(ticket), at=at)
    message = insert(
        _client_message(ticket, body, author=author, at=at, kind=MessageKind.REPLY, channel=channel, mail=mail)
    )
    attach(message, files, by=by, at=at, parts=mail.parts if mail else ())
    ticket.last_client_at = at
    ticket.asked_at = ticket.asked_at or at
    wake(ticket)
    settle(
        ticket, "last_client_at", "asked_at", "reopened_at", "resolved_at", "closed_at", "close_due_at",
        due_at=running_due(ticket),
    )  # fmt: skip
    facts: dict[str, Any] = {"mail_sha256": mail.sha256} if mail else {}
    record(ticket, "client replied", by=by, at=at, message=message.pk, **facts)
    tell_client_answered(ticket, by=by, at=at)
    return message


@transaction.atomic
def solved_by_client(ticket_id: int, *, by: Actor, at: datetime) -> Ticket:
    """The client says that the matter is settled: the ticket is closed at once."""
    ticket = lock(ticket_id)
    if ticket.state not in (State.RESOLVED,):
        raise Refused("HLP-9", _("Only a request that we have resolved can be confirmed as settled."))
    move(ticket, State.CLOSED, at=at)
    ticket.closed_at, ticket.close_due_at = at, None
    settle(ticket, "closed_at", "close_due_at", due_at=running_due(ticket))
    record(ticket, "request closed", by=by, at=at)
    return ticket


def back_to_us(ticket: Ticket) -> State:
    """Where a ticket goes when the client has answered: back to work if it was accepted, else to be accepted."""
    if ticket.accepted_at is not None and (ticket.reopened_at is None or ticket.accepted_at >= ticket.reopened_at):
        return State.IN_PROGRESS
    return State.ACKNOWLEDGED if ticket.acknowledged_at is not None else State.RECEIVED


def reopen_locked(ticket: Ticket, *, at: datetime) -> None:
    """Open a finished ticket again, in memory. It must be accepted again before anybody works on it (ACC-6)."""
    if ticket.misfiled_at is not None:
        raise Refused("CMP-5", _("This request was filed here by mistake and stays closed. Please raise a new one."))
    ended_at = ticket.resolved_at or ticket.closed_at or ticket.state_since
    if not may_reopen(ended_at=ended_at, at=at):
        raise Refused(
            "HLP-5", _("This request ended more than 14 days ago. Please raise a new one: it gets its own promise.")
        )
    ticket.reopened_at, ticket.resolved_at, ticket.closed_at, ticket.close_due_at = at, None, None, None
    move(ticket, State.ACKNOWLEDGED if ticket.acknowledged_at is not None else State.RECEIVED, at=at)
