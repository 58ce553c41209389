"""Who sees which ticket. Explicit filters are the first wall; row level security is the second."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from portal.actors import Actor
from portal.models import Membership, Product, Staff, WorkingCalendar
from portal.rules.states import Role
from tickets.models import ResponseClock, Ticket, TicketPerson
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
    rows = found.select_related("client", "requester", "clock", "tenant")
    # Here and not in the database: one row hardly ever has a second, and Django takes a millisecond to write an order.
    ticket = max(rows, key=lambda row: row.pk, default=None)
    if ticket is None:
        raise Ticket.DoesNotExist(_("There is no request %(ref)s.") % {"ref": ref})
    return ticket


def hang_on(ticket: Ticket, *, calendar: WorkingCalendar, staff: Iterable[Staff], products: Iterable[Product]) -> None:
    """Give a ticket the related rows that its page has read anyway. Joined to it, they would take PostgreSQL ten times
    longer to plan than to read; what is not among them is read when somebody asks for it."""
    clock: ResponseClock | None = getattr(ticket, "clock", None)
    if clock is not None and clock.calendar_id == calendar.pk:
        clock.calendar = calendar
    for person in staff:
        if person.pk == ticket.assignee_id:
            ticket.assignee = person
        if person.pk == ticket.accepted_by_id:
            ticket.accepted_by = person
    for product in products:
        if product.pk == ticket.product_id:
            ticket.product = product
