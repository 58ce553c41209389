"""Tickets for tests, made by the real actions."""

from datetime import datetime

from portal.actors import SYSTEM, Actor
from portal.models import Outbox
from portal.tenancy import act_as, act_as_staff
from tests.cast import MORNING, Person, World
from tickets.actions.acknowledgement import acknowledgement_accepted
from tickets.actions.base import lock
from tickets.actions.intake import Request, raise_request
from tickets.actions.replies import publish, reply
from tickets.models import Message, Ticket
from tickets.rules.states import State


def raised(world: World, at: datetime = MORNING, who: Person | None = None, **changes: object) -> Ticket:
    """A request of Ben's (or another member's) whose acknowledgement still waits in the outbox."""
    person = who or world.ben
    given: dict[str, object] = {"subject": "Mailbox full", "body": "I cannot send.", **changes}
    request = Request(**given)  # type: ignore[arg-type]
    assert person.membership
    with act_as(person.membership.client_id):
        return raise_request(request, requester=person.membership, by=person.actor, at=at)


def acknowledged(world: World, at: datetime = MORNING, who: Person | None = None, **changes: object) -> Ticket:
    """A ticket whose acknowledgement the mail server took at this instant."""
    ticket = raised(world, at, who, **changes)
    with act_as_staff(SYSTEM):
        mail = Outbox.objects.get(kind="acknowledgement", about_id=ticket.pk)
        mail.state, mail.sent_at = "sent", at
        mail.save()
        acknowledgement_accepted(outbox=mail, at=at)
        return fresh(ticket)


def fresh(ticket: Ticket) -> Ticket:
    """The ticket as it stands now, with its clock."""
    return Ticket.objects.select_related("clock").get(pk=ticket.pk)


def publish_now(ticket_id: int, body: str, *, by: Actor, at: datetime, then: State | None = None) -> Message:
    """A reply whose ten seconds of undo are over at once."""
    message = reply(ticket_id, body, by=by, at=at, then=then)
    if message.published_at is None:
        publish(message, ticket=lock(ticket_id), by=by, at=at)
    return message
