"""Ruling whether a request is part of support, asking the client about a charge, and the client's answer (HLP-8, LIA-1 to LIA-4)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from portal import outbox
from portal.actions.notices import notify
from portal.actors import Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.models import Membership
from portal.queries.offer import rate_card_on
from portal.queries.people import contract_day
from portal.queries.terms import managers_in_office
from portal.rules.people import manages
from tickets.actions.base import is_accepted, lock, move, record, require_person, running_due, settle
from tickets.actions.telling import key_of, tell_moved
from tickets.actions.work import move_and_stamp
from tickets.models import ChargeApproval, ScopeRuling, Ticket
from tickets.queries.charges import asked_of, offer_of, standing
from tickets.rules.charge import Answer, Form, charged_minutes, may_answer
from tickets.rules.noticelist import CHARGE_ANSWERED, CHARGE_ASKED
from tickets.rules.scope import CHARGED, OUTCOME_WORDS, Area, Outcome, check_ruling, propose
from tickets.rules.states import ENDED_STATES, State, Visibility


@dataclass(frozen=True, slots=True)
class Verdict:
    """How staff rule. outcome None: as the rules propose. quote_for: what the quote of a project should cover."""

    area: Area
    outcome: Outcome | None = None
    reason: str = ""
    quote_for: str = ""


@clause("HLP-2", "HLP-7", "HLP-8", "LIA-1", "LIA-2", "LIA-3", "LIA-4", "CMP-12")
@transaction.atomic
def rule(ticket_id: int, verdict: Verdict, *, by: Actor, at: datetime, seen: int | None = None) -> ScopeRuling:
    """Rule an accepted request; the newest ruling counts. A project is declined here and waits for its quote (LIA-4).

    A question about a charge that no longer fits is withdrawn. Raises Refused.
    """
    person = require_person(by, "LIA-1", "rule whether a request is part of support")
    ticket = lock(ticket_id, seen=seen)
    if not is_accepted(ticket):
        raise Refused("LIA-1", _("Accept the request first: what kind it is decides whether it is part of support."))
    now = standing(ticket, staff_id=by.staff_id)
    asked = asked_of(ticket, now, verdict.area)
    proposal = propose(asked)
    outcome = verdict.outcome or proposal.outcome
    said = check_ruling(proposal, outcome, verdict.reason)
    if outcome == Outcome.PROJECT and not verdict.quote_for.strip():
        raise Refused("LIA-4", _("Say what the quote of this project should cover."))
    clock = getattr(ticket, "clock", None)
    row = ScopeRuling.objects.create(
        client_id=ticket.client_id, ticket=ticket, outcome=outcome, clause=said, proposed=proposal.outcome,
        reason=verdict.reason.strip(), kind=asked.kind, area=verdict.area, product=ticket.product,
        entitlement_id=clock.entitlement_id if clock else None, waived=asked.waived,
        quote_for=verdict.quote_for.strip() if outcome == Outcome.PROJECT else "",
        ruled_by_id=person, ruled_by_label=by.label, ruled_at=at,
    )  # fmt: skip
    _follow(ticket, outcome, by=by, at=at)
    facts: dict[str, Any] = {"outcome": outcome, "clause": said, "proposed": proposal.outcome, "reason": row.reason}
    record(ticket, "request ruled", by=by, at=at, words=OUTCOME_WORDS[outcome], **facts)
    return row


def _follow(ticket: Ticket, outcome: Outcome, *, by: Actor, at: datetime) -> None:
    """What a ruling brings with it: an open question is withdrawn, and a project leaves the desk until it is quoted."""
    if outcome not in CHARGED:
        _withdraw_question(ticket)
        if ticket.state == State.AWAITING_CHARGE:
            move(ticket, State.ACCEPTED, at=at)
    ends = outcome == Outcome.PROJECT and ticket.state not in ENDED_STATES
    if ends:
        note = _("This is a project led by a consultant: you will get a quote (LIA-4).")
        move_and_stamp(ticket, State.DECLINED, at=at, note=note)
    settle(ticket, "closed_at", "close_due_at", due_at=running_due(ticket))
    if ends:
        tell_moved(ticket, by=by, at=at)


def _withdraw_question(ticket: Ticket) -> None:
    waiting = ChargeApproval.objects.filter(client_id=ticket.client_id, ticket=ticket, answer=Answer.ASKED)
    waiting.update(answer=Answer.REPLACED)


@dataclass(frozen=True, slots=True)
class Offer:
    """What the client is asked to approve. HOURLY: estimated minutes, more than 0, at the rate card's rate of the day, on top
    of what was approved before; FIXED: the price in pounds without VAT."""

    form: Form
    work: str
    minutes: int = 0
    fixed: Decimal | None = None


@clause("HLP-8")
@transaction.atomic
def ask_charge(ticket_id: int, offer: Offer, *, by: Actor, at: datetime, seen: int | None = None) -> ChargeApproval:
    """Ask the client's managers to approve a charge; the request waits for their answer. A newer question replaces an older.

    The response clock is untouched (D6). Raises Refused without a ruling that it is charged, and before the first rate card.
    """
    person = require_person(by, "HLP-8", "ask about a charge")
    ticket = lock(ticket_id, seen=seen)
    ruling = ScopeRuling.objects.filter(client_id=ticket.client_id, ticket=ticket).order_by("-id").first()
    if ruling is None or ruling.outcome not in CHARGED:
        raise Refused("HLP-8", _("Only a request that is ruled as charged by the hour is asked about."))
    _withdraw_question(ticket)
    row = ChargeApproval.objects.create(
        client_id=ticket.client_id, ticket=ticket, ruling=ruling, form=offer.form, work=offer.work.strip(),
        asked_by_id=person, asked_by_label=by.label, asked_at=at, **_price(offer, at),
    )  # fmt: skip
    move(ticket, State.AWAITING_CHARGE, at=at, note=_("Charge: %(work)s") % {"work": row.work[:200]})
    settle(ticket, due_at=running_due(ticket))
    record(ticket, "charge asked", by=by, at=at, charge=row.pk, offer=offer_of(row))
    _tell_client(ticket, row, by=by, at=at)
    return row


def _price(offer: Offer, at: datetime) -> dict[str, Any]:
    """The price as the row keeps it: the rate of the day stays, whatever the rate card says later."""
    if offer.form == Form.FIXED:
        return {"fixed_price": offer.fixed}
    card = rate_card_on(contract_day(at))
    if card is None:
        raise Refused("HLP-8", _("There are no prices of work yet: an admin enters them under Products."))
    return {
        "rate_card": card,
        "hourly_rate": card.hourly_rate,
        "step_minutes": card.increment_minutes,
        "estimate_minutes": charged_minutes(offer.minutes * 60, card.increment_minutes),
    }


def _tell_client(ticket: Ticket, row: ChargeApproval, *, by: Actor, at: datetime) -> None:
    """A mail and a notice for every manager in office. The subject of a confidential request stays between those it names."""
    secret = ticket.visibility == Visibility.CONFIDENTIAL
    for manager in managers_in_office(at, ticket.client_id):
        shown = ticket.subject if not secret or manager.pk == ticket.requester_id else ""
        path = reverse("client:charge", args=[manager.client.slug, ticket.ref, row.pk])
        _mail(manager, ticket, row, shown=shown, link=settings.PORTAL_URL + path, by=by, at=at)
        notify(
            [manager.user_id],
            kind=CHARGE_ASKED,
            sentence=_("%(ref)s %(subject)s needs your yes to its charge.")
            % {"ref": ticket.ref, "subject": shown[:150]},
            url=path,
            client_id=ticket.client_id,
            key=f"charge {row.pk}",
            by=by,
            at=at,
        )


def _mail(
    to: Membership, ticket: Ticket, row: ChargeApproval, *, shown: str, link: str, by: Actor, at: datetime
) -> None:
    facts = {
        "name": to.label,
        "ref": ticket.ref,
        "subject": shown,
        "work": row.work if shown else "",
        "offer": offer_of(row),
        "author": by.label,
        "link": link,
    }
    subject, text, html = outbox.compose("charge", facts)
    outbox.queue(
        to=to, kind="charge", subject=subject, text=text, html=html, client_id=ticket.client_id, at=at, by=by, about=row
    )


@clause("HLP-8")
@transaction.atomic
def answer_charge(charge_id: int, *, yes: bool, by: Actor, at: datetime, note: str = "") -> ChargeApproval:
    """A manager's yes or no, with its instant. Runs in the client's scope. After a no the request is ours to decide. Raises Refused."""
    found = ChargeApproval.objects.get(pk=charge_id)
    if not may_answer(is_manager=manages(by, found.client_id)):
        raise Refused("HLP-8", _("Only a manager of your organisation can say yes or no to a charge."))
    ticket = lock(found.ticket_id)
    row = ChargeApproval.objects.select_for_update(of=("self",)).get(pk=charge_id)
    if row.answer != Answer.ASKED:
        raise Refused("HLP-8", _("This question was answered or replaced meanwhile."))
    if ticket.state in ENDED_STATES:
        raise Refused("HLP-8", _("This request has ended meanwhile, so nothing is charged."))
    row.answer, row.answered_by_id, row.answered_by_label = Answer.YES if yes else Answer.NO, by.membership_id, by.label
    row.answered_at, row.approved_at, row.answer_note = at, at if yes else None, note.strip()
    row.save(update_fields=["answer", "answered_by", "answered_by_label", "answered_at", "approved_at", "answer_note"])
    if ticket.state == State.AWAITING_CHARGE:
        move(ticket, State.IN_PROGRESS if yes else State.ACCEPTED, at=at)
    ticket.asked_at = ticket.asked_at or at
    settle(ticket, "asked_at", due_at=running_due(ticket))
    kind = "charge approved" if yes else "charge refused"
    record(ticket, kind, by=by, at=at, charge=row.pk, offer=offer_of(row), note=row.answer_note)
    _tell_staff(ticket, row, by=by, at=at)
    return row


def _tell_staff(ticket: Ticket, row: ChargeApproval, *, by: Actor, at: datetime) -> None:
    words = (
        _("%(who)s said yes to the charge of %(ref)s.")
        if row.answer == Answer.YES
        else _("%(who)s said no to the charge of %(ref)s.")
    )
    notify(
        [],
        staff_ids=[one for one in (ticket.assignee_id, row.asked_by_id) if one is not None],
        kind=CHARGE_ANSWERED,
        sentence=words % {"who": by.label, "ref": ticket.ref},
        url=reverse("desk:ticket", args=[ticket.ref]),
        client_id=ticket.client_id,
        key=key_of(ticket, CHARGE_ANSWERED),
        by=by,
        at=at,
    )
