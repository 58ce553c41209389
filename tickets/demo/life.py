"""One request's life in memory: the same rules and the same facts as the helpdesk's actions, without a database.

Each act takes the instant at which it happens; the rows are written together afterwards (tickets.demo.writing).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from portal.actors import SYSTEM, Actor
from portal.demo.facts import Fact
from portal.demo.ground import ClientPack, Ground, actor_of, member_actor
from portal.models import Membership, Staff
from portal.worktime import Deadline, deadline
from tickets.actions.acknowledgement import clock_facts
from tickets.actions.base import move
from tickets.actions.intake import back_to_us, reopen_locked
from tickets.actions.work import MOVE_WORDS, move_and_stamp
from tickets.demo.dice import LONDON
from tickets.models import Message, ResponseClock, Ticket
from tickets.rules.answertimes import answer_times
from tickets.rules.placing import Facts, place
from tickets.rules.promise import MISSED, SupportHeld, next_watch, response_target, support_counts, verdict
from tickets.rules.states import Channel, Group, Kind, MessageKind, State, Visibility

UNDO = timedelta(seconds=10)
One = TypeVar("One")


@dataclass(frozen=True, slots=True)
class Ask:
    """What a client's request says."""

    ref: str
    subject: str
    body: str
    product: str
    for_whom: str = ""
    impact: str = ""
    channel: Channel = Channel.PORTAL
    confidential: bool = False
    tenant: int | None = None


@dataclass(slots=True)
class Mail:
    """A mail of the story: an acknowledgement, or the one that carries a reply. sent_at None: it waits."""

    kind: str
    message_id: str
    queued_at: datetime
    sent_at: datetime | None
    message: Message | None = None
    attempts: int = 1
    by: str = SYSTEM.label
    state_then: str = ""


@dataclass
class Life:
    """A request from its arrival on."""

    ground: Ground
    pack: ClientPack
    requester: Membership
    ticket: Ticket
    promise: Deadline | None = None
    clock: ResponseClock | None = None
    messages: list[Message] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)
    named: list[Membership] = field(default_factory=list)
    files: list[tuple[Message, str, bytes]] = field(default_factory=list)

    @property
    def member(self) -> Actor:
        return member_actor(self.requester)

    @property
    def due(self) -> datetime:
        return known(self.promise).due

    def tell(self, at: datetime, kind: str, by: Actor, visible: bool = True, **payload: Any) -> None:
        words = {"ref": self.ticket.ref, **payload}
        self.facts.append(Fact(at, kind, by, self.pack.client.pk, self.ticket, words, visible))

    def settle(self) -> None:
        """As tickets.actions.base.settle: place in the queue, one edit more."""
        ticket, clock = self.ticket, self.clock
        group, ticket.queue_at = place(
            Facts(
                state=State(ticket.state),
                state_since=ticket.state_since,
                received_at=ticket.received_at,
                acknowledged_at=ticket.acknowledged_at,
                due_at=clock.due_at if clock is not None and clock.met_at is None else None,
                asked_at=ticket.asked_at,
            )
        )
        ticket.queue_group = Group(group)
        ticket.version += 1

    def say(
        self, at: datetime, kind: MessageKind, body: str, *, by: Staff | None = None, shown: bool = True
    ) -> Message:
        ticket = self.ticket
        reply = by is not None and shown
        message = Message(
            client_id=ticket.client_id,
            ticket=ticket,
            kind=kind,
            author_member=None if by else self.requester,
            author_staff=by,
            author_label=by.label if by else self.requester.label,
            channel=ticket.channel if by is None else Channel.PORTAL,
            body=body,
            client_visible=shown,
            written_at=at - UNDO if reply else at,
            publish_at=at if reply else None,
            published_at=at if shown else None,
        )
        self.messages.append(message)
        return message

    def acknowledge(self, at: datetime) -> None:
        """The mail server took the acknowledgement: the clock starts (HLP-5)."""
        ticket, ground = self.ticket, self.ground
        ticket.acknowledged_at = at
        move(ticket, State.ACKNOWLEDGED, at=at)
        support = support_held(self.pack, ground, received_at=ticket.received_at, started_at=at)
        target = response_target(support)
        self.promise = deadline(at, target, ground.calendar)
        self.clock = ResponseClock(
            client_id=ticket.client_id,
            ticket=ticket,
            target=target,
            entitlement_id=support.id if support else None,
            terms=ticket.terms,
            started_at=at,
            **clock_facts(self.promise, ground.calendar_row, started_at=at, first_reply_at=None),
        )
        mail = self.mails[0]
        mail.sent_at = at
        self.settle()
        self.tell(
            at, "acknowledgement accepted", SYSTEM, to=self.requester.email, message_id=mail.message_id,
            target=target, due_at=self.promise.due, probably_accepted=False,
        )  # fmt: skip

    def accept(self, at: datetime, *, by: Staff, kind: Kind) -> None:
        ticket = self.ticket
        ticket.kind, ticket.accepted_at, ticket.accepted_by = kind, at, by
        ticket.assignee, ticket.assigned_at = by, at
        move(ticket, State.ACCEPTED, at=at)
        self.settle()
        self.tell(at, "request accepted", actor_of(by), request_kind=str(kind))

    def assign(self, at: datetime, *, to: Staff, by: Staff) -> None:
        self.ticket.assignee, self.ticket.assigned_at = to, at
        self.settle()
        self.tell(at, "request assigned", actor_of(by), visible=False, to=to.label)

    def reply(
        self, at: datetime, *, by: Staff, body: str, message_id: str, then: State | None = None, note: str = ""
    ) -> None:
        """A public reply, published ten seconds after it was written; the first one meets the clock (D5)."""
        ticket, clock = self.ticket, self.clock
        message = self.say(at, MessageKind.REPLY, body, by=by)
        message.then_state = then or ""
        if ticket.assignee is None:
            ticket.assignee, ticket.assigned_at = by, message.written_at
        if clock is not None and clock.met_at is None:
            judged = verdict(replied_at=at, started_at=clock.started_at, due_at=clock.due_at)
            clock.met_at, clock.breached_at = judged.met_at, judged.breached_at
            times = answer_times(
                received_at=ticket.received_at,
                started_at=clock.started_at,
                replied_at=at,
                calendar=self.ground.calendar,
            )
            clock.answer_seconds, clock.receipt_seconds = times.answer_seconds, times.receipt_seconds
        first = ticket.first_reply_at is None
        ticket.first_reply_at = ticket.first_reply_at or at
        ticket.last_staff_at, ticket.asked_at = at, None
        if then is not None and then != ticket.state:
            move_and_stamp(ticket, then, at=at, note=note)
        self.settle()
        self.tell(at, "reply published", actor_of(by), message=message, first=first, state=str(ticket.state))
        self.mails.append(
            Mail("reply", message_id, at, at + timedelta(seconds=3), message, by=by.label, state_then=str(ticket.state))
        )

    def note(self, at: datetime, *, by: Staff, body: str) -> None:
        message = self.say(at, MessageKind.NOTE, body, by=by, shown=False)
        self.tell(at, "note written", actor_of(by), visible=False, message=message)

    def client_says(self, at: datetime, *, body: str) -> None:
        """As tickets.actions.intake.add_client_message: wakes a waiting request, reopens an ended one."""
        ticket = self.ticket
        if ticket.state in (State.RESOLVED, State.CLOSED, State.DECLINED):
            reopen_locked(ticket, at=at)
            self.tell(at, "request reopened", self.member)
        elif ticket.state == State.WAITING_CLIENT:
            move(ticket, back_to_us(ticket), at=at)
        message = self.say(at, MessageKind.REPLY, body)
        ticket.last_client_at = at
        ticket.asked_at = ticket.asked_at or at
        self.settle()
        self.tell(at, "client replied", self.member, message=message)

    def move(self, at: datetime, *, by: Actor, to: State, note: str = "") -> None:
        move_and_stamp(self.ticket, to, at=at, note=note)
        self.settle()
        if by.kind == "staff":
            self.tell(at, f"request {MOVE_WORDS.get(to, 'moved')}", by, state=str(to), note=note)
        else:
            self.tell(at, f"request {MOVE_WORDS.get(to, 'moved')}", by)

    def finish(self) -> None:
        """What the sweeps have done up to now: warnings stamped, a breach recorded, the next look set."""
        clock, now = self.clock, self.ground.at
        if clock is None:
            return
        end = clock.met_at or now
        clock.warned75_at = clock.warn75_at if clock.warn75_at <= end else None
        clock.warned90_at = clock.warn90_at if clock.warn90_at <= end else None
        clock.next_at = None
        if clock.met_at is None and clock.due_at < now:
            clock.breached_at = clock.due_at
        elif clock.met_at is None:
            clock.next_at = next_watch(
                warn75_at=clock.warn75_at, warn90_at=clock.warn90_at, due_at=clock.due_at, after=now, met=False
            ) or clock.due_at + timedelta(microseconds=1)
        if clock.breached_at is not None:
            self.tell(clock.due_at, MISSED, SYSTEM, target=clock.target, due_at=clock.due_at)


