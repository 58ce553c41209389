"""The staff queue: one keyset page over (queue_group, queue_at, id), and the counts of its bands in one query."""

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.fields.tuple_lookups import TupleGreaterThan, TupleLessThan

from portal.actors import Actor
from portal.models import AuditEvent, Client
from portal.rules.states import ClientState
from portal.worktime import Calendar, add_minutes
from tickets.models import Ticket
from tickets.rules.bands import TITLES, TONES, Band, Edges, band_of
from tickets.rules.states import Group

PAGE = 50
VIEWS = ("open", "mine", "unassigned", "waiting", "done")
SHOWN = (
    "id", "ref", "subject", "state", "queue_group", "queue_at", "received_at", "acknowledged_at", "asked_at",
    "first_reply_at", "visibility", "version", "client__name", "client__slug", "assignee__label", "requester_label",
    "clock__target", "clock__started_at", "clock__due_at", "clock__met_at", "clock__breached_at", "clock__minutes", "state_since", "channel", "clause",
    "priority", "snoozed_until", "tags",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class View:
    """Which part of the queue a page shows. name: one of VIEWS; client: a slug, or "" for all clients; tag: only those that carry it."""

    name: str = "open"
    client: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class BandOfRows:
    """One heading with the rows of this page under it, and how many there are in all."""

    band: Band
    title: str
    tone: str
    count: int
    rows: list[Ticket]


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page of the queue; next_cursor is "" on the last one."""

    bands: list[BandOfRows]
    counts: dict[Band, int]
    tabs: dict[str, int]
    total: int
    next_cursor: str


def edges_at(at: datetime, calendar: Calendar) -> Edges:
    """The instants that part the bands, by the calendar in force."""
    local = at.astimezone(calendar.zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return Edges(now=at, hour=add_minutes(at, 60, calendar).due, today=midnight)


def queue_page(
    view: View, *, actor: Actor, at: datetime, calendar: Calendar, cursor: str = "", size: int = PAGE
) -> QueuePage:
    """One page of a view in two queries: its rows, and every number on it. Raises ValueError for a cursor that is none of ours."""
    edges = edges_at(at, calendar)
    rows = list(_after(_ordered(_filtered(view, actor), view), view, cursor)[: size + 1])
    counts, tabs = _counts(view, actor, edges)
    return QueuePage(
        bands=_banded(rows[:size], counts, edges),
        counts=counts,
        tabs=tabs,
        total=sum(counts.values()),
        next_cursor=_cursor_of(rows[size - 1], view) if len(rows) > size else "",
    )


def _filtered(view: View, actor: Actor) -> QuerySet[Ticket]:
    return _of_client(view).filter(_condition(view, actor))


def _of_client(view: View) -> QuerySet[Ticket]:
    tickets = Ticket.objects.filter(tags__contains=[view.tag]) if view.tag else Ticket.objects.all()
    return tickets.filter(client__slug=view.client) if view.client else tickets


def _condition(view: View, actor: Actor) -> Q:
    """What a view shows, besides its client."""
    if view.name == "done":
        return Q(queue_group=Group.ENDED)
    still_open = Q(queue_group__lt=Group.ENDED)
    if view.name == "mine":
        return still_open & Q(assignee_id=actor.staff_id)
    if view.name == "unassigned":
        return still_open & Q(assignee__isnull=True)
    return Q(queue_group=Group.WAITING) if view.name == "waiting" else still_open


def _ordered(tickets: QuerySet[Ticket], view: View) -> QuerySet[Ticket]:
    order = ("-state_since", "-id") if view.name == "done" else ("queue_group", "queue_at", "id")
    return tickets.select_related("client", "assignee", "clock").only(*SHOWN).order_by(*order)


def _after(tickets: QuerySet[Ticket], view: View, cursor: str) -> QuerySet[Ticket]:
    """The rows behind a cursor, by row comparison: written as OR it would read a hundred times as much."""
    if not cursor:
        return tickets
    place = _read_cursor(cursor)
    if view.name == "done":
        return tickets.filter(TupleLessThan(("state_since", "id"), (place[1], place[2])))
    return tickets.filter(TupleGreaterThan(("queue_group", "queue_at", "id"), place))


def _cursor_of(ticket: Ticket, view: View) -> str:
    at = ticket.state_since if view.name == "done" else ticket.queue_at
    packed = json.dumps([ticket.queue_group, at.isoformat(), ticket.pk]).encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[int, datetime, int]:
    try:
        group, at, id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return int(group), datetime.fromisoformat(at), int(id)
    except (ValueError, TypeError, binascii.Error) as error:
        raise ValueError("This page address is damaged. Go back to the beginning of the list.") from error


def _counts(view: View, actor: Actor, edges: Edges) -> tuple[dict[Band, int], dict[str, int]]:
    """How many stand under each heading of the view and on each tab, in one pass over the open tickets.

    Done ones are not counted: they are a million.
    """
    shown, running = _condition(view, actor), Q(queue_group=Group.CLOCK)
    bands = {
        Band.ALARM: Q(queue_group=Group.UNACKNOWLEDGED),
        Band.PAST: running & Q(queue_at__lt=edges.now),
        Band.HOUR: running & Q(queue_at__gte=edges.now, queue_at__lte=edges.hour),
        Band.TODAY: running & Q(queue_at__gt=edges.hour, queue_at__lt=edges.today),
        Band.LATER: running & Q(queue_at__gt=edges.hour, queue_at__gte=edges.today),
        Band.OURS: Q(queue_group=Group.OURS),
        Band.WAITING: Q(queue_group=Group.WAITING),
    }
    asked = {f"band_{band}": Count("id", filter=shown & part) for band, part in bands.items()}
    asked |= {name: Count("id", filter=_condition(View(name), actor)) for name in VIEWS if name != "done"}
    found = _of_client(view).filter(queue_group__lt=Group.ENDED).aggregate(**asked)
    counts = {band: found[f"band_{band}"] for band in bands if found[f"band_{band}"]}
    return counts, {name: found[name] for name in VIEWS if name in found}


def _banded(rows: Iterable[Ticket], counts: dict[Band, int], edges: Edges) -> list[BandOfRows]:
    def band(ticket: Ticket) -> Band:
        return band_of(Group(ticket.queue_group), ticket.queue_at, edges)

    return [
        BandOfRows(name, TITLES[name], TONES.get(name, ""), counts.get(name, 0), list(group))
        for name, group in groupby(rows, key=band)
    ]


def queue_version() -> str:
    """A value that changes with every act: the newest audit event. Costs one look at the end of an index."""
    return str(AuditEvent.objects.aggregate(newest=Max("id"))["newest"] or 0)


def next_to_answer(actor: Actor, ticket: Ticket) -> str:
    """The reference of the next ticket behind this one in the open queue that is this person's or nobody's; "" at the end."""
    behind = Ticket.objects.filter(queue_group__lt=Group.WAITING).exclude(pk=ticket.pk)
    ours = behind.filter(Q(assignee_id=actor.staff_id) | Q(assignee__isnull=True))
    return ours.order_by("queue_group", "queue_at", "id").values_list("ref", flat=True).first() or ""


def client_names() -> list[tuple[str, str]]:
    """Slug and name of every client that has not ended, for the queue's filter."""
    return list(Client.objects.exclude(state=ClientState.ENDED).order_by("name").values_list("slug", "name"))
