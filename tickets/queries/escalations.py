"""What is with Microsoft, for how long, and the statistic of what is solved on the same day (HLP-9, HLP-10)."""

from collections import defaultdict
from datetime import datetime

from tickets.models import Escalation, Ticket
from tickets.rules.escalation import Solved


def escalations_of(ticket: Ticket) -> list[Escalation]:
    """A ticket's times with Microsoft, oldest first."""
    return list(Escalation.objects.filter(client_id=ticket.client_id, ticket=ticket).order_by("id"))


def reminders_waiting(at: datetime) -> int:
    """How many reminders are due."""
    return Escalation.objects.filter(remind_at__lte=at).count()


def solved_between(since: datetime, until: datetime, client_id: int | None = None) -> list[Solved]:
    """What was solved in a time, with its stretches at Microsoft: two queries. client_id: of one client only.

    Comments on the terms are no requests and are left out.
    """
    tickets = Ticket.objects.filter(resolved_at__gte=since, resolved_at__lt=until, clause="")
    if client_id is not None:
        tickets = tickets.filter(client_id=client_id)
    away: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    stretches = Escalation.objects.filter(ticket__in=tickets.values("pk"), ended_at__isnull=False)
    for ticket_id, begun, ended in stretches.values_list("ticket_id", "since", "ended_at"):
        if ended is not None:
            away[ticket_id].append((begun, ended))
    rows = tickets.order_by("resolved_at").values_list("pk", "received_at", "resolved_at")
    return [Solved(received, resolved, tuple(away[pk])) for pk, received, resolved in rows if resolved is not None]
