"""Rulings, charges and worked time of the demo's requests of the last weeks."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from portal.actors import Actor
from portal.demo.facts import Fact
from portal.demo.ground import Ground, actor_of, member_actor
from portal.models import Membership, Notice, RateCard
from portal.rules.states import Role
from tickets.demo.dice import Dice
from tickets.demo.life import Life, known, local_day
from tickets.models import ChargeApproval, ScopeRuling, TimeEntry
from tickets.queries.charges import offer_of
from tickets.rules.charge import Answer, Form, Source
from tickets.rules.noticelist import CHARGE_ASKED
from tickets.rules.scope import OUTCOME_WORDS, Area, Asked, Outcome, check_ruling, propose
from tickets.rules.states import ENDED_STATES, Kind, State

WEEKS = timedelta(days=42)
WORK = (
    "Read the log and changed the setting", "Tested it together on the phone", "Asked for details and tried it again",
    "Wrote down what was changed",
)  # fmt: skip

OFFERED = "Find out what is wrong, mend it, and check it together with you"
OWN_RULING = "The fault lies in an add-in of another maker, which support does not cover"


def write_charges(ground: Ground, lives: Sequence[Life], dice: Dice) -> None:
    """Write them for the accepted requests of the last six weeks, after the requests themselves."""
    card = RateCard.objects.order_by("version").first()
    for life in sorted(lives, key=lambda one: one.ticket.accepted_at or ground.at):
        accepted_at = life.ticket.accepted_at
        if card and accepted_at is not None and not life.ticket.clause and ground.at - accepted_at <= WEEKS:
            write_one(ground, life, card, dice)


def write_one(ground: Ground, life: Life, card: RateCard, dice: Dice) -> None:
    ruling = write_ruling(life)
    charge = None
    if ruling.outcome == Outcome.HOURLY:
        charge = write_charge(ground, life, ruling, card, dice)
        if charge is None or charge.answer != Answer.YES:
            return
    write_time(ground, life, ruling, charge, dice)


def write_ruling(life: Life) -> ScopeRuling:
    """As tickets.actions.charging.rule: as proposed, and otherwise where a subscriber was asked about a charge."""
    ticket, by = life.ticket, known(life.ticket.accepted_by)
    at = known(ticket.accepted_at) + timedelta(minutes=1)
    support = life.clock.entitlement_id if life.clock else None
    in_scope = ticket.product.in_scope if ticket.product else None
    kind = Kind(ticket.kind or Kind.QUESTION)
    found = propose(Asked(kind, Area.PRODUCT, support is not None, in_scope, held=None))
    own = ticket.state == State.AWAITING_CHARGE and found.outcome != Outcome.HOURLY
    outcome = Outcome.HOURLY if own else found.outcome
    reason = OWN_RULING if own else "Named in the request’s words" if found.unsure else ""
    facts: dict[str, Any] = {
        "outcome": outcome,
        "clause": check_ruling(found, outcome, reason),
        "proposed": found.outcome,
    }
    row = ScopeRuling.objects.create(
        client_id=ticket.client_id, ticket=ticket, kind=kind, area=Area.PRODUCT, product=ticket.product,
        entitlement_id=support, reason=reason, ruled_by=by, ruled_by_label=by.label, ruled_at=at, **facts,
    )  # fmt: skip
    tell(life, at, "request ruled", actor_of(by), words=OUTCOME_WORDS[outcome], reason=reason, **facts)
    return row


def tell(life: Life, at: datetime, kind: str, by: Actor, visible: bool = True, **payload: object) -> None:
    """An event after those of the life, which are gathered already."""
    words = {"ref": life.ticket.ref, **payload}
    life.ground.facts.append(Fact(at, kind, by, life.pack.client.pk, life.ticket, words, visible))


def write_charge(ground: Ground, life: Life, ruling: ScopeRuling, card: RateCard, dice: Dice) -> ChargeApproval | None:
    """The question, and a manager's yes some minutes later; while the request waits for it, none. None: not asked yet."""
    ticket, by = life.ticket, known(life.ticket.accepted_by)
    waits = ticket.state == State.AWAITING_CHARGE
    at = ticket.state_since if waits else ruling.ruled_at + timedelta(minutes=2)
    manager = manager_of(life, at)
    answered_at = at + timedelta(minutes=dice.between(6, 40))
    if not waits and (manager is None or answered_at > ground.at):
        return None
    row = ChargeApproval(
        client_id=ticket.client_id, ticket=ticket, ruling=ruling, form=Form.HOURLY, work=OFFERED,
        rate_card=card, hourly_rate=card.hourly_rate, step_minutes=card.increment_minutes,
        estimate_minutes=15 * dice.between(3, 6), asked_by=by, asked_by_label=by.label, asked_at=at,
    )  # fmt: skip
    if not waits and manager is not None:
        row.answer, row.answered_by, row.answered_by_label = Answer.YES, manager, manager.label
        row.answered_at = row.approved_at = answered_at
    row.save(force_insert=True)
    tell(life, at, "charge asked", actor_of(by), charge=row.pk, offer=offer_of(row))
    if row.answer == Answer.YES and manager is not None:
        tell(life, answered_at, "charge approved", member_actor(manager), charge=row.pk, offer=offer_of(row), note="")
    elif manager is not None:
        write_notice(life, row, manager)
    return row


def manager_of(life: Life, at: datetime) -> Membership | None:
    """Somebody who may say yes on that day."""
    return next((one for one in life.pack.writers(local_day(at)) if one.role == Role.MANAGER), None)


def write_notice(life: Life, row: ChargeApproval, manager: Membership) -> None:
    ticket = life.ticket
    Notice.objects.create(
        client_id=ticket.client_id, user_id=manager.user_id, membership=manager, kind=CHARGE_ASKED,
        sentence=f"{ticket.ref} {ticket.subject[:150]} needs your yes to its charge.",
        url=f"/c/{life.pack.client.slug}/requests/{ticket.ref}/charge/{row.pk}/", at=row.asked_at, key=f"charge {row.pk}",
    )  # fmt: skip


def write_time(ground: Ground, life: Life, ruling: ScopeRuling, charge: ChargeApproval | None, dice: Dice) -> None:
    """One entry, or two where the request has ended: within the estimate, and over before the instant of the demo."""
    ticket, by = life.ticket, known(life.ticket.accepted_by)
    begun = (known(charge.approved_at) if charge else ruling.ruled_at) + timedelta(minutes=3)
    for number in range(2 if ticket.state in ENDED_STATES else 1):
        seconds = 60 * dice.between(4, 19)
        over = begun + timedelta(seconds=seconds)
        if over > ground.at or local_day(over) != local_day(begun):
            return
        TimeEntry.objects.create(
            client_id=ticket.client_id, ticket=ticket, staff=by, staff_label=by.label, day=local_day(begun),
            started_at=begun, seconds=seconds, work=WORK[(number + ticket.pk) % len(WORK)], source=Source.TIMER,
            billable=charge is not None, approval=charge, approved_at=charge.approved_at if charge else None,
            reason="" if charge else OUTCOME_WORDS[Outcome(ruling.outcome)], recorded_by_label=by.label, recorded_at=over,
        )  # fmt: skip
        tell(life, over, "timer stopped", actor_of(by), visible=False, seconds=seconds)
        begun = over + timedelta(minutes=5)
