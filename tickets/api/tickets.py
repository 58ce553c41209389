"""Tickets for programmes: the list, one, its clock, and raising a new one."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from portal import clock
from portal.api.resource import Invalid, Resource, StrictJson
from portal.api.shapes import bound, judged, shape_of
from portal.api.verbs import lists, reads, writes
from portal.files import discarded_on_failure
from portal.models import Membership
from portal.queries.clients import client_by_slug
from portal.rules.tokens import Scope
from tickets.actions.intake import raise_request
from tickets.api.filters import DeskFilter, TicketFilter
from tickets.api.resource import TicketResource, found
from tickets.api.shown import ClockWithTrailOut, TicketOut, ticket_address
from tickets.forms import AskForm, DeskAskForm, asked
from tickets.models import ResponseClock, Ticket
from tickets.queries.seen import asking_choices, tickets_seen_by
from tickets.rules.states import Channel

BY_NAME = {"product": "code", "tenant": "directory_id"}
NewTicket = shape_of(AskForm, "NewTicket", by_name=BY_NAME)
NewTicketOfClient = shape_of(DeskAskForm, "NewTicketOfClient", by_name=BY_NAME)
ONE_TENANT = "There is no choice between organisations of Microsoft 365 here. Leave it out."


class Tickets(TicketResource):
    """The requests."""

    parser_classes = [StrictJson, MultiPartParser]

    @lists(TicketOut, about="Requests", filters=DeskFilter, members=TicketFilter)
    def get(self, request: Request) -> QuerySet[Ticket]:
        """Those that this person’s pages would show, newest first. Staff may filter by client and assignee."""
        return tickets_seen_by(request.actor)

    @writes(
        "request raised", about="Raise a request", given=NewTicket, answers=TicketOut, status=201, at=ticket_address
    )
    def post(self, request: Request, given: dict[str, Any]) -> Ticket:
        """For the client’s own people. The acknowledgement goes out by mail, and starts the clock (HLP-5)."""
        if request.membership is None:
            raise Invalid(
                [{"field": "", "detail": _("Staff write a request down for a client: POST /api/v1/clients/…/tickets.")}]
            )
        choices = asking_choices(request.client.pk, clock.now(), without_user=request.actor.user_id, given=given)
        ticket = raised(request, AskForm, given, choices, requester=request.membership, channel=Channel.API)
        ticket.client = request.client
        return ticket


class TicketsOfClient(Resource):
    """A request that staff write down for a client, for example after a call (HLP-6)."""

    scopes = {"POST": Scope.TICKETS_WRITE}
    only = "staff"
    parser_classes = [StrictJson, MultiPartParser]

    @writes(
        "request written down", about="Write a request down for a client", given=NewTicketOfClient, answers=TicketOut,
        status=201, at=ticket_address,
    )  # fmt: skip
    def post(self, request: Request, given: dict[str, Any], slug: str) -> Ticket:
        """The acknowledgement goes to the person who asked."""
        client = client_by_slug(slug)
        if client is None:
            raise Http404
        return raised(request, DeskAskForm, given, asking_choices(client.pk, clock.now()), channel=Channel.PHONE)


def raised(
    request: Request,
    form_class: type[AskForm],
    given: dict[str, Any],
    choices: dict[str, Any],
    *,
    channel: Channel,
    requester: Membership | None = None,
) -> Ticket:
    """The page's own form judges, and the page's own action writes."""
    form = form_class(*bound(given), **choices)
    for name, key in BY_NAME.items():
        if name in form.fields:
            form.fields[name].to_field_name = key  # type: ignore[attr-defined]
    if given.get("tenant") and "tenant" not in form.fields:
        raise Invalid([{"field": "tenant", "detail": ONE_TENANT}])
    said = judged(form)
    wanted = asked(said)
    with discarded_on_failure(wanted.files):
        return raise_request(
            wanted, requester=requester or said["requester"], by=request.actor, at=clock.now(), channel=channel
        )


class OneTicket(TicketResource):
    """One request."""

    @reads(TicketOut, about="One request")
    def get(self, request: Request, ref: str) -> Ticket:
        return found(request, ref)


class Clock(TicketResource):
    """Its promise."""

    @reads(ClockWithTrailOut, about="A request’s clock, with the trail of its reckoning")
    def get(self, request: Request, ref: str) -> ResponseClock:
        """404 until the acknowledgement is out: before, no clock runs (HLP-5)."""
        clock_of: ResponseClock | None = getattr(found(request, ref), "clock", None)
        if clock_of is None:
            raise Http404
        return clock_of
