"""Resources as a careless hand might write them, for tests/test_api_rules.py: the walls below must still hold."""

from django.urls import include, path

from portal import urls
from portal.api.resource import Resource
from portal.api.verbs import lists, writes
from portal.rules.tokens import Scope
from portal.urls import handler400, handler403, handler404, handler500
from tests.cast import MORNING
from tickets.actions.intake import Request, raise_request
from tickets.api.shown import TicketOut
from tickets.models import Ticket

__all__ = ["handler400", "handler403", "handler404", "handler500"]


class Forgetful(Resource):
    scopes = {"GET": Scope.TICKETS_READ}

    @lists(TicketOut, about="Tickets, without any filter")
    def get(self, request):
        return Ticket.objects.select_related("client", "terms").defer("search")


class Breaks(Resource):
    scopes = {"POST": Scope.TICKETS_WRITE}

    @writes("break", about="Write, and then fail", answers=TicketOut)
    def post(self, request, given):
        raise_request(Request("a", "b"), requester=request.membership, by=request.actor, at=MORNING)
        raise ZeroDivisionError


urlpatterns = [
    path("api/v1/", include(([path("forgetful", Forgetful.as_view()), path("breaks", Breaks.as_view())], "careless"))),
    *urls.urlpatterns,
]
