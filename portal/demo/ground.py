"""Writes the demo world's ground: supplier, terms, calendar, products, staff, clients, their people and what they hold."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_DNS, uuid5
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from portal.actors import SYSTEM, Actor
from portal.clauses import CLAUSES
from portal.demo import people
from portal.demo.facts import Fact
from portal.demo.people import CLIENTS, PRODUCTS, STAFF, STAFF_DOMAIN, ClientSpec, MemberSpec, StaffSpec
from portal.models import (
    Address,
    ClauseText,
    Client,
    ClientName,
    Entitlement,
    Membership,
    MicrosoftTenant,
    Nda,
    Product,
    Staff,
    Supplier,
    Terms,
    User,
    WorkingCalendar,
)
from portal.queries.contract import worktime_of
from portal.rules.states import ClientState, DemoState, EntitlementKind
from portal.terms import TermsParameters
from portal.worktime import Calendar

LONDON = ZoneInfo("Europe/London")
COMPANY_DAY = 144  # days ago, moved to the Friday before
FIRST_EVENT = "demo world loaded"


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


def build_ground(at: datetime) -> Ground:
    """Write the ground for a world that is seen at this instant. Needs the staff's rights."""
    began = at.astimezone(UTC) - timedelta(days=people.YEAR_AND_MORE)
    supplier = write_supplier(began)
    ground = Ground(at, began, supplier, write_terms(began), write_calendar(at, began), write_products())
    ground.facts.append(Fact(began, FIRST_EVENT, SYSTEM, None, supplier, {"name": supplier.name, "as_of": at}))
    ground.facts.append(Fact(began, "terms published", SYSTEM, None, ground.terms, {"version": 1}))
    addresses = write_users(ground)
    write_staff(ground, addresses)
    for number, spec in enumerate(CLIENTS):
        ground.clients.append(write_client(ground, spec, number, addresses))
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
    }
    row, fresh = Supplier.objects.get_or_create(
        pk=1, defaults=facts | {"demo_state": DemoState.OPEN, "created_at": began}
    )
    if not fresh:
        Supplier.objects.filter(pk=1).update(**facts, created_at=began)
        row.refresh_from_db()
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


def write_products() -> dict[str, Product]:
    rows = Product.objects.bulk_create(
        Product(code=code, name=name, in_scope=in_scope, has_exchange=has_exchange, position=10 * (number + 1))
        for number, (code, name, in_scope, has_exchange) in enumerate(PRODUCTS)
    )
    return {row.code: row for row in rows}


def domain_of(spec: ClientSpec) -> str:
    return spec.domains[0] if spec.domains else f"{spec.slug}.example"


def email_at(spec: ClientSpec, member: MemberSpec) -> str:
    return member.email or people.email_of(member.name, domain_of(spec))


def write_users(ground: Ground) -> dict[str, Address]:
    """Every person once, by address: one of them belongs to two clients."""
    wanted: dict[str, tuple[str, bool, bool]] = {}
    for one in STAFF:
        wanted[people.email_of(one.name, STAFF_DOMAIN)] = (one.name, True, one.left is None)
    for spec in CLIENTS:
        for member in spec.members:
            wanted.setdefault(email_at(spec, member), (member.name, member.joined, True))
    users = User.objects.bulk_create(
        User(
            email=email,
            name=name,
            is_active=active,
            is_demo=True,
            created_at=ground.began,
            password=make_password(None),
        )
        for email, (name, _, active) in wanted.items()
    )
    addresses = Address.objects.bulk_create(
        Address(
            user=user,
            email=user.email,
            registered_by="Priya Raman",
            registered_at=ground.began,
            verified_at=ground.began if wanted[user.email][1] else None,
        )
        for user in users
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=wanted[user.email][1], primary=True) for user in users
    )
    return {address.email: address for address in addresses}


