"""How a request stands with the contract's money side: its ruling, charges, time and timers, read in one query."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from portal.prepared import Prepared
from portal.queries.contract import worktime_of
from portal.rules.states import EntitlementKind
from tickets.models import ChargeApproval, ScopeRuling, Ticket, TimeEntry
from tickets.rules.charge import Answer, DayLine, Form, Price, Room, Worked, day_lines, offer_sentence
from tickets.rules.scope import Area, Asked, Outcome, Proposal, concerns_waived, propose
from tickets.rules.states import Kind

Facts = Mapping[str, Any]


# Each part is the rows of one ticket as a list of JSON objects. By hand, because the desk asks with each ticket's page, and
# Django needs four times as long to write it as PostgreSQL to answer.
OF_TICKET = """
select (select json_agg(json_build_object('id', r.id, 'outcome', r.outcome, 'clause', r.clause, 'proposed', r.proposed,
            'reason', r.reason, 'area', r.area, 'quote_for', r.quote_for, 'by', r.ruled_by_label, 'at', r.ruled_at)
            order by r.id desc)
        from tickets_scoperuling r where r.client_id = %(client)s and r.ticket_id = %(ticket)s)::text,
       (select json_agg(json_build_object('id', c.id, 'form', c.form, 'answer', c.answer, 'work', c.work,
            'step_minutes', c.step_minutes, 'estimate_minutes', c.estimate_minutes, 'approved_at', c.approved_at,
            'answered_by_label', c.answered_by_label, 'hourly_rate', c.hourly_rate::text,
            'fixed_price', c.fixed_price::text) order by c.id desc)
        from tickets_chargeapproval c where c.client_id = %(client)s and c.ticket_id = %(ticket)s)::text,
       (select json_agg(json_build_object('day', e.day, 'seconds', e.seconds, 'charge', e.approval_id) order by e.day, e.id)
        from tickets_timeentry e where e.client_id = %(client)s and e.ticket_id = %(ticket)s)::text
"""
FOR_STAFF = """,
       (select json_agg(json_build_object('who', s.label, 'since', m.started_at) order by m.id)
        from tickets_timer m join portal_staff s on s.id = m.staff_id
        where m.client_id = %(client)s and m.ticket_id = %(ticket)s)::text,
       (select json_agg(json_build_object('ref', t.ref, 'since', m.started_at) order by m.id)
        from tickets_timer m join tickets_ticket t on t.client_id = m.client_id and t.id = m.ticket_id
        where m.staff_id = %(staff)s)::text,
       (select json_agg(json_build_object('kind', n.kind, 'product_id', n.product_id, 'subjects', n.subjects) order by n.id)
        from portal_entitlement n where n.client_id = %(client)s and n.kind in (%(held)s, %(waived)s)
        and n.valid_from <= %(day)s and (n.valid_to is null or n.valid_to > %(day)s))::text,
       (select json_agg(v.area) from tickets_filledform f join tickets_formversion v on v.id = f.version_id
        where f.client_id = %(client)s and f.ticket_id = %(ticket)s)::text
