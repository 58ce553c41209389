"""The sweeps that keep the helpdesk's promises: warn at 75 % and 90 %, record a breach, publish replies, close what is done."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext

from portal import audit
from portal.actions.alarms import raise_alarms
from portal.actions.notices import News, notify_many
from portal.actors import SYSTEM, Actor
from portal.clauses import clause
from portal.jobs import sweep
from portal.models import Alarm
from tickets.actions.base import lock, record, running_due, settle
from tickets.actions.replies import publish
from tickets.actions.work import move_and_stamp
from tickets.models import Message, ResponseClock, Ticket
from tickets.queries.people import people_to_tell
from tickets.rules.noticelist import CLOCK_MISSED, CLOCK_WARNING
from tickets.rules.promise import MISSED, TARGET_CLAUSE, TARGET_WORDS, next_watch
from tickets.rules.states import State, Target

log = structlog.get_logger(__name__)

BATCH = 500
REPLIES = 50
# What a batch looks at; a clock's trail and a request's search words would be most of what is read.
READ = (
    "client_id", "target", "warn75_at", "warn90_at", "due_at", "next_at", "warned75_at", "warned90_at", "breached_at",
    "ticket__client_id", "ticket__ref", "ticket__subject", "ticket__assignee_id", "ticket__client__name",
)  # fmt: skip
STAMPS = ("warned75_at", "warned90_at", "breached_at", "next_at")
# Not by bulk_update, whose CASE for each row and column takes Django longer than all the rest of a batch.
STAMP = """
update tickets_responseclock c
set warned75_at = g.warned75_at, warned90_at = g.warned90_at, breached_at = g.breached_at, next_at = g.next_at
from unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[])
  g(id, warned75_at, warned90_at, breached_at, next_at)
