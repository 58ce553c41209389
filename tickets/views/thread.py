"""A timeline as the page parts want it (templates/parts/message.html and `{% event %}`)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.files.sniff import PICTURES
from tickets.models import Attachment, Message, Ticket
from tickets.queries.thread import Line
from tickets.rules.states import Channel, MessageKind
from tickets.views.mailface import MailFace, mail_face

NOT_SCANNED = "not scanned"


def lines_for(
    lines: Iterable[Line], ticket: Ticket, *, at: datetime, slug: str = "", staff_id: int | None = None
) -> list[dict[str, Any]]:
    """Each entry as {"message": …} or {"event": …}. slug: the client's own pages; else the desk's."""
    return [
        {"message": message_part(line.message, ticket, at=at, slug=slug, staff_id=staff_id)}
        if line.message is not None
        else {"event": event_part(line)}
        for line in lines
    ]


def event_part(line: Line) -> dict[str, Any]:
    kind = line.event.kind if line.event is not None else ""
    tone = "bad" if kind == "promise missed" else "key" if line.key else ""
    return {"at": line.at, "text": line.sentence, "tone": tone}


def message_part(message: Message, ticket: Ticket, *, at: datetime, slug: str, staff_id: int | None) -> dict[str, Any]:
    held = message.kind == MessageKind.REPLY and message.author_staff_id and message.published_at is None
    held = bool(held and message.withdrawn_at is None)
    return {
        "id": message.pk,
        "anchor": f"m{message.pk}",
        "author": message.author_label,
        "at": message.published_at or message.written_at,
        "body": message.body,
        "mail": face_of(message, ticket, slug) if message.channel == Channel.EMAIL else None,
        "kind": kind_word(message),
        "to": "by e-mail" if message.channel == Channel.EMAIL else "",
        "files": [file_part(file, ticket, slug) for file in message.attachments.all()],
        "withdrawn": withdrawn_sentence(message, for_client=bool(slug)),
        "held": _("Going out in a moment") if held else "",
        "undo_url": reverse("desk:undo", args=[ticket.ref, message.pk]) if held and not slug else "",
        "again_url": reverse("desk:ticket", args=[ticket.ref]) if held and not slug else "",
        "redact_url": reverse("desk:redact-message", args=[ticket.ref, message.pk])
        if may_redact(message, slug)
        else "",
        "withdraw_url": withdraw_url(message, ticket) if not slug else "",
        "article_url": "" if slug else article_url(message, ticket),
    }


def may_redact(message: Message, slug: str) -> bool:
    """Staff may redact what is said and not withdrawn."""
    return not slug and message.withdrawn_at is None and bool(message.body)


def face_of(message: Message, ticket: Ticket, slug: str) -> MailFace:
    """A message that came by mail, with its pictures behind the addresses at which this side may fetch them."""
    pictures = {
        file.part: f"{file_part(file, ticket, slug)['url']}?inline=1"
        for file in message.attachments.all()
        if file.part is not None
    }
    return mail_face(
        visible=message.body,
        history=message.history,
        signature=message.signature,
        html_safe=message.html,
        html_history=message.html_history,
        pictures=pictures,
    )


def kind_word(message: Message) -> str:
    """client, reply or note: how the message is drawn."""
    if message.kind == MessageKind.NOTE:
        return "note"
    return "reply" if message.author_staff_id else "client"


def withdrawn_sentence(message: Message, *, for_client: bool) -> str:
    """What stands in the place of a withdrawn message. The client is not shown why."""
    if message.withdrawn_at is None:
        return ""
    if for_client:
        return _("This message was withdrawn.")
    return _("Withdrawn by %(withdrawn_by)s: %(withdrawn_reason)s. It said: %(body)s") % {
        "withdrawn_by": message.withdrawn_by,
        "withdrawn_reason": message.withdrawn_reason,
        "body": message.body,
    }


def withdraw_url(message: Message, ticket: Ticket) -> str:
    """Only what the client can see can be withdrawn from view."""
    return reverse("desk:withdraw", args=[ticket.ref, message.pk]) if message.client_visible else ""


def article_url(message: Message, ticket: Ticket) -> str:
    """Where an answer of ours becomes the beginning of an article."""
    if message.kind != MessageKind.REPLY or not message.author_staff_id or message.withdrawn_at or not message.body:
        return ""
    return f"{reverse('desk:article-add')}?ticket={ticket.ref}&message={message.pk}"


def file_part(file: Attachment, ticket: Ticket, slug: str) -> dict[str, Any]:
    where = ("client:attachment", [slug, ticket.ref, file.pk]) if slug else ("desk:attachment", [ticket.ref, file.pk])
    return {
        "name": file.name,
        "size": file.size,
        "url": reverse(where[0], args=where[1]),
        "note": "" if file.scanned_at else NOT_SCANNED,
        "redact_url": "" if slug or file.content_type not in PICTURES else redact_url(file, ticket),
    }


def redact_url(file: Attachment, ticket: Ticket) -> str:
    """Where areas of a picture are made unreadable."""
    return reverse("desk:redact-file", args=[ticket.ref, file.pk])
