"""What the helpdesk's resources share: the ticket in the address, and what happens when somebody was quicker."""

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from portal.api.resource import Conflict, Resource
from portal.rules.tokens import Scope
from tickets.actions.base import EditConflict
from tickets.models import Ticket
from tickets.queries.seen import ticket_seen_by


class TicketResource(Resource):
    """Something of one ticket."""

    scopes = {"GET": Scope.TICKETS_READ, "POST": Scope.TICKETS_WRITE}

    def handle_exception(self, error: Exception) -> HttpResponse:
        """An edit that somebody else overtook is a conflict: nothing is overwritten."""
        if isinstance(error, EditConflict):
            error = Conflict(_("%(ref)s was changed since you read it. Read it again.") % {"ref": error.ticket.ref})
        return super().handle_exception(error)


class ForStaffToWrite(TicketResource):
    """Both sides read it; only staff write."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.only = "staff" if request.method == "POST" else ""
        super().initial(request, *args, **kwargs)


def found(request: Request, ref: str) -> Ticket:
    """A request that this person may see. Raises Http404, for a stranger's and for none alike."""
    try:
        return ticket_seen_by(request.actor, ref)
    except Ticket.DoesNotExist:
        raise Http404 from None
