"""Writes the demo world's ground: supplier, terms, calendar, products, then the people."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from portal.actors import SYSTEM
from portal.clauses import CLAUSES
from portal.demo.agreements import write_agreements
from portal.demo.clients import write_clients
from portal.demo.facts import Fact
from portal.demo.ground import LONDON, Ground
from portal.demo.people import CLIENTS, PRODUCTS, STAFF_DOMAIN, YEAR_AND_MORE
from portal.demo.staffing import write_staff
from portal.demo.tokens import write_tokens
from portal.models import ClauseText, Product, RateCard, Supplier, Terms, WorkingCalendar
from portal.rules.colours import USUAL
from portal.rules.states import DemoState
from portal.tenancy.stamps import forget
from portal.terms import TermsParameters

COMPANY_DAY = 144  # days ago, moved to the Friday before
FIRST_EVENT = "demo world loaded"


def build_ground(at: datetime) -> Ground:
    """Write the ground for a world that is seen at this instant. Needs the staff's rights."""
    began = at.astimezone(UTC) - timedelta(days=YEAR_AND_MORE + 1)
    supplier = write_supplier(began)
    ground = Ground(at, began, supplier, write_terms(began), write_calendar(at, began), write_products())
    ground.facts.append(Fact(began, FIRST_EVENT, SYSTEM, None, supplier, {"name": supplier.name, "as_of": at}))
    write_rates(began)
    ground.facts.append(Fact(began, "terms published", SYSTEM, None, ground.terms, {"version": 1}))
    write_staff(ground)
    ground.clients += write_clients(ground, CLIENTS)
    write_tokens(ground)
    write_agreements(ground)
    return ground


def write_supplier(began: datetime) -> Supplier:
    """The one row. It is stamped when it is first written, and a restart leaves the stamp as it is."""
    facts: dict[str, Any] = {
        "name": "DRJPCS LTD",
        "company_number": "",
        "vat_number": "GB 000 0000 00",
        "address": "Lindfield Cloud, a trading name of DRJPCS LTD\n4 Millpond Yard\nLindfield\nRH16 0XX",
        "bank_details": "Account name: DRJPCS LTD\nSort code: 00-00-00\nAccount number: 00000000",
        "sender_name": "Lindfield Cloud support",
        "sender_email": f"support@{STAFF_DOMAIN}",
        "signature": "Lindfield Cloud support, DRJPCS LTD",
        "accent": USUAL,
        "logo": "",
        "logo_width": 0,
        "logo_height": 0,
    }
    row, fresh = Supplier.objects.get_or_create(
        pk=1, defaults=facts | {"demo_state": DemoState.OPEN, "created_at": began}
    )
    if not fresh:
        Supplier.objects.filter(pk=1).update(**facts, created_at=began)
        row.refresh_from_db()
    forget()
    return row


def write_terms(began: datetime) -> Terms:
    terms = Terms.objects.create(
        version=1,
        published_at=began,
        summary="First version.",
        parameters=TermsParameters().as_json(),
        published_by="Priya Raman",
    )
    ClauseText.objects.bulk_create(
        ClauseText(terms=terms, clause=one.id, text=one.line, sha256=sha256(one.line.encode()).hexdigest())
        for one in CLAUSES.values()
    )
    return terms


def write_calendar(at: datetime, began: datetime) -> WorkingCalendar:
    """The default hours, with one closure: the staff's summer day out, a Friday."""
    day = at.astimezone(LONDON).date() - timedelta(days=COMPANY_DAY)
    friday = day - timedelta(days=(day.weekday() - 4) % 7)
    return WorkingCalendar.objects.create(
        version=1,
        hours=[["09:00", "17:30"]],
        days=[0, 1, 2, 3, 4],
        closures=[friday.isoformat()],
        effective_at=began,
        made_by="Priya Raman",
    )


def write_rates(began: datetime) -> RateCard:
    """The prices of work outside the package; nobody has changed them yet."""
    return RateCard.objects.create(
        version=1,
        hourly_rate=Decimal("95.00"),
        increment_minutes=15,
        valid_from=began.astimezone(LONDON).date(),
        exclusion="Travel and work outside working hours are quoted one by one.",
        made_by="Priya Raman",
        made_at=began,
    )


def write_products() -> dict[str, Product]:
    rows = Product.objects.bulk_create(
        Product(code=code, name=name, in_scope=in_scope, has_exchange=has_exchange, position=10 * (number + 1))
        for number, (code, name, in_scope, has_exchange) in enumerate(PRODUCTS)
    )
    forget()
    return {row.code: row for row in rows}
