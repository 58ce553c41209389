"""A request that is to move to another client, or has: what stands in its way, who could see it, and where it went."""

from dataclasses import dataclass
from datetime import datetime

from portal.models import Membership
from portal.queries.people import contract_day
from portal.rules.states import Role
from tickets.models import Attachment, ClientMove, Message, SpamReport, Ticket, TicketPerson, TicketWatcher
from tickets.queries.charges import standing
from tickets.queries.dataaccess import open_access_of, requests_seen
from tickets.queries.people import members_on
from tickets.queries.related import merged_here, splittable
from tickets.queries.requestforms import filled_form_of
from tickets.rules.moving import Side
from tickets.rules.states import Visibility


@dataclass(frozen=True, slots=True)
class Ties:
    """What ties a request to the client at which it stands, as `check_move_client` asks for it."""

    holds_others: bool
    comment: bool
    reply_waits: bool
    access_open: bool
    timer_runs: bool
    charge_asked: bool
    charged_seconds: int
    reported: bool
    by_form: bool
    access_asked: bool


def ties_of(ticket: Ticket, at: datetime) -> Ties:
    """What would be lost if the request moved now."""
    money = standing(ticket)
    waits = Message.objects.filter(client_id=ticket.client_id, ticket=ticket, publish_at__isnull=False)
    return Ties(
        holds_others=merged_here(ticket).exists(),
        comment=bool(ticket.clause),
        reply_waits=waits.filter(published_at__isnull=True, withdrawn_at__isnull=True).exists(),
        access_open=open_access_of(ticket, at) is not None,
        timer_runs=bool(money.timers),
        charge_asked=money.open_charge is not None or bool(money.fixed),
        charged_seconds=sum(one.seconds for one in money.entries if one.charge is not None),
        reported=SpamReport.objects.filter(client_id=ticket.client_id, ticket=ticket).exists(),
        by_form=filled_form_of(ticket) is not None,
        access_asked=requests_seen(ticket).exists(),
    )


def movable_messages(ticket: Ticket) -> list[Message]:
    """What was asked, oldest first: the first of them always goes along."""
    return splittable(ticket)


def movable_files(ticket: Ticket) -> list[Attachment]:
    """The files of what was asked."""
    return list(
        Attachment.objects.filter(client_id=ticket.client_id, message__in=movable_messages(ticket)).order_by("id")
    )


def could_see(ticket: Ticket, at: datetime) -> list[Membership]:
    """The people of the client who could see the request today, by name."""
    people = members_on(ticket.client_id, contract_day(at))
    of_ticket = {"client_id": ticket.client_id, "ticket": ticket}
    named = {ticket.requester_id}
    for table in (TicketPerson, TicketWatcher):
        named |= set(table.objects.filter(**of_ticket).values_list("membership_id", flat=True))
    managers = people.filter(role=Role.MANAGER) if ticket.visibility == Visibility.STANDARD else people.none()
    return list(people.filter(pk__in=named) | managers)


def other_half(ticket: Ticket) -> ClientMove | None:
    """The request at the other client that this one went to, or came from; for staff alone."""
    pairs = (
        ClientMove.objects.filter(client_id=ticket.client_id, ticket=ticket).order_by("-side").values("pair", "side")
    )
    for pair in pairs:
        other = ClientMove.objects.filter(pair=pair["pair"]).exclude(side=pair["side"])
        return other.select_related("ticket", "client").first()
    return None


def moved_to(ticket: Ticket) -> Ticket | None:
    """The request in which a misfiled one lives on, at the client whose it is."""
    pairs = ClientMove.objects.filter(client_id=ticket.client_id, ticket=ticket, side=Side.LEFT).values("pair")
    half = ClientMove.objects.filter(pair__in=pairs, side=Side.CAME).select_related("ticket").first()
    return half.ticket if half else None
