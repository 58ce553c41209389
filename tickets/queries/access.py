"""Who sees which ticket. Explicit filters are the first wall; row level security is the second."""

from collections.abc import Iterable
from typing import cast

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from portal.actors import Actor
from portal.models import Client, Membership, MicrosoftTenant, Product, Staff, WorkingCalendar
from portal.prepared import Prepared
from portal.queries.joined import Joined
from portal.rules.states import Role
from tickets.models import ResponseClock, Ticket, TicketPerson
from tickets.rules.states import Visibility

# By hand, because every page of a ticket begins with it, and Django takes four times as long to write it.
TICKET_PARTS = Joined(
    {"t": Ticket, "c": Client, "m": Membership, "k": ResponseClock, "n": MicrosoftTenant}, without={"search"}
)
FOR_STAFF = Prepared(f"""
select {TICKET_PARTS.columns} from tickets_ticket t
join portal_client c on c.id = t.client_id
join portal_membership m on m.id = t.requester_id
left join tickets_responseclock k on k.ticket_id = t.id
left join portal_microsofttenant n on n.id = t.tenant_id
where t.ref = %(ref)s and (%(slug)s = '' or c.slug = %(slug)s) order by t.id desc limit 1
""")  # noqa: S608 - columns of our own models
# tickets_for_client for statements of our own: a request t, the role that the asking person has at its client (null: they have
# no place there), and what binds them to it. tests/test_mail_named_requests.py holds both together.
BOND = """
left join lateral (
    select (%(roles)s::text[])[array_position(%(clients)s::bigint[], t.client_id)] as role, own.ids,
    t.requester_id = any(own.ids) as asked, exists (
        select from tickets_ticketperson n
        where n.client_id = t.client_id and n.ticket_id = t.id and n.membership_id = any(own.ids)
    ) as named
    from (select array(
        select m.id from portal_membership m where m.client_id = t.client_id and m.user_id = %(user)s::bigint
    ) as ids) own
) bond on true
"""
SEEN = f"""
bond.role is not null and (bond.asked or bond.named or (bond.role = '{Role.MANAGER}' and t.visibility = '{Visibility.STANDARD}'))
"""


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
    """One ticket by its reference, across clients, with client, requester, clock and tenant. References are random; if two
    clients share one, the newest is meant unless the client is named. Raises Ticket.DoesNotExist."""
    with connection.cursor() as cursor:
        FOR_STAFF.run(cursor, {"ref": ref, "slug": client_slug or ""})
        row = cursor.fetchone()
    if row is None:
        raise Ticket.DoesNotExist(_("There is no request %(ref)s.") % {"ref": ref})
    ticket, client, requester, clock, tenant = TICKET_PARTS.models(row)
    ticket.client, ticket.requester, ticket.tenant = client, requester, tenant
    if clock is None:
        ticket._state.fields_cache["clock"] = None  # known to be missing, so that nobody asks for it
    else:
        clock.ticket = ticket
    return cast(Ticket, ticket)


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
