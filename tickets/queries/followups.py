"""What is planned on requests."""

from datetime import date, datetime

from django.db.models import QuerySet

from portal.models import Staff
from tickets.models import FollowUp, Message, Ticket
from tickets.queries.people import is_absent, nda_of, people_to_tell, staff_on
from tickets.rules.followups import PlanState
from tickets.rules.states import MessageKind


def follow_ups_of(ticket: Ticket) -> QuerySet[FollowUp]:
    """All of a request, the next one first, then those that ended, the newest first."""
    rows = FollowUp.objects.filter(client_id=ticket.client_id, ticket=ticket).select_related("staff")
    return rows.order_by("ended_at", "due_at", "id")


def planned_on(ticket: Ticket) -> QuerySet[FollowUp]:
    """Those that still wait."""
    return FollowUp.objects.filter(client_id=ticket.client_id, ticket=ticket, state=PlanState.PLANNED)


def follow_ups_waiting(at: datetime) -> int:
    """How many are due."""
    return FollowUp.objects.filter(state=PlanState.PLANNED, due_at__lte=at).count()


def newest_message(ticket: Ticket) -> int:
    """The key of a request's newest message; 0 without any."""
    said = Message.objects.filter(client_id=ticket.client_id, ticket=ticket).order_by("-id")
    return said.values_list("pk", flat=True).first() or 0


def said_since(row: FollowUp) -> tuple[bool, bool]:
    """Whether the client wrote, and whether a colleague of the author's answered, after the newest message that the author knew."""
    since = Message.objects.filter(
        client_id=row.client_id, ticket_id=row.ticket_id, pk__gt=row.seen, kind=MessageKind.REPLY
    )
    told = since.filter(withdrawn_at__isnull=True)
    colleagues = told.filter(author_staff__isnull=False).exclude(author_staff_id=row.staff_id)
    return told.filter(author_member__isnull=False).exists(), colleagues.exists()


def may_speak(staff: Staff, day: date) -> bool:
    """Whether a person is on the staff on a day, with a valid NDA (CMP-6)."""
    return staff_on(day).filter(pk=staff.pk).exists() and nda_of(staff.pk, day) is not None


def whom_to_remind(row: FollowUp, day: date) -> list[int]:
    """User ids: the person it is for, with the stand-in while they are away; of a leaver's, whoever has the request."""
    person = staff_on(day).select_related("stand_in").filter(pk=row.staff_id).first()
    if person is None:
        return people_to_tell([row.ticket])[row.ticket_id]
    stand_in = [person.stand_in.user_id] if person.stand_in is not None and is_absent(person, day) else []
    return [person.user_id, *stand_in]
