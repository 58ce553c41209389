"""One ticket's page: its messages with their files, and the events between them, as one timeline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch

from portal.models import AuditEvent
from tickets.models import Attachment, Message, Ticket
from tickets.rules.timeline import event_sentence


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the timeline: a message, or an event with its sentence. `key` events stand out."""

    at: datetime
    message: Message | None = None
    event: AuditEvent | None = None
    sentence: str = ""
    key: bool = False


KEY_EVENTS = frozenset({"acknowledgement accepted", "promise missed", "request accepted"})


def messages_of(ticket: Ticket, *, client_side: bool, with_files: bool = True) -> list[Message]:
    """The messages in order, each with its files; the client's side has only what is visible to it.

    with_files: False where it is known that there are none, or nobody asks for them.
    """
    files = Attachment.objects.order_by("id")
    found = Message.objects.filter(client_id=ticket.client_id, ticket_id=ticket.pk)
    if client_side:
        found = found.filter(client_visible=True)
        files = files.filter(client_visible=True)
    if not with_files:
        files = files.none()
    return list(
        found.prefetch_related(Prefetch("attachments", queryset=files)).defer("search").order_by("written_at", "id")
    )


def events_of(ticket: Ticket, *, client_side: bool) -> list[AuditEvent]:
    """The audit events about the ticket, with what they say."""
    found = AuditEvent.objects.filter(subject_type="ticket", subject_id=ticket.pk, client_id=ticket.client_id)
    if client_side:
        found = found.filter(client_visible=True)
    return list(found.select_related("body").order_by("id"))


def timeline(ticket: Ticket, *, client_side: bool, with_files: bool = True) -> list[Line]:
    """Messages and events in the order in which they happened; events that a message already tells are left out."""
    messages = messages_of(ticket, client_side=client_side, with_files=with_files)
    lines = [Line(at=message.written_at, message=message) for message in messages]
    for event in events_of(ticket, client_side=client_side):
        sentence = event_sentence(event.kind, event.actor_label, payload_of(event), client_side=client_side)
        if sentence:
            lines.append(Line(at=event.at, event=event, sentence=sentence, key=event.kind in KEY_EVENTS))
    return sorted(lines, key=lambda line: line.at)


def payload_of(event: AuditEvent) -> dict[str, Any]:
    """What the event says; empty when its payload was erased by retention."""
    return event.body.payload or {}


def newest_client_message(messages: Sequence[Message]) -> Message | None:
    """The last thing the client wrote."""
    return next((message for message in reversed(messages) if message.author_member_id), None)
