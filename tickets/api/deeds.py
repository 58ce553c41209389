"""What is done to a ticket besides answering: by staff as at the desk, and "this is settled" by the client."""

from typing import Any

from rest_framework.request import Request

from portal import clock
from portal.api.shapes import judged, shape_of
from portal.api.verbs import writes
from portal.models import Product
from portal.queries.people import contract_day
from tickets.actions import work
from tickets.actions.intake import solved_by_client
from tickets.api.resource import TicketResource, found
from tickets.api.shown import TicketOut
from tickets.forms import AcceptForm, AssignForm, CorrectForm, MoveForm
from tickets.models import Ticket
from tickets.queries.people import staff_on
from tickets.rules.states import Kind, State, Visibility

BY_NAME = {"product": "code"}
Acceptance = shape_of(AcceptForm, "Acceptance", by_name=BY_NAME)
Assignment = shape_of(AssignForm, "Assignment")
Move = shape_of(MoveForm, "Move")
Correction = shape_of(CorrectForm, "Correction", by_name=BY_NAME)


class Accept(TicketResource):
    """ACC-6: nothing is done before a request is accepted."""

    only = "staff"

    @writes("ticket accepted", about="Accept a request", given=Acceptance, answers=TicketOut)
    def post(self, request: Request, given: dict[str, Any], ref: str) -> Ticket:
        """From then on the one who accepts may work on it; the database asks for their NDA (CMP-6)."""
        ticket, said = found(request, ref), judged(naming_products(AcceptForm, given))
        work.accept(
            ticket.pk, kind=Kind(said["kind"]), product=said["product"], by=request.actor, at=clock.now(),
            seen=said["version"],
        )  # fmt: skip
        return found(request, ref)


class Assign(TicketResource):
    """Whose work it is."""

    only = "staff"

    @writes("ticket assigned", about="Give a request to a colleague, or to nobody", given=Assignment, answers=TicketOut)
    def post(self, request: Request, given: dict[str, Any], ref: str) -> Ticket:
        """`assignee` is a colleague’s number; without it the request is nobody’s."""
        at = clock.now()
        ticket, said = found(request, ref), judged(AssignForm(given, staff=staff_on(contract_day(at))))
        work.assign(ticket.pk, to=said["assignee"], by=request.actor, at=at, seen=said["version"])
        return found(request, ref)


class MoveOn(TicketResource):
    """Another state."""

    only = "staff"

    @writes("ticket moved", about="Move a request", given=Move, answers=TicketOut)
    def post(self, request: Request, given: dict[str, Any], ref: str) -> Ticket:
        """In progress, waiting for the client, with Microsoft, resolved, closed: what may follow is in the table of states."""
        ticket, said = found(request, ref), judged(MoveForm(given))
        work.change_state(
            ticket.pk, State(said["state"]), note=said["note"], by=request.actor, at=clock.now(), seen=said["version"]
        )
        return found(request, ref)


class Reopen(TicketResource):
    """A finished request, once more."""

    only = "staff"

    @writes("ticket reopened", about="Reopen a request", answers=TicketOut)
    def post(self, request: Request, given: dict[str, Any], ref: str) -> Ticket:
        """Within 14 days; no new clock starts (D24). A client’s own people reopen it by answering."""
        work.reopen(found(request, ref).pk, by=request.actor, at=clock.now())
        return found(request, ref)


class Correct(TicketResource):
    """What a request says about itself."""

    only = "staff"

    @writes("ticket corrected", about="Correct a request", given=Correction, answers=TicketOut)
    def post(self, request: Request, given: dict[str, Any], ref: str) -> Ticket:
        """Subject, kind, product and who sees it; the requester’s own words are never touched."""
        ticket, said = found(request, ref), judged(naming_products(CorrectForm, given))
        work.correct(
            ticket.pk, subject=said["subject"], kind=Kind(said["kind"]), product=said["product"],
            visibility=Visibility(said["visibility"]), by=request.actor, at=clock.now(), seen=said["version"],
        )  # fmt: skip
        return found(request, ref)


class Settle(TicketResource):
    """The client's word that it is settled."""

    only = "member"

    @writes("request settled", about="Say that a resolved request is settled", answers=TicketOut)
    def post(self, request: Request, given: dict[str, Any], ref: str) -> Ticket:
        """It is closed at once."""
        solved_by_client(found(request, ref).pk, by=request.actor, at=clock.now())
        return found(request, ref)


def naming_products(form_class: type[AcceptForm], given: dict[str, Any]) -> AcceptForm:
    """The page's form, told products by their code."""
    form = form_class(given, products=Product.objects.all())
    form.fields["product"].to_field_name = "code"  # type: ignore[attr-defined]
    return form