"""
BRIEF, WHOLE = Prepared(OF_TICKET), Prepared(OF_TICKET + FOR_STAFF)


@dataclass(frozen=True, slots=True)
class Charge:
    """One charge that the client was asked to approve."""

    id: int
    form: Form
    answer: Answer
    work: str
    price: Price | None
    minutes: int
    fixed: Decimal | None
    approved_at: datetime | None
    answered_by: str


@dataclass(frozen=True, slots=True)
class Entry:
    """Worked time of a day; a reversal has negative seconds. charge: the id of its approval, None when it is not charged."""

    day: date
    seconds: int
    charge: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that decides whether a request may be worked on and what it costs. Charges are newest first.

    form_area: what the ready-made form says that it is about, where it came by one.
    timers: (name, since) of the people whose timer runs here; mine: (reference, since) of the reader's own, here or elsewhere.
    """

    ruling: Facts | None
    charges: tuple[Charge, ...]
    entries: tuple[Entry, ...]
    timers: tuple[tuple[str, datetime], ...] = ()
    mine: tuple[str, datetime] | None = None
    held: tuple[int, ...] | None = None
    waivers: tuple[tuple[str, ...], ...] = ()
    form_area: Area = Area.PRODUCT

    @property
    def outcome(self) -> Outcome | None:
        return Outcome(self.ruling["outcome"]) if self.ruling else None

    @property
    def area(self) -> Area:
        return Area(self.ruling["area"]) if self.ruling else self.form_area

    @property
    def open_charge(self) -> Charge | None:
        """The question that waits for the client."""
        return next((one for one in self.charges if one.answer == Answer.ASKED), None)

    @property
    def approved(self) -> Charge | None:
        """The newest charge with a yes: new time goes under it."""
        return next((one for one in self.charges if one.answer == Answer.YES), None)

    @property
    def lines(self) -> list[DayLine]:
        """What is charged by the hour, day by day (D19)."""
        prices = {one.id: one.price for one in self.charges}
        return day_lines(
            Worked(one.day, one.seconds, price)
            for one in self.entries
            if one.charge is not None and (price := prices[one.charge]) is not None
        )

    @property
    def fixed(self) -> list[Charge]:
        """The fixed prices that the client said yes to."""
        return [one for one in self.charges if one.answer == Answer.YES and one.form == Form.FIXED]

    @property
    def total(self) -> Decimal:
        """What the client owes for this request so far, without VAT."""
        fixed = sum((one.fixed or Decimal(0) for one in self.fixed), Decimal(0))
        return sum((line.amount for line in self.lines), fixed)

    @property
    def free_seconds(self) -> int:
        """Worked time that is not charged."""
        return sum(one.seconds for one in self.entries if one.charge is None)

    @property
    def estimated(self) -> int:
        """The minutes of all hourly estimates that were approved."""
        hourly = (one for one in self.charges if one.answer == Answer.YES and one.form == Form.HOURLY)
        return sum(one.minutes for one in hourly)

    def room(self, day: date) -> int | None:
        """Seconds that may still be charged on a day; None where no estimate limits them."""
        under = self.approved
        if under is None or under.form == Form.FIXED:
            return None
        return Room(self.estimated, tuple(self.lines)).seconds_left(day)


def standing(ticket: Ticket, *, staff_id: int | None = None, for_staff: bool = True) -> Standing:
    """One query. for_staff also reads timers and entitlements, which the client's page does not need."""
    values: dict[str, Any] = {
        "client": ticket.client_id, "ticket": ticket.pk, "staff": staff_id or 0, "day": day_of_promise(ticket),
        "held": str(EntitlementKind.PRODUCT_HELD), "waived": str(EntitlementKind.SECURITY_WAIVED),
    }  # fmt: skip
    with connection.cursor() as cursor:
        (WHOLE if for_staff else BRIEF).run(cursor, values)
        rulings, charges, entries, *more = ([] if each is None else json.loads(each) for each in cursor.fetchone())
    timers, mine, held, area = more or ([], [], [], [])
    products = [one["product_id"] for one in held if one["kind"] == EntitlementKind.PRODUCT_HELD]
    return Standing(
        ruling=rulings[0] if rulings else None,
        charges=tuple(_charge(one) for one in charges),
        entries=tuple(Entry(date.fromisoformat(one["day"]), one["seconds"], one["charge"]) for one in entries),
        timers=tuple((one["who"], datetime.fromisoformat(one["since"])) for one in timers),
        mine=next(((one["ref"], datetime.fromisoformat(one["since"])) for one in mine), None),
        held=tuple(products) or None,
        waivers=tuple(tuple(one["subjects"]) for one in held if one["kind"] == EntitlementKind.SECURITY_WAIVED),
        form_area=Area(area[0] or Area.PRODUCT) if area else Area.PRODUCT,
    )


