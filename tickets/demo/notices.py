"""What the demo's clients found in their inboxes of the last days."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.urls import reverse

from portal.models import Notice
from tickets.demo.life import Life
from tickets.rules.noticelist import ACCEPTED, ANSWERED, ENDED, WAITING
from tickets.rules.states import State

# What is older than this has been read.
READ_AFTER = timedelta(hours=30)


def client_notices(life: Life, *, since: datetime, at: datetime) -> list[Notice]:
    """The lines that the helpdesk's acts would have written for the requester."""
    ticket = life.ticket
    return [
        Notice(
            client_id=ticket.client_id,
            user_id=life.requester.user_id,
            membership=life.requester,
            kind=kind,
            sentence=f"{ticket.ref} {ticket.subject[:150]} {says}.",
            url=reverse("client:ticket", args=[life.pack.client.slug, ticket.ref]),
            at=when,
            read_at=when + timedelta(minutes=17) if when < at - READ_AFTER else None,
            key=f"{kind} {ticket.pk} {number}",
        )
        for number, (kind, says, when) in enumerate(told(life))
        if since <= when <= at
    ]


def told(life: Life) -> Iterator[tuple[str, str, datetime]]:
    """(kind, words, instant) of each thing."""
    ticket = life.ticket
    if ticket.accepted_at is not None:
        yield ACCEPTED, "is accepted: we have begun", ticket.accepted_at
    for one in life.messages:
        if one.published_at is not None and one.author_staff_id is not None and one.withdrawn_at is None:
            resolved = one.then_state == State.RESOLVED
            yield ANSWERED, "is answered and resolved" if resolved else "is answered", one.published_at
    if ticket.state == State.WAITING_CLIENT:
        yield WAITING, "waits for you", ticket.state_since
    if ticket.resolved_at is not None and not any(one.then_state == State.RESOLVED for one in life.messages):
        yield ENDED, "is now resolved", ticket.resolved_at
