"""The demo world's ground as the rest of the demo needs it: the instant, the contract, the staff, the clients."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.actors import Actor
from portal.demo.facts import Fact
from portal.demo.people import STAFF, ClientSpec
from portal.models import (
    Client,
    Entitlement,
    Membership,
    MicrosoftTenant,
    Nda,
    Product,
    Staff,
    Supplier,
    Terms,
    WorkingCalendar,
)
from portal.queries.contract import worktime_of
from portal.worktime import Calendar

LONDON = ZoneInfo("Europe/London")


@dataclass
class ClientPack:
    """A client with everything that requests of its need."""

    spec: ClientSpec
    client: Client
    members: list[Membership] = field(default_factory=list)
    tenants: list[MicrosoftTenant] = field(default_factory=list)
    support: list[Entitlement] = field(default_factory=list)

    def writers(self, day: date) -> list[Membership]:
        """Who may raise a request on a day, managers last in the list so that authors are drawn as often."""
        return [
            one
            for one in self.members
            if one.role != "billing"
            and one.joined_at is not None
            and one.delegated_by_id is None
            and one.valid_from <= day
            and (one.valid_to is None or day < one.valid_to)
        ]


@dataclass
class Ground:
    """The written ground; `facts` are the events that go with it."""

    at: datetime
    began: datetime
    supplier: Supplier
    terms: Terms
    calendar_row: WorkingCalendar
    products: dict[str, Product]
    staff: dict[str, Staff] = field(default_factory=dict)
    ndas: dict[str, list[Nda]] = field(default_factory=dict)
    clients: list[ClientPack] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)

    @property
    def calendar(self) -> Calendar:
        return worktime_of(self.calendar_row)

    @property
    def today(self) -> date:
        return self.at.astimezone(LONDON).date()

    def day(self, days_ago: int) -> date:
        return self.today - timedelta(days=days_ago)

    def moment(self, days_ago: int, hour: int = 9, minute: int = 30) -> datetime:
        """An instant so many days ago, by London's clock."""
        return datetime.combine(self.day(days_ago), time(hour, minute), LONDON).astimezone(UTC)

    def actor(self, key: str) -> Actor:
        return actor_of(self.staff[key])

    def workers(self, day: date) -> list[tuple[Staff, int]]:
        """Who of the staff takes requests on a day, with their share: at work, and covered by an NDA (CMP-6)."""
        return [
            (self.staff[spec.key], spec.share)
            for spec in STAFF
            if spec.share and at_work(self.staff[spec.key], day) and covered(self.ndas[spec.key], day)
        ]


def at_work(one: Staff, day: date) -> bool:
    here = one.valid_from <= day and (one.valid_to is None or day < one.valid_to)
    away = one.absent_from is not None and one.absent_to is not None and one.absent_from <= day <= one.absent_to
    return here and not away


def covered(ndas: list[Nda], day: date) -> bool:
    return any(nda.valid_from <= day and (nda.valid_to is None or day < nda.valid_to) for nda in ndas)


def actor_of(one: Staff) -> Actor:
    return Actor("staff", one.label, one.user_id, None, None, one.pk, one.grade)


def member_actor(one: Membership) -> Actor:
    return Actor("member", one.label, one.user_id, one.client_id, one.pk, None, one.role)