def day_of_promise(ticket: Ticket) -> date:
    """The day whose entitlements count: that of the clock's start. Later changes leave the request as it is (D7)."""
    clock = getattr(ticket, "clock", None)
    return worktime_of(clock.calendar).local_date(clock.started_at) if clock else ticket.received_at.date()


def _charge(one: Facts) -> Charge:
    rate, fixed = one["hourly_rate"], one["fixed_price"]
    return Charge(
        id=one["id"],
        form=Form(one["form"]),
        answer=Answer(one["answer"]),
        work=one["work"],
        price=Price(Decimal(rate), one["step_minutes"]) if rate else None,
        minutes=one["estimate_minutes"] or 0,
        fixed=Decimal(fixed) if fixed else None,
        approved_at=datetime.fromisoformat(one["approved_at"]) if one["approved_at"] else None,
        answered_by=one["answered_by_label"],
    )


def asked_of(ticket: Ticket, now: Standing, area: Area) -> Asked:
    """What the rules need to know of a request. Its ticket comes with `clock`, `product` and `requester`."""
    clock = getattr(ticket, "clock", None)
    product = ticket.product
    people = [ticket.for_whom] if ticket.for_whom else [ticket.requester_label, ticket.requester.email]
    return Asked(
        kind=Kind(ticket.kind or Kind.QUESTION),
        area=area,
        supported=clock is not None and clock.entitlement_id is not None,
        in_scope=product.in_scope if product else None,
        held=None if now.held is None or product is None else product.pk in now.held,
        waived=concerns_waived(now.waivers, people),
    )


def proposal_of(ticket: Ticket, now: Standing, area: Area | None = None) -> Proposal:
    """What the rules propose for a request, about an area or about the one that was ruled last."""
    return propose(asked_of(ticket, now, area or now.area))


def charges_of(ticket: Ticket) -> QuerySet[ChargeApproval]:
    """Every charge that was asked on a request, newest first."""
    return ChargeApproval.objects.filter(client_id=ticket.client_id, ticket_id=ticket.pk).order_by("-id")


def offer_of(row: ChargeApproval) -> str:
    """The question's price in one sentence."""
    price = Price(row.hourly_rate, row.step_minutes or 1) if row.hourly_rate is not None else None
    return offer_sentence(Form(row.form), price=price, minutes=row.estimate_minutes or 0, fixed=row.fixed_price)


def rulings_of(ticket: Ticket) -> QuerySet[ScopeRuling]:
    """Every ruling on a request, newest first."""
    return ScopeRuling.objects.filter(client_id=ticket.client_id, ticket_id=ticket.pk).order_by("-id")


def time_of(ticket: Ticket) -> QuerySet[TimeEntry]:
    """Every entry of a request in the order in which the work was done; `reversal` is the row that takes it back."""
    rows = TimeEntry.objects.filter(client_id=ticket.client_id, ticket_id=ticket.pk)
    return rows.order_by("day", "started_at", "id")


def charge_of_client(client_id: int, ref: str, pk: int) -> ChargeApproval:
    """One charge of a client's request, with the request. Raises ChargeApproval.DoesNotExist for a stranger's."""
    found = ChargeApproval.objects.filter(client_id=client_id, ticket__client_id=client_id, ticket__ref=ref)
    return found.select_related("ticket").get(pk=pk)


def time_between(first: date, end: date, *, staff_id: int | None = None, client_slug: str = "") -> QuerySet[TimeEntry]:
    """Worked time from a day until before another, of one person or of all, for one client or for all; newest first."""
    rows = TimeEntry.objects.filter(day__gte=first, day__lt=end).select_related("ticket", "client")
    rows = rows.filter(staff_id=staff_id) if staff_id is not None else rows
    rows = rows.filter(client__slug=client_slug) if client_slug else rows
    return rows.order_by("-day", "-id")
