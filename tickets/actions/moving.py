"""A request that was made for the wrong client goes to the right one: a copy there, the end here, and the question whether
the wrong people saw it (CMP-5). Neither client ever learns the other's name or reference."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from portal import audit
from portal import outbox as post
from portal.actions.alarms import raise_alarm
from portal.actors import Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.files import BadFile, Taken, copied, discarded_on_failure
from portal.models import Membership
from portal.queries.people import contract_day
from portal.rules.states import ClientState
from tickets.actions.acknowledgement import acknowledgement
from tickets.actions.base import end_misfiled, lock, record, require_person, running_due, settle
from tickets.actions.intake import Request, attach, copy_message, insert_request
from tickets.actions.replies import publish, reply
from tickets.models import Attachment, ClientMove, Message, Ticket
from tickets.queries.moving import movable_files, movable_messages, ties_of
from tickets.queries.people import members_on
from tickets.rules.moving import MISFILED, Side, check_disclosure, check_move_client
from tickets.rules.states import Channel, MessageKind, State, Visibility

DISCLOSED = "request disclosed"


@dataclass(frozen=True)
class Disclosure:
    """Whether the wrong people saw it: who they were, and a sentence that says why it was, or was not, a disclosure."""

    disclosed: bool
    saw: str
    sentence: str


@dataclass(frozen=True)
class Moved:
    """What moves, and what is said about it. message_ids, file_ids: what goes along besides the first message; reason:
    how it came to the wrong client; told: what who asked there is told."""

    message_ids: Sequence[int]
    file_ids: Sequence[int]
    reason: str
    told: str
    disclosure: Disclosure


@clause("CMP-5", "HLP-5")
def move_client(
    ticket_id: int, *, requester_id: int, moved: Moved, by: Actor, at: datetime, seen: int | None = None
) -> Ticket:
    """Copy a request to the client of `requester_id`, in that person's name, and close it where it stands. Returns the copy.

    The copy keeps when it was received; its acknowledgement is new, and the clock starts with that. Here the words are taken
    out of view, and who asked gets an answer that meets the clock. Raises Refused.
    """
    staff_id = require_person(by, "CMP-5", _("move a request to another client"))
    said = moved.disclosure
    check_disclosure(
        reason=moved.reason, told=moved.told, disclosed=said.disclosed, saw=said.saw, sentence=said.sentence
    )
    requester = Membership.objects.select_related("client").get(pk=requester_id)
    with transaction.atomic():
        # Under the lock, so that nothing is copied that somebody blacks out at this moment.
        ticket = lock(ticket_id, seen=seen)
        check(ticket, requester, at)
        messages, files, stays = chosen(ticket, moved)
        taken: list[Taken] = []
        with discarded_on_failure(taken):
            take_copies(files, taken)
            copy = begin_copy(ticket, requester, messages, list(zip(files, taken, strict=True)), by=by, at=at)
            hide(ticket, by=by, at=at)
            close(ticket.pk, moved.told.strip(), by=by, at=at)
            note(ticket, copy, moved, stays, staff_id=staff_id, by=by, at=at)
    return copy


def take_copies(files: Sequence[Attachment], taken: list[Taken]) -> None:
    """Copy the files one after the other, so that a failure finds those that are there already. Raises Refused."""
    try:
        for one in files:
            taken.append(copied(one.storage_name, one.name, one.content_type, scanned=bool(one.scanned_at)))
    except BadFile as bad:
        raise Refused("CMP-5", str(bad)) from bad


def chosen(ticket: Ticket, moved: Moved) -> tuple[list[Message], list[Attachment], dict[str, list[int]]]:
    """What goes along: the first message always, the others and their files as chosen; and, by number, what does not.

    Raises Refused for a stranger's.
    """
    messages, files = movable_messages(ticket), movable_files(ticket)
    strange = set(moved.message_ids) - {one.pk for one in messages} or set(moved.file_ids) - {one.pk for one in files}
    if strange or not messages:
        raise Refused("CMP-5", _("Choose among the messages and files of this request."))
    along = [one for number, one in enumerate(messages) if not number or one.pk in set(moved.message_ids)]
    kept = {one.pk for one in along}
    goes = [one for one in files if one.pk in set(moved.file_ids) and one.message_id in kept]
    gone = {one.pk for one in goes}
    return (
        along,
        goes,
        {
            "messages": [one.pk for one in messages if one.pk not in kept],
            "files": [one.pk for one in files if one.pk not in gone],
        },
    )


def check(ticket: Ticket, requester: Membership, at: datetime) -> None:
    check_move_client(
        state=State(ticket.state),
        same_client=ticket.client_id == requester.client_id,
        to_state=ClientState(requester.client.state),
        requester_belongs=members_on(requester.client_id, contract_day(at)).filter(pk=requester.pk).exists(),
        **asdict(ties_of(ticket, at)),
    )


def begin_copy(
    ticket: Ticket,
    requester: Membership,
    messages: Sequence[Message],
    files: Sequence[tuple[Attachment, Taken]],
    *,
    by: Actor,
    at: datetime,
) -> Ticket:
    """The request at the right client: what was said and when, in the name of the person whose it is."""
    copy = insert_request(
        Request(
            subject=ticket.subject, body="", for_whom=ticket.for_whom, product=ticket.product, impact=ticket.impact,
            confidential=ticket.visibility == Visibility.CONFIDENTIAL,
        ),
        requester=requester, at=at, channel=Channel(ticket.channel), kind=ticket.kind, priority=ticket.priority,
        tags=ticket.tags, received_at=ticket.received_at,
        queue_at=ticket.received_at, last_client_at=messages[-1].written_at,
        asked_at=messages[0].written_at,
    )  # fmt: skip
    for number, message in enumerate(messages):
        kind = MessageKind.REPLY if number else MessageKind.REQUEST
        said = copy_message(message, copy, kind=kind, author=requester)
        mine = [(file, bytes_) for file, bytes_ in files if file.message_id == message.pk]
        # A mail's file keeps its number there, so that its pictures stand where they stood.
        attach(said, [bytes_ for _file, bytes_ in mine], by=by, at=at, parts=[file.part for file, _bytes in mine])
    received = ticket.received_at.isoformat()
    record(copy, "request received", by=by, at=at, subject=copy.subject, channel=copy.channel, received_at=received)
    post.put(acknowledgement(copy, requester=requester, by=by, at=at))
    return copy


def hide(ticket: Ticket, *, by: Actor, at: datetime) -> None:
    """Take another client's words out of this one's sight, with their files; staff still see what stood here."""
    shown = Message.objects.filter(client_id=ticket.client_id, ticket=ticket, client_visible=True)
    shown.update(client_visible=False, withdrawn_at=at, withdrawn_by=by.label, withdrawn_reason=MISFILED)
    ticket.subject, ticket.for_whom, ticket.impact = MISFILED, "", ""
    settle(ticket, "subject", "for_whom", "impact", due_at=running_due(ticket))


def close(ticket_id: int, told: str, *, by: Actor, at: datetime) -> None:
    """Answer who asked here, at once, which meets the clock; then end the request for good."""
    answer = reply(ticket_id, told, by=by, at=at)
    if answer.published_at is None:
        publish(answer, ticket=lock(ticket_id), by=by, at=at)
    ticket = lock(ticket_id)
    end_misfiled(ticket, at=at)
    settle(ticket, "closed_at", "close_due_at", "misfiled_at", due_at=running_due(ticket))


def note(
    ticket: Ticket, copy: Ticket, moved: Moved, stays: dict[str, list[int]], *, staff_id: int, by: Actor, at: datetime
) -> None:
    """Write both halves and the events. What names both clients stands in the supplier's own chain alone, and so does which
    messages and files did not go along."""
    facts = {"pair": uuid4(), "reason": moved.reason.strip(), "staff_id": staff_id, "staff_label": by.label, "at": at}
    said = moved.disclosure
    answered = {
        "disclosed": said.disclosed,
        "saw": said.saw.strip() if said.disclosed else "",
        "sentence": said.sentence.strip(),
    }
    left = ClientMove.objects.create(client_id=ticket.client_id, ticket=ticket, side=Side.LEFT, **facts, **answered)
    ClientMove.objects.create(client_id=copy.client_id, ticket=copy, side=Side.CAME, **facts)
    record(ticket, "request misfiled", by=by, at=at)
    record(copy, "request came over", by=by, at=at, client_visible=False)
    both = {"left": ticket.ref, "from": ticket.client.name, "came": copy.ref, "to": copy.client.name}
    payload = {**both, "reason": left.reason, **answered, "stayed": stays}
    audit.record("request moved to another client", by=by, at=at, client_id=None, subject=left, payload=payload)
    if said.disclosed:
        tell_disclosure(ticket, copy, left, at=at)


def tell_disclosure(ticket: Ticket, copy: Ticket, left: ClientMove, *, at: datetime) -> None:
    """An alarm for the leads: words of one client were seen by people of another."""
    facts = {
        "copy": copy.ref,
        "owner": copy.client.name,
        "ref": ticket.ref,
        "seen_at": ticket.client.name,
        "saw": left.saw,
    }
    raise_alarm(
        kind=DISCLOSED,
        subject=left,
        clause="CMP-5",
        sentence=_("A request of %(owner)s (%(copy)s) was seen by people of %(seen_at)s (%(ref)s): %(saw)s.") % facts,
        cure=_("Decide today whether %(owner)s must be told, and whether the law asks for more; then clear this.")
        % facts,
        url=reverse("desk:ticket", args=[ticket.ref]),
        at=at,
    )
