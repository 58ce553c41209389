"""What is with Microsoft, and for how long (HLP-10)."""

from datetime import datetime

from tickets.models import Escalation, Ticket


def escalations_of(ticket: Ticket) -> list[Escalation]:
    """A ticket's times with Microsoft, oldest first."""
    return list(Escalation.objects.filter(client_id=ticket.client_id, ticket=ticket).order_by("id"))


def reminders_waiting(at: datetime) -> int:
    """How many reminders are due."""
    return Escalation.objects.filter(remind_at__lte=at).count()
