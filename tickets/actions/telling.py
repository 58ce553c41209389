"""What a ticket's people are told in their inbox: each act tells once, and never the person who did it."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.actions.notices import notify
from portal.actors import Actor
from portal.models import Membership
from tickets.models import Ticket
from tickets.rules.life import STATE_WORDS
from tickets.rules.noticelist import ACCEPTED, ANSWERED, ASSIGNED, CLIENT_ANSWERED, ENDED, REOPENED, WAITING
from tickets.rules.states import ENDED_STATES, State


def tell_requester(ticket: Ticket, kind: str, sentence: str, *, by: Actor, at: datetime, state: str = "") -> None:
    """A notice for whoever asked; `sentence` gets ref, subject and state. Works in the client's scope and in the staff's."""
    requester = Membership.objects.select_related("client").get(pk=ticket.requester_id)
    notify(
        [requester.user_id],
        kind=kind,
        sentence=sentence % {"ref": ticket.ref, "subject": ticket.subject[:150], "state": state},
        url=reverse("client:ticket", args=[requester.client.slug, ticket.ref]),
        client_id=ticket.client_id,
        key=key_of(ticket, kind),
        by=by,
        at=at,
    )


def key_of(ticket: Ticket, kind: str) -> str:
    """The act that is told: each counts the ticket's version up."""
    return f"{kind} {ticket.pk} {ticket.version}"


def tell_accepted(ticket: Ticket, *, by: Actor, at: datetime) -> None:
    words = _("%(ref)s %(subject)s is accepted: we have begun.")
    tell_requester(ticket, ACCEPTED, words, by=by, at=at)


def tell_answered(ticket: Ticket, *, by: Actor, at: datetime) -> None:
    """Of a reply, and of the state that came with it: the mail with the reply says both as well."""
    words = {
        State.WAITING_CLIENT: _("%(ref)s %(subject)s is answered, and we wait for you."),
        State.RESOLVED: _("%(ref)s %(subject)s is answered and resolved."),
    }.get(State(ticket.state), _("%(ref)s %(subject)s is answered."))
    tell_requester(ticket, ANSWERED, words, by=by, at=at)


def tell_moved(ticket: Ticket, *, by: Actor, at: datetime) -> None:
    """Of a move without a reply, where it concerns the client: we wait for them, or the request has ended."""
    if ticket.state == State.WAITING_CLIENT:
        tell_requester(ticket, WAITING, _("%(ref)s %(subject)s waits for you."), by=by, at=at)
    elif ticket.state in ENDED_STATES:
        words = _("%(ref)s %(subject)s is now %(state)s.")
        tell_requester(ticket, ENDED, words, by=by, at=at, state=STATE_WORDS[State(ticket.state)])


def tell_reopened(ticket: Ticket, *, by: Actor, at: datetime) -> None:
    tell_requester(ticket, REOPENED, _("%(ref)s %(subject)s is open again."), by=by, at=at)


def tell_assignee(ticket: Ticket, kind: str, sentence: str, *, by: Actor, at: datetime) -> None:
    """A notice for the colleague who has the ticket, if any; a client's work tells them without seeing who they are."""
    if ticket.assignee_id is None:
        return
    notify(
        [],
        staff_ids=[ticket.assignee_id],
        kind=kind,
        sentence=sentence % {"ref": ticket.ref, "subject": ticket.subject[:150], "who": by.label},
        url=reverse("desk:ticket", args=[ticket.ref]),
        client_id=ticket.client_id,
        key=key_of(ticket, kind),
        by=by,
        at=at,
    )


def tell_assigned(ticket: Ticket, *, by: Actor, at: datetime) -> None:
    tell_assignee(ticket, ASSIGNED, _("%(who)s gave you %(ref)s %(subject)s."), by=by, at=at)


def tell_client_answered(ticket: Ticket, *, by: Actor, at: datetime) -> None:
    tell_assignee(ticket, CLIENT_ANSWERED, _("%(who)s wrote on %(ref)s %(subject)s."), by=by, at=at)
