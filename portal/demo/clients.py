"""Writes the demo's clients: their people with dated roles, their tenants, and the support that they hold."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import NAMESPACE_DNS, uuid5

from portal.demo.facts import Fact
from portal.demo.ground import ClientPack, Ground, member_actor
from portal.demo.people import YEAR_AND_MORE, ClientSpec, MemberSpec, email_of
from portal.demo.staffing import Wanted, write_people
from portal.models import Address, Client, ClientName, Entitlement, Membership, MicrosoftTenant
from portal.rules.states import ClientState, EntitlementKind


def write_clients(ground: Ground, specs: Sequence[ClientSpec]) -> list[ClientPack]:
    """Write clients with everybody who belongs to them; a person of two clients has one account."""
    wanted: dict[str, Wanted] = {}
    for spec in specs:
        for member in spec.members:
            wanted.setdefault(email_at(spec, member), Wanted(member.name, verified=member.joined))
    addresses = write_people(wanted, ground.began)
    return [write_client(ground, spec, number, addresses) for number, spec in enumerate(specs)]


def domain_of(spec: ClientSpec) -> str:
    return spec.domains[0] if spec.domains else f"{spec.slug}.example"


def email_at(spec: ClientSpec, member: MemberSpec) -> str:
    return member.email or email_of(member.name, domain_of(spec))


def write_client(ground: Ground, spec: ClientSpec, number: int, addresses: dict[str, Address]) -> ClientPack:
    made = ground.moment(YEAR_AND_MORE - 1 - number % 3, 10 + number % 6, 5 * number % 60)
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
