"""Who sees which ticket. Explicit filters are the first wall; row level security is the second."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from portal.actors import Actor
from portal.models import Membership
from portal.rules.states import Role
from tickets.models import Ticket, TicketPerson
from tickets.rules.states import Visibility


def tickets_for_client(actor: Actor) -> QuerySet[Ticket]:
    """What a person of a client may see: a manager the organisation's, an author the own ones; a confidential one only
    its requester and the people named on it."""
    own = memberships_of(actor)
    mine = Q(requester__in=own)
    named = Exists(TicketPerson.objects.filter(ticket=OuterRef("pk"), client_id=_client(actor), membership__in=own))
    seen = mine | Q(named)
    if actor.role == Role.MANAGER:
        seen |= Q(visibility=Visibility.STANDARD)
    return Ticket.objects.filter(client_id=_client(actor)).filter(seen)


def memberships_of(actor: Actor) -> QuerySet[Membership]:
    """Every membership this person has had at this client: a person who came back still owns the old requests."""
    return Membership.objects.filter(client_id=_client(actor), user_id=actor.user_id or 0)


def _client(actor: Actor) -> int:
    """The client a person acts for; 0, which no client has, for anybody else."""
    return actor.client_id or 0


def ticket_for_client(actor: Actor, ref: str) -> Ticket:
    """One ticket by its reference. Raises Ticket.DoesNotExist for a stranger's and for a missing one alike."""
    return tickets_for_client(actor).select_related("clock__calendar", "product", "tenant").get(ref=ref)


def ticket_for_staff(ref: str, client_slug: str | None = None) -> Ticket:
    """One ticket by its reference, across clients. References are random; if two clients share one, the newest is meant
    unless the client is named. Raises Ticket.DoesNotExist."""
    found = Ticket.objects.filter(ref=ref)
    if client_slug:
        found = found.filter(client__slug=client_slug)
    ticket = (
        found.select_related(
            "client", "clock", "clock__calendar", "product", "tenant", "assignee", "accepted_by", "terms"
        )
        .order_by("-id")
        .first()
    )
    if ticket is None:
        raise Ticket.DoesNotExist(_("There is no request %(ref)s.") % {"ref": ref})
    return ticket
