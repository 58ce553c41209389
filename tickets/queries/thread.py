"""One ticket's page: its messages with their files, and the events between them, as one timeline."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Prefetch, prefetch_related_objects

from portal.prepared import Prepared
from portal.queries.joined import Joined
from tickets.models import Attachment, Message, Ticket
from tickets.rules.timeline import event_sentence


@dataclass(frozen=True, slots=True)
class Event:
    """An audit event about a ticket. payload: what it says; empty when retention has erased it."""

    id: int
    at: datetime
    kind: str
    actor_label: str
    payload: dict[str, Any]


# Both by hand, because every page of a ticket asks.
EVENTS = Prepared("""
select e.id, e.at, e.kind, e.actor_label, p.payload::text
from portal_auditevent e left join portal_auditpayload p on p.event_id = e.id
where e.subject_type = 'ticket' and e.subject_id = %(ticket)s and e.client_id = %(client)s
and (%(all)s or e.client_visible) order by e.id
""")

MESSAGE_PARTS = Joined({"m": Message}, without={"search"})
MESSAGES = Prepared(f"""
select {MESSAGE_PARTS.columns} from tickets_message m
where m.client_id = %(client)s and m.ticket_id = %(ticket)s and (%(all)s or m.client_visible) order by m.written_at, m.id
""")  # noqa: S608 - columns of our own models


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the timeline: a message, or an event with its sentence. `key` events stand out."""

    at: datetime
    message: Message | None = None
    event: Event | None = None
    sentence: str = ""
    key: bool = False


KEY_EVENTS = frozenset({"acknowledgement accepted", "promise missed", "request accepted"})


def messages_of(ticket: Ticket, *, client_side: bool, with_files: bool = True) -> list[Message]:
    """The messages in order, each with its files; the client's side has only what is visible to it.

    with_files: False where it is known that there are none, or nobody asks for them.
    """
    with connection.cursor() as cursor:
        MESSAGES.run(cursor, {"client": ticket.client_id, "ticket": ticket.pk, "all": not client_side})
        rows: list[Message] = [MESSAGE_PARTS.models(row)[0] for row in cursor.fetchall()]
    if with_files:
        files = Attachment.objects.order_by("id")
        shown = files.filter(client_visible=True) if client_side else files
        prefetch_related_objects(rows, Prefetch("attachments", queryset=shown))
    else:
        for message in rows:
            message._prefetched_objects_cache = {"attachments": []}  # type: ignore[attr-defined]
    return rows


def events_of(ticket: Ticket, *, client_side: bool) -> list[Event]:
    """The audit events about the ticket, with what they say."""
    with connection.cursor() as cursor:
        EVENTS.run(cursor, {"client": ticket.client_id, "ticket": ticket.pk, "all": not client_side})
        return [Event(pk, at, kind, who, json.loads(said or "{}")) for pk, at, kind, who, said in cursor.fetchall()]


def timeline(ticket: Ticket, *, client_side: bool, with_files: bool = True) -> list[Line]:
    """Messages and events in the order in which they happened; events that a message already tells are left out."""
    messages = messages_of(ticket, client_side=client_side, with_files=with_files)
    lines = [Line(at=message.written_at, message=message) for message in messages]
    for event in events_of(ticket, client_side=client_side):
        sentence = event_sentence(event.kind, event.actor_label, event.payload, client_side=client_side)
        if sentence:
            lines.append(Line(at=event.at, event=event, sentence=sentence, key=event.kind in KEY_EVENTS))
    return sorted(lines, key=lambda line: line.at)


def newest_client_message(messages: Sequence[Message]) -> Message | None:
    """The last thing the client wrote."""
    return next((message for message in reversed(messages) if message.author_member_id), None)
