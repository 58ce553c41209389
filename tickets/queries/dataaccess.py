"""What is known about accesses to a client's data: who may allow one, a ticket's accesses, and the diary."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from portal.actors import Actor
from portal.models import Membership
from portal.prepared import Prepared
from portal.queries.paging import Page, newest_first
from portal.queries.people import contract_day
from portal.rules.states import Role
from tickets.models import (
    AccessDecision,
    AccessNaming,
    AccessRequest,
    AdditionalTask,
    BreakGlass,
    DataAccess,
    DataChange,
    IdentityCheck,
    Message,
    TaskStep,
    Ticket,
)
from tickets.queries.access import tickets_for_client
from tickets.queries.people import members_on
from tickets.rules.dataaccess import About, How, Standing
from tickets.rules.states import Channel

CSV_ROWS = 2000


def managers_on(client_id: int, day: date) -> QuerySet[Membership]:
    """A client's managers on a day, by name."""
    return members_on(client_id, day).filter(role=Role.MANAGER)


def standing_of(asked: AccessRequest, at: datetime) -> Standing:
    """What speaks for and against an access at an instant; the newest word of a manager counts."""
    day = contract_day(at)
    person = members_on(asked.client_id, day).filter(pk=asked.asked_by_id).first()
    said = AccessDecision.objects.filter(client_id=asked.client_id, request=asked, about=About.ACCESS).order_by("-id")
    newest = said.first()
    return Standing(
        role=Role(person.role) if person else None,
        own_data=asked.own_data,
        named=_is_named(asked, day),
        manager_said_yes=newest is not None and newest.yes,
        manager_said_no=newest is not None and not newest.yes,
        break_glass=BreakGlass.objects.filter(client_id=asked.client_id, request=asked).exists(),
    )


def _is_named(asked: AccessRequest, day: date) -> bool:
    named = AccessNaming.objects.filter(client_id=asked.client_id, membership_id=asked.asked_by_id)
    return named.filter(place__iexact=asked.place, valid_from__lte=day, valid_to__gt=day).exists()


def is_in_writing(asked: AccessRequest, at: datetime) -> bool:
    """Whether somebody of the client has written on the ticket, or a manager's yes is in writing (ACC-7)."""
    words = Message.objects.filter(client_id=asked.client_id, ticket_id=asked.ticket_id, author_member__isnull=False)
    if words.exclude(channel=Channel.PHONE).filter(written_at__lte=at).exists():
        return True
    said = AccessDecision.objects.filter(client_id=asked.client_id, request=asked, yes=True, decided_at__lte=at)
    return said.exclude(how=How.CALLBACK).exists()


def namings_on(client_id: int, day: date) -> QuerySet[AccessNaming]:
    """Who may ask for which place on a day."""
    return AccessNaming.objects.filter(client_id=client_id, valid_from__lte=day, valid_to__gt=day).order_by(
        "label", "id"
    )


@dataclass(frozen=True, slots=True)
class OpenAccess:
    """A window that is open now: who works in which place, until when."""

    staff_label: str
    place: str
    ends_at: datetime


# By hand, because the desk asks with each ticket's page.
OPEN_ACCESS = Prepared("""
select a.staff_label, r.place, a.ends_at
from tickets_dataaccess a join tickets_accessrequest r on r.client_id = a.client_id and r.id = a.request_id
where a.client_id = %(client)s and a.ticket_id = %(ticket)s and %(at)s between a.begins_at and a.ends_at
and not exists (select from tickets_accessclosing e where e.client_id = a.client_id and e.access_id = a.id)
order by a.id desc limit 1
""")


def open_access_of(ticket: Ticket, at: datetime) -> OpenAccess | None:
    """The newest window that is open on a ticket, for its card: one query."""
    with connection.cursor() as cursor:
        OPEN_ACCESS.run(cursor, {"client": ticket.client_id, "ticket": ticket.pk, "at": at})
        row = cursor.fetchone()
    return OpenAccess(*row) if row else None


def requests_of(ticket: Ticket) -> list[AccessRequest]:
    """A ticket's access requests with all that came of them, oldest first; six queries whatever their number."""
    return list(requests_seen(ticket).select_related("asked_by").order_by("id"))


def requests_seen(ticket: Ticket) -> QuerySet[AccessRequest]:
    """The same, not read yet."""
    found = AccessRequest.objects.filter(client_id=ticket.client_id, ticket=ticket)
    return found.prefetch_related(
        Prefetch("decisions", AccessDecision.objects.order_by("id")),
        Prefetch("windows", _with_acts(DataAccess.objects.order_by("id"))),
        Prefetch("emergencies", BreakGlass.objects.order_by("id")),
        Prefetch("identity_checks", IdentityCheck.objects.order_by("id")),
    )


def windows_seen(ticket: Ticket) -> QuerySet[DataAccess]:
    """A ticket's windows with their acts."""
    return _with_acts(DataAccess.objects.filter(client_id=ticket.client_id, ticket=ticket))


def _with_acts(windows: QuerySet[DataAccess]) -> QuerySet[DataAccess]:
    changes = Prefetch("changes", DataChange.objects.order_by("id"))
    return windows.select_related("closing").prefetch_related(changes)


def tasks_of(ticket: Ticket) -> list[AdditionalTask]:
    """A ticket's additional tasks with their steps; two queries."""
    found = AdditionalTask.objects.filter(client_id=ticket.client_id, ticket=ticket).order_by("id")
    return list(found.prefetch_related(Prefetch("steps", TaskStep.objects.order_by("id"))))


def seen_accesses(actor: Actor) -> QuerySet[DataAccess]:
    """The windows of the tickets that a person of the client may see."""
    tickets = tickets_for_client(actor).filter(pk=OuterRef("ticket_id"))
    return DataAccess.objects.filter(Exists(tickets), client_id=actor.client_id or 0, client_visible=True)


def _whole(rows: QuerySet[DataAccess]) -> QuerySet[DataAccess]:
    return _with_acts(rows).select_related("request", "ticket", "closing")


def diary_page(actor: Actor, *, before: int | None = None, after: int | None = None) -> Page[DataAccess]:
    """Fifty windows of the organisation, the newest first; two queries."""
    return newest_first(_whole(seen_accesses(actor)), before=before, after=after)


def diary_rows(actor: Actor) -> Iterator[tuple[DataAccess, DataChange | None]]:
    """The newest 2,000 windows, one row for each act, or one for a window without any."""
    for access in _whole(seen_accesses(actor)).order_by("-pk")[:CSV_ROWS]:
        changes: list[DataChange | None] = list(access.changes.all())
        yield from ((access, change) for change in changes or [None])