def write_staff(ground: Ground, addresses: dict[str, Address]) -> None:
    rows = [staff_row(ground, spec, addresses[people.email_of(spec.name, STAFF_DOMAIN)]) for spec in STAFF]
    Staff.objects.bulk_create(rows)
    ground.staff = {spec.key: row for spec, row in zip(STAFF, rows, strict=True)}
    for spec in STAFF:
        ground.ndas[spec.key] = [nda_row(ground, spec, *span) for span in spec.ndas]
        if spec.stand_in:
            row = ground.staff[spec.key]
            row.stand_in = ground.staff[spec.stand_in]
            row.save(update_fields=["stand_in"])
    Nda.objects.bulk_create(nda for ndas in ground.ndas.values() for nda in ndas)
    for spec in STAFF:
        tell_of_staff(ground, spec)


def staff_row(ground: Ground, spec: StaffSpec, address: Address) -> Staff:
    away = spec.absent
    return Staff(
        user_id=address.user_id,
        address=address,
        label=spec.name,
        email=address.email,
        grade=spec.grade,
        valid_from=ground.day(spec.joined),
        valid_to=None if spec.left is None else ground.day(spec.left),
        absent_from=ground.day(away[0]) if away else None,
        absent_to=ground.day(away[1]) if away else None,
    )


def nda_row(ground: Ground, spec: StaffSpec, signed: int, ends: int | None) -> Nda:
    return Nda(
        staff=ground.staff[spec.key],
        valid_from=ground.day(signed),
        valid_to=None if ends is None else ground.day(ends),
        template_version="2020-04",
        witness="M. Lindqvist",
        storage_reference=f"Safe, folder NDA, {spec.name}",
        recorded_by="Priya Raman",
        recorded_at=ground.moment(signed),
    )


def tell_of_staff(ground: Ground, spec: StaffSpec) -> None:
    row, admin = ground.staff[spec.key], ground.actor("priya")
    facts = ground.facts
    facts.append(
        Fact(ground.moment(spec.joined), "staff added", admin, None, row, {"name": row.label, "grade": row.grade})
    )
    for nda in ground.ndas[spec.key]:
        payload = {
            "staff": row,
            "signed_on": nda.valid_from,
            "expires_on": nda.valid_to,
            "version": nda.template_version,
        }
        facts.append(Fact(nda.recorded_at, "NDA recorded", admin, None, nda, payload))
    if spec.left is not None:
        facts.append(
            Fact(
                ground.moment(spec.left + 30),
                "staff leaving",
                admin,
                None,
                row,
                {"name": row.label, "day": row.valid_to},
            )
        )
        facts.append(Fact(ground.moment(spec.left, 0, 0), "staff left", SYSTEM, None, row, {"name": row.label}))
    if spec.absent:
        payload = {"name": row.label, "first_day": row.absent_from, "last_day": row.absent_to, "stand_in": row.stand_in}
        facts.append(Fact(ground.moment(spec.absent[0] + 9), "staff absence noted", actor_of(row), None, row, payload))


def write_client(ground: Ground, spec: ClientSpec, number: int, addresses: dict[str, Address]) -> ClientPack:
    made = ground.moment(people.YEAR_AND_MORE - 1 - number % 3, 10 + number % 6, 5 * number % 60)
    client = Client.objects.create(
        slug=spec.slug,
        name=spec.name,
        state=spec.state,
        suspended_reason=spec.state_reason if spec.state == ClientState.SUSPENDED else "",
        is_demo=True,
        created_at=made,
    )
    ClientName.objects.create(client=client, name=spec.name, valid_from=made.date())
    pack = ClientPack(spec, client)
    admin = ground.actor("priya")
    ground.facts.append(Fact(made, "client created", admin, client.pk, client, {"name": spec.name}, True))
    write_members(ground, pack, addresses)
    write_tenants(ground, pack, made)
    write_support(ground, pack)
    tell_of_state(ground, pack)
    return pack


def write_members(ground: Ground, pack: ClientPack, addresses: dict[str, Address]) -> None:
    for member in pack.spec.members:
        row = member_row(ground, pack, member, addresses[email_at(pack.spec, member)])
        row.save()
        pack.members.append(row)
        tell_of_member(ground, pack, member, row)


