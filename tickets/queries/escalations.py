"""What is with Microsoft, and for how long (HLP-10)."""

from datetime import datetime

from django.db.models import QuerySet

from tickets.models import Escalation, Ticket


def escalations_of(ticket: Ticket) -> list[Escalation]:
    """A ticket's times with Microsoft, oldest first."""
    return list(every_escalation(ticket).order_by("id"))


def every_escalation(ticket: Ticket) -> QuerySet[Escalation]:
    """The same, not read yet."""
    return Escalation.objects.filter(client_id=ticket.client_id, ticket=ticket)


def reminders_waiting(at: datetime) -> int:
    """How many reminders are due."""
    return Escalation.objects.filter(remind_at__lte=at).count()
