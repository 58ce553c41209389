"""Clients: creating, renaming, suspending, their Microsoft tenants and the entitlements recorded by hand."""

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from portal import audit, events
from portal.actions.people import add_member
from portal.actions.permission import client_work
from portal.actors import Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.models import Client, ClientName, Entitlement, MicrosoftTenant, Product, User
from portal.queries.people import contract_day
from portal.rules.people import Power
from portal.rules.states import CLIENT_MOVES, ClientState, Role


def create_client(*, name: str, slug: str, manager_name: str, manager_email: str, by: Actor, at: datetime) -> Client:
    """A new client with its first manager invited. Raises Refused for a short name that is taken."""
    with client_work(by, Power.MANAGE_CLIENTS, at):
        if Client.objects.filter(slug=slug).exists():
            raise Refused("ODS-4", _("The short name %(slug)s is already taken.") % {"slug": slug})
        demo = person_is_demo(by)
        client = Client.objects.create(slug=slug, name=name, created_at=at, is_demo=demo)
        ClientName.objects.create(client=client, name=name, valid_from=contract_day(at))
        audit.record(
            "client created",
            by=by,
            at=at,
            client_id=client.pk,
            subject=client,
            payload={"name": name},
            client_visible=True,
        )
        add_member(client=client, email=manager_email, name=manager_name, role=Role.MANAGER, by=by, at=at)
        return client


def person_is_demo(by: Actor) -> bool:
    """Whether the actor belongs to the demo: what they make belongs to it as well."""
    return User.objects.filter(pk=by.user_id, is_demo=True).exists() if by.user_id else False


def rename_client(*, client_id: int, name: str, by: Actor, at: datetime) -> Client:
    """Give a client its new name from today; the old one is kept with its dates, for the documents of its days."""
    with client_work(by, Power.MANAGE_CLIENTS, at):
        client = locked(client_id)
        if client.name == name:
            raise Refused("ODS-4", _("That is already the name of %(name)s.") % {"name": client.name})
        old, day = client.name, contract_day(at)
        close_name(client, day)
        ClientName.objects.create(client=client, name=name, valid_from=day)
        client.name = name
        client.save(update_fields=["name"])
        facts = {"from": old, "to": name}
        audit.record(
            "client renamed", by=by, at=at, client_id=client.pk, subject=client, payload=facts, client_visible=True
        )
        return client


def close_name(client: Client, day: date) -> None:
    """End the present name: it held until the day, or, when it began that day, not at all."""
    names = ClientName.objects.filter(client=client)
    if not names.exists():
        # Loaded in bulk, without a row for its name: that name is not to be forgotten now.
        ClientName.objects.create(client=client, name=client.name, valid_from=contract_day(client.created_at))
    for row in names.filter(valid_to__isnull=True):
        row.valid_to = max(day, row.valid_from)
        row.save(update_fields=["valid_to"])


def suspend_client(*, client_id: int, reason: str, by: Actor, at: datetime) -> Client:
    """Stop a client's posting; its people can still sign in and read. Raises Refused."""
    return move_client(client_id=client_id, to=ClientState.SUSPENDED, reason=reason, by=by, at=at)


def resume_client(*, client_id: int, reason: str, by: Actor, at: datetime) -> Client:
    """Lift a suspension. Raises Refused."""
    return move_client(client_id=client_id, to=ClientState.ACTIVE, reason=reason, by=by, at=at)


def move_client(*, client_id: int, to: ClientState, reason: str, by: Actor, at: datetime) -> Client:
    with client_work(by, Power.MANAGE_CLIENTS, at):
        client = locked(client_id)
        if to not in CLIENT_MOVES[ClientState(client.state)]:
            raise Refused(
                "ODS-4",
                _("%(name)s is %(state)s, so it cannot become %(to)s.")
                % {"name": client.name, "state": client.state, "to": to},
            )
        client.state = to
        client.suspended_reason = reason if to == ClientState.SUSPENDED else ""
        client.save(update_fields=["state", "suspended_reason"])
        kind = "client suspended" if to == ClientState.SUSPENDED else "client resumed"
        facts = {"reason": reason}
        audit.record(kind, by=by, at=at, client_id=client.pk, subject=client, payload=facts, client_visible=True)
        return client


