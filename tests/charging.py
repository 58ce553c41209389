"""Rulings, charges and time for tests, made by the real actions."""

from datetime import datetime, timedelta
from typing import Any

from portal.actors import SYSTEM
from portal.models import Entitlement
from portal.tenancy import act_as, act_as_staff
from tests import rows
from tests.cast import MORNING, SINCE, World
from tests.tickets import acknowledged
from tickets.actions.charging import Offer, Verdict, answer_charge, ask_charge, rule
from tickets.actions.work import accept
from tickets.models import ChargeApproval, Ticket
from tickets.rules.charge import Form
from tickets.rules.scope import Area
from tickets.rules.states import Kind

MINUTE = timedelta(minutes=1)


def supported(world: World) -> Entitlement:
    """Alder's support package, recorded long ago."""
    with act_as_staff(SYSTEM):
        given = {"client": world.alder, "kind": "support", "valid_from": SINCE, "source": "a signed order"}
        return Entitlement.objects.create(**given, recorded_by="Ada", recorded_at=MORNING - timedelta(days=90))


def accepted(world: World, kind: Kind = Kind.FAULT, at: datetime = MORNING, **more: Any) -> Ticket:
    """A request of Ben's that Cora has accepted, about Exchange unless `more` says otherwise."""
    ticket = acknowledged(world, at, **{"product": world.products["exchange"], **more})
    with act_as_staff(world.cora.actor):
        return accept(ticket.pk, kind=kind, by=world.cora.actor, at=at)


def hourly(world: World, **more: Any) -> Ticket:
    """The same, of a client without support, ruled as charged by the hour; a rate card of £85 in steps of 15 minutes."""
    ticket = accepted(world, **more)
    with act_as_staff(world.cora.actor):
        rows.rate_card()
        rule(ticket.pk, Verdict(Area.PRODUCT), by=world.cora.actor, at=MORNING)
    return ticket


def asked(world: World, ticket: Ticket, minutes: int = 60, at: datetime = MORNING, **more: Any) -> ChargeApproval:
    """The question to Alder's managers, by Cora."""
    offer = Offer(more.pop("form", Form.HOURLY), "Find the fault", minutes, **more)
    with act_as_staff(world.cora.actor):
        return ask_charge(ticket.pk, offer, by=world.cora.actor, at=at)


def approved(world: World, ticket: Ticket, minutes: int = 60, at: datetime = MORNING, **more: Any) -> ChargeApproval:
    """Asked, and Ann's yes at the same instant."""
    row = asked(world, ticket, minutes, at, **more)
    with act_as(world.alder.pk):
        return answer_charge(row.pk, yes=True, by=world.ann.actor, at=at)