def member_row(ground: Ground, pack: ClientPack, member: MemberSpec, address: Address) -> Membership:
    invited = ground.moment(member.since, 11, 10)
    manager = next((one for one in pack.members if one.label == member.stands_in_for), None)
    return Membership(
        client=pack.client,
        user_id=address.user_id,
        address=address,
        label=member.name,
        email=address.email,
        role=member.role,
        valid_from=ground.day(member.since),
        valid_to=None if member.until is None else ground.day(member.until),
        delegated_by=manager,
        invited_at=invited,
        joined_at=invited + timedelta(hours=3, minutes=12) if member.joined else None,
        end_reason="Left the organisation" if member.until is not None and member.until > 0 else "",
    )


def tell_of_member(ground: Ground, pack: ClientPack, member: MemberSpec, row: Membership) -> None:
    manager = next((one for one in pack.members if one.role == "manager" and one.joined_at and one.pk != row.pk), None)
    by, one = member_actor(manager) if manager else ground.actor("priya"), pack.client.pk
    payload = {"name": row.label, "role": row.role}
    if member.stands_in_for:
        dates = {"first_day": row.valid_from, "last_day": row.valid_to}
        ground.facts.append(Fact(row.invited_at, "management delegated", by, one, row, payload | dates, True))
        return
    ground.facts.append(Fact(row.invited_at, "member invited", by, one, row, payload, True))
    if row.joined_at is not None:
        ground.facts.append(
            Fact(row.joined_at, "invitation accepted", member_actor(row), one, row, {"role": row.role}, True)
        )
    if member.until is not None and member.until > 0:
        ended = ground.moment(member.until, 16, 45)
        ground.facts.append(Fact(ended, "member ended", by, one, row, payload | {"reason": row.end_reason}, True))


def write_tenants(ground: Ground, pack: ClientPack, made: datetime) -> None:
    for domain in pack.spec.domains or (domain_of(pack.spec),):
        row = MicrosoftTenant.objects.create(
            client=pack.client,
            directory_id=uuid5(NAMESPACE_DNS, domain),
            domain=domain,
            label=domain.removesuffix(".example").replace("-", " ").title(),
        )
        pack.tenants.append(row)
        payload = {"domain": domain, "directory_id": str(row.directory_id)}
        later = made + timedelta(minutes=20)
        ground.facts.append(Fact(later, "tenant added", ground.actor("priya"), pack.client.pk, row, payload, True))


def write_support(ground: Ground, pack: ClientPack) -> None:
    for since, until in pack.spec.support:
        recorded = ground.moment(since + 1, 15, 20)
        row = Entitlement.objects.create(
            client=pack.client,
            kind=EntitlementKind.SUPPORT,
            valid_from=ground.day(since),
            valid_to=None if until is None else ground.day(until),
            source="Order form, support package",
            recorded_by="Priya Raman",
            recorded_at=recorded,
        )
        pack.support.append(row)
        payload = {"kind": row.kind, "product": "", "from": row.valid_from, "to": None, "source": row.source}
        ground.facts.append(
            Fact(recorded, "entitlement recorded", ground.actor("priya"), pack.client.pk, row, payload, True)
        )
        if until is not None:
            ended = ground.moment(until + 14, 12, 0)
            ends = payload | {"to": row.valid_to}
            ground.facts.append(
                Fact(ended, "entitlement ended", ground.actor("priya"), pack.client.pk, row, ends, True)
            )


def tell_of_state(ground: Ground, pack: ClientPack) -> None:
    if pack.spec.state == ClientState.ACTIVE:
        return
    kind = f"client {pack.spec.state}"
    since = ground.moment(pack.spec.state_since, 16, 0)
    payload = {"reason": pack.spec.state_reason}
    ground.facts.append(Fact(since, kind, ground.actor("priya"), pack.client.pk, pack.client, payload, True))