def add_tenant(
    *, client_id: int, directory_id: UUID, domain: str, label: str, by: Actor, at: datetime
) -> MicrosoftTenant:
    """Record one of the client's Microsoft 365 tenants. Raises Refused for one that is recorded already."""
    with client_work(by, Power.MANAGE_CLIENTS, at):
        if MicrosoftTenant.objects.filter(client_id=client_id, directory_id=directory_id).exists():
            raise Refused("ACC-4", _("That tenant is already recorded for this client."))
        row = MicrosoftTenant.objects.create(
            client_id=client_id, directory_id=directory_id, domain=domain.lower(), label=label
        )
        facts = {"domain": row.domain, "directory_id": str(directory_id)}
        audit.record("tenant added", by=by, at=at, client_id=client_id, subject=row, payload=facts, client_visible=True)
        return row


@clause("HLP-4")
def record_entitlement(
    *,
    client_id: int,
    kind: str,
    product: Product | None,
    valid_from: date,
    valid_to: date | None,
    source: str,
    by: Actor,
    at: datetime,
) -> Entitlement:
    """Record support or a product that a client holds, with where that is known from. `valid_to` is the first day without.

    Raises Refused when some of those days are recorded already.
    """
    with client_work(by, Power.MANAGE_CLIENTS, at):
        same = Entitlement.objects.filter(client_id=client_id, kind=kind, product=product)
        same = same.exclude(valid_to__lte=valid_from)
        if (same if valid_to is None else same.filter(valid_from__lt=valid_to)).exists():
            raise Refused("HLP-4", _("It is already recorded for some of those days; end the other record first."))
        row = Entitlement.objects.create(
            client_id=client_id,
            kind=kind,
            product=product,
            valid_from=valid_from,
            valid_to=valid_to,
            source=source,
            recorded_by=by.label,
            recorded_at=at,
        )
        tell_of_entitlement("entitlement recorded", row, by=by, at=at)
        return row


@clause("HLP-4")
def end_entitlement(*, client_id: int, entitlement_id: int, day: date, by: Actor, at: datetime) -> Entitlement:
    """Let an entitlement end: `day` is the first day without it. Raises Refused."""
    with client_work(by, Power.MANAGE_CLIENTS, at):
        row = Entitlement.objects.select_for_update().filter(client_id=client_id, pk=entitlement_id).first()
        if row is None or (row.valid_to is not None and row.valid_to <= contract_day(at)):
            raise Refused("HLP-4", _("That entitlement has already ended."))
        if day < row.valid_from:
            raise Refused(
                "HLP-4",
                _("It began on %(valid_from)s; it cannot end before that.")
                % {"valid_from": f"{row.valid_from:%d %B %Y}"},
            )
        row.valid_to = day
        row.save(update_fields=["valid_to"])
        tell_of_entitlement("entitlement ended", row, by=by, at=at)
        return row


def tell_of_entitlement(kind: str, row: Entitlement, *, by: Actor, at: datetime) -> None:
    """Audit, and the event by which upper floors learn of it."""
    facts = {
        "kind": row.kind,
        "product": row.product.code if row.product else "",
        "from": row.valid_from,
        "to": row.valid_to,
        "source": row.source,
    }
    audit.record(kind, by=by, at=at, client_id=row.client_id, subject=row, payload=facts, client_visible=True)
    events.emit("entitlement changed", entitlement=row, by=by, at=at)


def locked(client_id: int) -> Client:
    return Client.objects.select_for_update().get(pk=client_id)
