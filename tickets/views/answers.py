"""A saved answer on a ticket: which one is asked for, and what its placeholders say there."""

from portal.queries.supplier import supplier
from portal.tenancy.middleware import PortalRequest
from tickets.models import Ticket
from tickets.queries.desk import answers_for
from tickets.rules.answers import filled


def chosen_answer(request: PortalRequest, ticket: Ticket) -> str:
    """The saved answer that the address asks for (?answer=3), filled in for the ticket; "" without one."""
    wanted = request.GET.get("answer", "")
    answer = answers_for(request.actor).filter(pk=wanted).first() if wanted.isdecimal() and len(wanted) < 19 else None
    return filled(answer.body, values_of(ticket, request)) if answer else ""


def values_of(ticket: Ticket, request: PortalRequest) -> dict[str, str]:
    """What the placeholders of a saved answer say on this ticket."""
    us = supplier()
    return {
        "client": ticket.client.name,
        "person": ticket.requester_label,
        "first_name": ticket.requester_label.partition(" ")[0],
        "reference": ticket.ref,
        "subject": ticket.subject,
        "me": request.actor.label,
        "supplier": us.name if us else "",
    }
