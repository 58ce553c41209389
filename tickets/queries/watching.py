"""Who gets a copy of each answer on a request, and who may."""

from collections.abc import Collection
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from portal.actors import Actor
from portal.models import Membership
from portal.rules.states import Role
from tickets.models import Ticket, TicketPerson, TicketWatcher
from tickets.queries.people import members_on
from tickets.rules.states import Visibility
from tickets.rules.watching import Adder


def who_see(ticket: Ticket, day: date) -> QuerySet[Membership]:
    """The client's people on a day who may see a request: as access.tickets_for_client judges it, person by person."""
    asked = Subquery(Membership.objects.filter(pk=ticket.requester_id).values("user_id"))
    named = TicketPerson.objects.filter(
        client_id=ticket.client_id, ticket_id=ticket.pk, membership__user_id=OuterRef("user_id")
    )
    seen = Q(user_id=asked) | Q(Exists(named))
    if ticket.visibility == Visibility.STANDARD:
        seen |= Q(role=Role.MANAGER)
    return members_on(ticket.client_id, day).filter(seen)


def watchers_of(ticket: Ticket) -> QuerySet[TicketWatcher]:
    """Who gets copies, in the order in which they were added."""
    rows = TicketWatcher.objects.filter(client_id=ticket.client_id, ticket_id=ticket.pk)
    return rows.select_related("membership").order_by("added_at", "id")


def adder_of(ticket: Ticket, by: Actor, person: Membership | None = None) -> Adder:
    """As whom somebody adds or takes off a person (the request's requester must be readable)."""
    if by.is_staff:
        return Adder.STAFF
    if Membership.objects.filter(pk=ticket.requester_id, user_id=by.user_id or 0).exists():
        return Adder.REQUESTER
    if by.role == Role.MANAGER:
        return Adder.MANAGER
    return Adder.THEMSELVES if person is not None and person.user_id == by.user_id else Adder.OTHER


def copies_of(
    ticket: Ticket, merged: Collection[Ticket], day: date, *, without: Collection[int]
) -> list[tuple[Membership, bool]]:
    """Who is told of an answer, each person once, and whether by mail: watchers of the request and of those merged into it
    who may still see it; `without` are the memberships that get the answer itself."""
    rows = TicketWatcher.objects.filter(
        client_id=ticket.client_id, ticket_id__in=[ticket.pk, *(one.pk for one in merged)]
    )
    by_mail: dict[int, bool] = {}
    for user_id, mailed in rows.values_list("membership__user_id", "by_mail"):
        by_mail[user_id] = mailed or by_mail.get(user_id, False)
    if not by_mail:
        return []
    answered = Subquery(Membership.objects.filter(pk__in=without).values("user_id"))
    seeing = who_see(ticket, day).filter(user_id__in=by_mail).exclude(user_id__in=answered).select_related("client")
    people = {person.user_id: person for person in seeing}
    return [(person, by_mail[user_id]) for user_id, person in people.items()]


def addable(ticket: Ticket, by: Actor, day: date) -> QuerySet[Membership]:
    """Whom somebody may add: who sees the request; for its requester every colleague, for a watcher-to-be themselves."""
    adder = adder_of(ticket, by)
    people = members_on(ticket.client_id, day) if adder == Adder.REQUESTER else who_see(ticket, day)
    if adder == Adder.OTHER:
        people = people.filter(user_id=by.user_id or 0)
    asked = Subquery(Membership.objects.filter(pk=ticket.requester_id).values("user_id"))
    known = watchers_of(ticket).filter(membership__user_id=OuterRef("user_id")).order_by()
    return people.exclude(user_id=asked).exclude(Exists(known))