where c.id = g.id
"""
STAGES = (("warned75_at", "warn75_at", 75), ("warned90_at", "warn90_at", 90))


@sweep("response clocks", every_seconds=5, clause="HLP-5")
@clause("HLP-3", "HLP-4", "HLP-5")
def watch_clocks(at: datetime) -> int:
    """Warn and record breaches of every clock that is due, in due order. A late sweep stamps the true instants."""
    clocks = list(
        ResponseClock.objects.filter(next_at__lte=at)
        .select_related("ticket", "ticket__client")
        .only(*READ)
        .order_by("next_at", "id")
        .select_for_update(of=("self",), skip_locked=True)[:BATCH]
    )
    if not clocks:
        return 0
    facts = [(clock, *_advance(clock, at)) for clock in clocks]
    _stamp(clocks)
    _tell(facts)
    return len(clocks)


def _stamp(clocks: Sequence[ResponseClock]) -> None:
    """Write what `_advance` stamped, in one statement."""
    columns: list[list[Any]] = [[getattr(clock, name) for clock in clocks] for name in ("pk", *STAMPS)]
    with connection.cursor() as cursor:
        cursor.execute(STAMP, columns)


def _advance(clock: ResponseClock, at: datetime) -> tuple[int, bool]:
    """Stamp in memory what has been reached. Returns the highest warning (0, 75 or 90 per cent) and whether it is missed."""
    warned = 0
    for stamp, instant, share in STAGES:
        reached = getattr(clock, instant)
        if getattr(clock, stamp) is None and reached <= at:
            setattr(clock, stamp, reached)
            warned = share
    missed = clock.breached_at is None and clock.due_at <= at
    # The promise is kept until the due instant itself has passed; at that instant it is looked at, one moment later it is missed.
    if missed and clock.due_at < at:
        clock.breached_at = clock.due_at
    clock.next_at = (
        None
        if clock.breached_at
        else next_watch(warn75_at=clock.warn75_at, warn90_at=clock.warn90_at, due_at=clock.due_at, after=at, met=False)
        or clock.due_at + timedelta(microseconds=1)
    )
    return warned, clock.breached_at is not None


def _tell(facts: Sequence[tuple[ResponseClock, int, bool]]) -> None:
    """The audit events, alarms and notices of one batch, each in one statement."""
    told = people_to_tell([clock.ticket for clock, _, _ in facts])
    events: list[tuple[Any, dict[str, Any]]] = []
    alarms: list[Alarm] = []
    notices: list[News] = []
    for clock, warned, missed in facts:
        if missed:
            events.append(_missed_event(clock))
            alarms.append(_missed_alarm(clock))
        if missed or warned:
            notices += _notices(clock, warned, missed, told[clock.ticket_id])
    audit.record_many(events)
    raise_alarms(alarms)
    notify_many(notices)


def _missed_event(clock: ResponseClock) -> tuple[Any, dict[str, Any]]:
    event = audit.new_event(
        MISSED, by=SYSTEM, at=clock.due_at, client_id=clock.client_id, subject=clock.ticket, client_visible=True
    )
    return event, {"ref": clock.ticket.ref, "target": clock.target, "due_at": clock.due_at}


def _missed_alarm(clock: ResponseClock) -> Alarm:
    target = Target(clock.target)
    return Alarm(
        kind=MISSED,
        client_id=clock.client_id,
        subject_type="ticket",
        subject_id=clock.ticket_id,
        clause=TARGET_CLAUSE[target],
        sentence=gettext("%(ref)s of %(name)s has had no answer within %(TARGET_WORDS)s.")
        % {"ref": clock.ticket.ref, "name": clock.ticket.client.name, "TARGET_WORDS": TARGET_WORDS[target]},
        cure=gettext("Answer it now: the breach stays on record, and the time to the answer counts too."),
        url=reverse("desk:ticket", args=[clock.ticket.ref]),
        raised_at=clock.due_at,
        # The same sweep writes the notices, to who has the request.
        told_at=clock.due_at,
    )


def _notices(clock: ResponseClock, warned: int, missed: bool, people: Sequence[int]) -> list[News]:
    ticket: Ticket = clock.ticket
    stage, at = (
        ("missed", clock.due_at) if missed else (str(warned), clock.warn90_at if warned == 90 else clock.warn75_at)
    )
    says = "is past its promised time" if missed else f"has used {warned} % of its time to be answered"
    return [
        News(
            user_id=user,
            client_id=clock.client_id,
            kind=CLOCK_MISSED if missed else CLOCK_WARNING,
            sentence=f"{ticket.ref} {ticket.subject[:150]} {says}.",
            url=reverse("desk:ticket", args=[ticket.ref]),
            at=at,
            key=f"clock {clock.pk} {stage}",
        )
        for user in people
    ]


@sweep("replies to publish", every_seconds=2, clause="HLP-5")
@clause("HLP-5")
def publish_replies(at: datetime) -> int:
    """Publish replies whose ten seconds of undo have passed, one transaction's worth at a time. One that fails holds up no other."""
    due = Message.objects.filter(
        publish_at__lte=at, publish_at__isnull=False, published_at__isnull=True, withdrawn_at__isnull=True
    ).order_by("publish_at", "id")
    done, faults = 0, list[Exception]()
    for message_id, ticket_id, joined_id in due.values_list("pk", "ticket_id", "ticket__merged_into_id"):
        try:
            with transaction.atomic():
                _publish_held(message_id, {ticket_id, joined_id or ticket_id}, ticket_id, at)
            done += 1
        except (
            Exception
        ) as fault:  # raised again below, once no other is held up; the reply is tried again at every round
            log.error("reply not published", message=message_id, exc_info=fault)
            faults.append(fault)
        if done == REPLIES:
            break
    if faults and not done:
        raise ExceptionGroup(gettext("Replies that could not be published"), faults)
    return done


def _publish_held(message_id: int, tickets: Iterable[int], ticket_id: int, at: datetime) -> None:
    # The tickets first, in the order of their keys, then the message: the same order as every other act, so that two can
    # never wait for each other.
    locked = {pk: lock(pk) for pk in sorted(tickets)}
    message = Message.objects.select_for_update().get(pk=message_id)
    if message.published_at is None and message.withdrawn_at is None:
        publish(message, ticket=locked[ticket_id], by=_author(message), at=at)


def _author(message: Message) -> Actor:
    """The person who wrote the reply: the portal only let the ten seconds pass."""
    return Actor(kind="staff", label=message.author_label, staff_id=message.author_staff_id)


@sweep("resolved requests", every_seconds=60, clause="HLP-5")
@clause("HLP-5")
def close_resolved(at: datetime) -> int:
    """Close resolved requests that can no longer be reopened (D24)."""
    due = list(
        Ticket.objects.filter(state=State.RESOLVED, close_due_at__lte=at)
        .order_by("close_due_at")
        .select_for_update(of=("self",), skip_locked=True)[:BATCH]
    )
    for ticket in due:
        true_instant = ticket.close_due_at or at
        move_and_stamp(ticket, State.CLOSED, at=true_instant)
        settle(ticket, "closed_at", "close_due_at", due_at=running_due(ticket))
        record(ticket, "request closed", by=SYSTEM, at=true_instant)
    return len(due)
