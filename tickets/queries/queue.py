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
from portal.queries.contract import calendar_at, worktime_of
from portal.rules.states import ClientState
from portal.worktime import add_minutes
from tickets.models import Ticket
from tickets.rules.bands import TITLES, TONES, Band, Edges, band_of
from tickets.rules.states import Group

PAGE = 50
VIEWS = ("open", "mine", "unassigned", "waiting", "done")
SHOWN = (
    "id", "ref", "subject", "state", "queue_group", "queue_at", "received_at", "acknowledged_at", "asked_at",
    "first_reply_at", "visibility", "version", "client__name", "client__slug", "assignee__label", "requester_label",
    "clock__target", "clock__started_at", "clock__due_at", "clock__met_at", "clock__breached_at", "clock__minutes", "state_since", "channel",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class View:
    """Which part of the queue a page shows. name: one of VIEWS; client: a slug, or "" for all clients."""

    name: str = "open"
    client: str = ""


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
    total: int
    next_cursor: str


def edges_at(at: datetime) -> Edges:
    """The instants that part the bands, from the calendar in force."""
    calendar = worktime_of(calendar_at(at))
    local = at.astimezone(calendar.zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return Edges(now=at, hour=add_minutes(at, 60, calendar).due, today=midnight)


def queue_page(view: View, *, actor: Actor, at: datetime, cursor: str = "", size: int = PAGE) -> QueuePage:
    """One page of a view. Raises ValueError for a cursor that is none of ours."""
    edges = edges_at(at)
    wanted = _filtered(view, actor)
    rows = list(_after(_ordered(wanted, view), view, cursor)[: size + 1])
    counts = _counts(wanted, view, edges)
    return QueuePage(
        bands=_banded(rows[:size], counts, edges),
        counts=counts,
        total=sum(counts.values()),
        next_cursor=_cursor_of(rows[size - 1], view) if len(rows) > size else "",
    )


def _filtered(view: View, actor: Actor) -> QuerySet[Ticket]:
    tickets = Ticket.objects.all()
    if view.client:
        tickets = tickets.filter(client__slug=view.client)
    if view.name == "done":
        return tickets.filter(queue_group=Group.ENDED)
    tickets = tickets.filter(queue_group__lt=Group.ENDED)
    if view.name == "mine":
        return tickets.filter(assignee_id=actor.staff_id)
    if view.name == "unassigned":
        return tickets.filter(assignee__isnull=True)
    return tickets.filter(queue_group=Group.WAITING) if view.name == "waiting" else tickets


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


def _counts(tickets: QuerySet[Ticket], view: View, edges: Edges) -> dict[Band, int]:
    """How many stand under each heading, in one pass over the open tickets. Done ones are not counted: they are a million."""
    if view.name == "done":
        return {}
    running = Q(queue_group=Group.CLOCK)
    found = tickets.aggregate(
        alarm=Count("id", filter=Q(queue_group=Group.UNACKNOWLEDGED)),
        past=Count("id", filter=running & Q(queue_at__lt=edges.now)),
        hour=Count("id", filter=running & Q(queue_at__gte=edges.now, queue_at__lte=edges.hour)),
        today=Count("id", filter=running & Q(queue_at__gt=edges.hour, queue_at__lt=edges.today)),
        later=Count("id", filter=running & Q(queue_at__gt=edges.hour, queue_at__gte=edges.today)),
        ours=Count("id", filter=Q(queue_group=Group.OURS)),
        waiting=Count("id", filter=Q(queue_group=Group.WAITING)),
    )
    return {Band(name): number for name, number in found.items() if number}


def _banded(rows: Iterable[Ticket], counts: dict[Band, int], edges: Edges) -> list[BandOfRows]:
    def band(ticket: Ticket) -> Band:
        return band_of(Group(ticket.queue_group), ticket.queue_at, edges)

    return [
        BandOfRows(name, TITLES[name], TONES.get(name, ""), counts.get(name, 0), list(group))
        for name, group in groupby(rows, key=band)
    ]


def open_counts(actor: Actor) -> dict[str, int]:
    """The numbers beside the tabs and in the menu: open, mine, unassigned, waiting; one query."""
    return Ticket.objects.filter(queue_group__lt=Group.ENDED).aggregate(
        open=Count("id"),
        mine=Count("id", filter=Q(assignee_id=actor.staff_id)),
        unassigned=Count("id", filter=Q(assignee__isnull=True)),
        waiting=Count("id", filter=Q(queue_group=Group.WAITING)),
    )


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
