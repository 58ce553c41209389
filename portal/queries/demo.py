"""The demonstration: whether this database is one, and whom one can become in it."""

from dataclasses import dataclass
from datetime import date, datetime
from time import monotonic

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from portal import clock, navigation
from portal.actors import SYSTEM
from portal.models import Membership, Outbox, Staff, Supplier, User
from portal.queries.people import contract_day
from portal.queries.staff import on_staff
from portal.rules.states import DemoState
from portal.tenancy import act_as_staff

MOST_STAFF, MOST_CLIENTS = 6, 2
# The banner asks on every page; the doors change only with the demo world.
KEPT_SECONDS = 20.0
_kept: dict[str, tuple[float, list[navigation.Door]]] = {}


def demo_is_open() -> bool:
    """Whether doors may be opened: the setting and the database's own stamp must both say so."""
    return bool(settings.PORTAL_DEMO) and Supplier.objects.filter(pk=1, demo_state=DemoState.OPEN).exists()


@dataclass(frozen=True, slots=True)
class Door:
    """One door of the demo: who one becomes, by the address that stays the same when the world is loaded again."""

    email: str
    name: str
    words: str
    side: str


def demo_doors(at: datetime) -> list[Door]:
    """The doors that the sign-in page offers: colleagues, one person per role of the first clients, and one of several."""
    with act_as_staff(SYSTEM):
        day = contract_day(at)
        return [*_staff_doors(day), *_client_doors(day)]


def _staff_doors(day: date) -> list[Door]:
    rows = Staff.objects.filter(on_staff(day), user__is_demo=True, user__is_active=True).order_by("id")
    return [Door(row.email, row.label, f"Staff, {row.grade}", "staff") for row in rows[:MOST_STAFF]]


def _client_doors(day: date) -> list[Door]:
    rows = Membership.objects.filter(user__is_demo=True, user__is_active=True, joined_at__isnull=False)
    rows = rows.filter(valid_from__lte=day, delegated_by__isnull=True).exclude(valid_to__lte=day)
    first = list(rows.order_by("client_id").values_list("client_id", flat=True).distinct()[:MOST_CLIENTS])
    doors: dict[tuple[int, str], Door] = {}
    for row in rows.filter(client_id__in=first).select_related("client").order_by("client_id", "id"):
        door = Door(row.email, row.label, f"{row.role.capitalize()} at {row.client.name}", "client")
        doors.setdefault((row.client_id, row.role), door)
    return [*doors.values(), *_door_of_several(rows)]


def _door_of_several(rows: QuerySet[Membership]) -> list[Door]:
    """The first person who belongs to several clients, for whom the switcher is there."""
    people = rows.order_by().values("user_id").annotate(places=Count("client", distinct=True)).filter(places__gt=1)
    found = people.order_by("user_id").first()
    if found is None:
        return []
    row = rows.filter(user_id=found["user_id"]).order_by("id")[0]
    return [Door(row.email, row.label, f"Belongs to {found['places']} organisations", "client")]


def demo_person(who: str) -> User | None:
    """The demo person behind a door, by address; None for anybody else."""
    if "\x00" in who:
        return None
    return User.objects.filter(email=who.strip().lower(), is_demo=True, is_active=True).first()


def menu_doors() -> list[navigation.Door]:
    """The doors for the banner and the sign-in page; none where this is no open demonstration."""
    if not demo_is_open():
        _kept.clear()
        return []
    since, doors = _kept.get("doors", (0.0, []))
    if not doors or monotonic() - since > KEPT_SECONDS:
        found = demo_doors(clock.now())
        doors = [navigation.Door(who=one.email, label=one.name, note=one.words) for one in found]
        _kept["doors"] = (monotonic(), doors)
    return doors


def forget_doors() -> None:
    """After the demo world was loaded again."""
    _kept.clear()


def mails_around(user_id: int | None, name: str, limit: int = 20) -> list[Outbox]:
    """The newest mails to a demo person or caused by them, bodies included. Staff's scope."""
    rows = Outbox.objects.filter(Q(address__user_id=user_id) | Q(by=name))
    return list(rows.select_related("client").order_by("-id")[:limit])