def known(value: One | None) -> One:
    """A value that the request's life has brought about by now. Raises LookupError when it has not."""
    if value is None:
        raise LookupError("That has not happened yet in this request's life.")
    return value


def support_held(
    pack: ClientPack, ground: Ground, *, received_at: datetime, started_at: datetime
) -> SupportHeld | None:
    """The support package that gives this request its four hours (D7), as tickets.queries.clock_inputs finds it."""
    received_on, started_on = (instant.astimezone(ground.calendar.zone).date() for instant in (received_at, started_at))
    for row in pack.support:
        held = SupportHeld(row.pk, row.valid_from, row.valid_to, row.recorded_at)
        begun = held.valid_from <= started_on
        if begun and support_counts(held, received_at=received_at, received_on=received_on, started_on=started_on):
            return held
    return None


def begin(
    ground: Ground,
    pack: ClientPack,
    requester: Membership,
    ask: Ask,
    *,
    at: datetime,
    message_id: str,
    named: Sequence[Membership] = (),
    logged_by: Staff | None = None,
) -> Life:
    """A request as it comes in: received, its acknowledgement in the outbox."""
    ticket = Ticket(
        client_id=pack.client.pk,
        ref=ask.ref,
        requester=requester,
        requester_label=requester.label,
        for_whom=ask.for_whom,
        product=ground.products[ask.product],
        tenant=pack.tenants[ask.tenant] if ask.tenant is not None else None,
        subject=ask.subject,
        impact=ask.impact,
        channel=ask.channel,
        visibility=Visibility.CONFIDENTIAL if ask.confidential else Visibility.STANDARD,
        queue_at=at,
        terms=ground.terms,
        received_at=at,
        last_client_at=at,
        asked_at=at,
        state_since=at,
    )
    life = Life(ground, pack, requester, ticket, named=list(named))
    life.say(at, MessageKind.REQUEST, ask.body)
    life.mails.append(Mail("acknowledgement", message_id, at, None))
    by = actor_of(logged_by) if logged_by else life.member
    life.tell(at, "request received", by, subject=ask.subject, channel=str(ask.channel))
    return life


def local_day(instant: datetime) -> Any:
    """The London date of an instant."""
    return instant.astimezone(LONDON).date()
