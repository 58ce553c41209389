"""Somebody who may see a ticket asks for a document of it. Light: web processes import this."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal.actors import Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.rules.making import UNMADE
from tickets.actions.base import lock, record
from tickets.models import TicketDocument
from tickets.rules.papers import Paper

MOST_A_TICKET = 50


@clause("HLP-5")
@transaction.atomic
def ask_for_paper(ticket_id: int, paper: Paper, *, by: Actor, at: datetime) -> TicketDocument:
    """Put a document of a ticket into the worker's line; one that waits already is given back instead of a second.

    Whether the person may see the ticket is the caller's to settle. Raises Refused above fifty documents of one ticket.
    """
    ticket = lock(ticket_id)
    mine = TicketDocument.objects.filter(client_id=ticket.client_id, ticket_id=ticket.pk)
    waiting = mine.filter(kind=paper, state__in=UNMADE).first()
    if waiting is not None:
        return waiting
    if mine.count() >= MOST_A_TICKET:
        raise Refused("CMP-10", _("Fifty documents of this request were made already. The newest says all."))
    request = TicketDocument.objects.create(
        client_id=ticket.client_id,
        ticket=ticket,
        kind=paper,
        requested_by_label=by.label,
        requested_at=at,
        progress_says=_("Waiting for a worker"),
    )
    record(ticket, "document requested", by=by, at=at, client_visible=False, document=str(paper))
    return request
