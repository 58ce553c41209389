"""An answer as a mail of its own to one person: to who asked, and as a copy to who watches."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from portal import outbox
from portal.actors import Actor
from portal.clauses import clause
from portal.models import Membership
from tickets.actions.marks import reply_mark
from tickets.models import Message, Ticket
from tickets.rules.life import STATE_WORDS
from tickets.rules.states import ENDED_STATES, State


@clause("HLP-5")
def mail_answer(
    message: Message, ticket: Ticket, person: Membership, *, by: Actor, at: datetime, kind: str = "reply"
) -> None:
    """Put the answer into the outbox for one person. It names nobody's address but theirs, and their answer to it finds
    the request. kind: "reply" is the promised answer, "copy" one for a watcher."""
    path = reverse("client:ticket", args=[person.client.slug, ticket.ref])
    facts: dict[str, Any] = {
        "ticket": ticket,
        "requester": person.label,
        "author": message.author_label,
        "body": message.body,
        "state": STATE_WORDS[State(ticket.state)],
        "ended": ticket.state in ENDED_STATES,
        "link": f"{settings.PORTAL_URL}{path}",
    }
    subject, text, html = outbox.compose(kind, facts)
    outbox.queue(
        to=person, kind=kind, subject=subject, text=text, html=html,
        client_id=ticket.client_id, at=at, by=by, about=message, mark=reply_mark(ticket.pk),
    )  # fmt: skip
