"""Whom to tell about a ticket, and who can take it."""

from collections.abc import Sequence
from datetime import date

from django.db import connection
from django.db.models import Q, QuerySet

from portal import clock
from portal.models import Membership, Nda, Staff
from portal.prepared import Prepared
from portal.queries.contract import calendar_at, worktime_of
from portal.queries.joined import Joined
from portal.rules.states import Grade
from tickets.models import Ticket

STAFF_PARTS = Joined({"s": Staff})
COLLEAGUES = Prepared(f"""
select {STAFF_PARTS.columns} from portal_staff s
where s.valid_from <= %(day)s and (s.valid_to is null or s.valid_to > %(day)s) order by s.label
""")  # noqa: S608 - columns of our own models


def staff_on(day: date) -> QuerySet[Staff]:
    """Staff who work for the supplier on a day, by name."""
    begun = Q(valid_from__lte=day)
    return Staff.objects.filter(begun, Q(valid_to__isnull=True) | Q(valid_to__gt=day)).order_by("label")


def colleagues_on(day: date) -> list[Staff]:
    """The same as a list: by hand, because every page of a ticket asks."""
    with connection.cursor() as cursor:
        COLLEAGUES.run(cursor, {"day": day})
        return [STAFF_PARTS.models(row)[0] for row in cursor.fetchall()]


def people_to_tell(tickets: Sequence[Ticket]) -> dict[int, list[int]]:
    """User ids to tell about each ticket: the assignee, or the stand-in while the assignee is absent; else the leads."""
    if not tickets:
        return {}
    at = clock.now()
    day = worktime_of(calendar_at(at)).local_date(at)
    people = {person.pk: person for person in colleagues_on(day)}
    leads = [person.user_id for person in people.values() if person.grade in (Grade.LEAD, Grade.ADMIN)]
    return {ticket.pk: _told(ticket, people, leads, day) for ticket in tickets}


def _told(ticket: Ticket, people: dict[int, Staff], leads: list[int], day: date) -> list[int]:
    person = people.get(ticket.assignee_id or 0)
    if person is not None and is_absent(person, day):
        person = people.get(person.stand_in_id or 0)
    return [person.user_id] if person is not None else leads


def is_absent(person: Staff, day: date) -> bool:
    """Whether a person is away on a day; both ends of an absence count."""
    return (
        person.absent_from is not None
        and person.absent_to is not None
        and person.absent_from <= day <= person.absent_to
    )


def nda_of(staff_id: int | None, day: date) -> Nda | None:
    """The non-disclosure agreement that covers a person's new work on a day (CMP-6)."""
    covering = Nda.objects.filter(staff_id=staff_id or 0, valid_from__lte=day)
    return covering.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day)).first()


def members_on(client_id: int, day: date) -> QuerySet[Membership]:
    """A client's people on a day, by name."""
    valid = Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))
    return Membership.objects.filter(valid, client_id=client_id).order_by("label")
