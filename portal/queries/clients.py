"""Clients as staff see them: the list with search and keyset pages, and one client's page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext

from portal.models import Approval, Client, ClientName, Entitlement, MicrosoftTenant, Product
from portal.rules.states import ApprovalState, ClientState

PAGE = 50


@dataclass(frozen=True, slots=True)
class ClientPage:
    """One page of the client list; `after` is the key of the next page, empty on the last."""

    clients: Sequence[Client]
    after: str


def client_page(*, search: str = "", after: str = "", state: str = "") -> ClientPage:
    """Clients by name. `after` is "name|id" in lower case, of the last row of the page before."""
    rows = Client.objects.annotate(key=Lower("name")).order_by("key", "id")
    if search:
        rows = rows.filter(Q(name__icontains=search) | Q(slug__icontains=search) | Q(tenants__domain__icontains=search))
        rows = rows.distinct()
    if state:
        rows = rows.filter(state=state)
    name, _, last = after.rpartition("|")
    if last.isascii() and last.isdigit():
        rows = rows.filter(Q(key__gt=name) | Q(key=name, id__gt=int(last)))
    found = list(rows[: PAGE + 1])
    more = len(found) > PAGE
    found = found[:PAGE]
    return ClientPage(found, f"{found[-1].name.lower()}|{found[-1].pk}" if more else "")


def client_by_slug(slug: str) -> Client | None:
    """One client; only from a staff scope does this see every client."""
    return Client.objects.filter(slug=slug).first()


def active_clients() -> QuerySet[Client]:
    """The clients for which we work, by name."""
    return Client.objects.filter(state=ClientState.ACTIVE).order_by("name", "id")


def slugs_like(prefix: str) -> set[str]:
    """Short names already taken that begin alike."""
    return set(Client.objects.filter(slug__startswith=prefix).values_list("slug", flat=True))


def names_of(client: Client) -> QuerySet[ClientName]:
    """The names a client has had, newest first."""
    return ClientName.objects.filter(client=client).order_by("-valid_from", "-id")


def tenants_of(client: Client) -> QuerySet[MicrosoftTenant]:
    return MicrosoftTenant.objects.filter(client=client).order_by("label", "id")


@dataclass(frozen=True, slots=True)
class Held:
    """An entitlement with how it stands today."""

    entitlement: Entitlement
    words: str
    standing: str
    tone: str


def entitlements_of(client: Client, day: date) -> list[Held]:
    """A client's entitlements, newest first, at most 100."""
    rows = Entitlement.objects.filter(client=client).select_related("product").order_by("-valid_from", "-id")[:100]
    return [_held(row, day) for row in rows]


def _held(row: Entitlement, day: date) -> Held:
    words = row.product.name if row.product else row.kind.replace("_", " ").capitalize()
    if row.valid_to is not None and row.valid_to <= day:
        return Held(row, words, gettext("Ended"), "quiet")
    return Held(row, words, *((gettext("To come"), "info") if row.valid_from > day else (gettext("In force"), "good")))


def products() -> QuerySet[Product]:
    return Product.objects.order_by("position", "name")


def open_approvals(client: Client | None = None) -> QuerySet[Approval]:
    """Acts that wait for their second step, oldest first."""
    rows = Approval.objects.filter(state=ApprovalState.PROPOSED).select_related("proposed_by", "client")
    return (rows.filter(client=client) if client else rows).order_by("proposed_at")
