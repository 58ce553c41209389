"""What the supplier offers: products, and the prices of work."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _

from portal import audit
from portal.actions.permission import staff_work
from portal.actors import Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.models import Product, RateCard
from portal.queries.people import contract_day
from portal.rules.people import Power

LOCK = 7405013


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFacts:
    """in_scope: one of the Microsoft products that support covers (HLP-2). position: small numbers stand first."""

    name: str
    in_scope: bool
    has_exchange: bool
    position: int


@clause("HLP-2")
def add_product(*, code: str, facts: ProductFacts, by: Actor, at: datetime) -> Product:
    """A product with its lasting code. Raises Refused when the code is taken."""
    with staff_work(by, Power.MANAGE_SUPPLIER):
        if Product.objects.filter(code=code).exists():
            raise Refused("HLP-2", _("There is a product with the code %(code)s already.") % {"code": code})
        row = Product.objects.create(code=code, **asdict(facts))
        payload = {"code": code, **asdict(facts)}
        audit.record("product added", by=by, at=at, client_id=None, subject=row, payload=payload)
        return row


@clause("HLP-2")
def change_product(*, product_id: int, facts: ProductFacts, by: Actor, at: datetime) -> Product:
    """Rename or move a product, or take it into or out of scope; what refers to it keeps it. Raises Refused."""
    with staff_work(by, Power.MANAGE_SUPPLIER):
        row = Product.objects.select_for_update().get(pk=product_id)
        changed = {name: value for name, value in asdict(facts).items() if value != getattr(row, name)}
        before = {name: getattr(row, name) for name in changed}
        for name, value in changed.items():
            setattr(row, name, value)
        if changed:
            row.save(update_fields=list(changed))
            payload = {"code": row.code, "from": before, "to": changed}
            audit.record("product changed", by=by, at=at, client_id=None, subject=row, payload=payload)
        return row


@clause("LOG-1")
def add_rate_card(
    *, hourly_rate: Decimal, increment_minutes: int, valid_from: date, exclusion: str, by: Actor, at: datetime
) -> RateCard:
    """The next version of the prices, from today or a later day on. Earlier work keeps its price. Raises Refused."""
    with staff_work(by, Power.MANAGE_SUPPLIER):
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])
        if valid_from < contract_day(at):
            raise Refused("LOG-1", _("Prices cannot begin in the past: work of those days keeps its price."))
        last = RateCard.objects.order_by("-version").first()
        if last is not None and valid_from <= last.valid_from:
            raise Refused(
                "LOG-1",
                _("Version %(version)s begins on %(valid_from)s. Choose a later day.")
                % {"version": last.version, "valid_from": last.valid_from},
            )
        row = RateCard.objects.create(
            version=last.version + 1 if last else 1, hourly_rate=hourly_rate, increment_minutes=increment_minutes,
            valid_from=valid_from, exclusion=exclusion, made_by=by.label, made_at=at,
        )  # fmt: skip
        payload = {"version": row.version, "hourly_rate": hourly_rate, "increment_minutes": increment_minutes}
        payload |= {"valid_from": valid_from, "exclusion": exclusion}
        audit.record("rate card added", by=by, at=at, client_id=None, subject=row, payload=payload)
        return row
