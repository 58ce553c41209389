"""The staff queue: one keyset page over (queue_group, queue_at, id), and the counts of its bands in one query."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from itertools import groupby
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from portal.actors import Actor
from portal.models import Client
from portal.prepared import Prepared
from portal.queries.paging import cursor_of, place_of
from portal.rules.states import ClientState
from portal.worktime import Calendar, add_minutes
from tickets.models import Ticket
from tickets.rules.bands import GROUPS, TITLES, TONES, Band, Edges, band_of
from tickets.rules.clockface import Running
from tickets.rules.states import Group, Target

PAGE = 50
VIEWS = ("open", "mine", "unassigned", "waiting", "done")
# By hand, because Django needs longer to write it than PostgreSQL to answer it. How many are open, by group, colleague and
# quarter of an hour, is kept (tickets.models.tally): only the quarters in which one band ends and another begins are counted.
BANDS = f"""case when {{0}} < %(now)s then '{Band.PAST}' when {{0}} <= %(hour)s then '{Band.HOUR}'
    when {{0}} < %(today)s then '{Band.TODAY}' else '{Band.LATER}' end"""
KEPT = f"""
with edges as materialized (
    select distinct date_bin('15 minutes', edge, '2000-01-01 00:00+00') as quarter
    from unnest(array[%(now)s, %(hour)s, %(today)s]::timestamptz[]) edge)
select queue_group, assignee_id, case when due_quarter is null then '' else {BANDS.format("due_quarter")} end as band, sum(number)
from tickets_queuetally where due_quarter is null or due_quarter not in (select quarter from edges) group by 1, 2, 3
union all
select t.queue_group, t.assignee_id, {BANDS.format("t.queue_at")} as band, count(*) from edges e
join tickets_ticket t on t.queue_group = {Group.CLOCK} and t.queue_at >= e.quarter and t.queue_at < e.quarter + interval '15 minutes'
group by 1, 2, 3
"""  # noqa: S608 - only our own constants
# One client's or one tag's are few.
COUNTED = f"""
select queue_group, assignee_id, case when queue_group = {Group.CLOCK} then {BANDS.format("queue_at")} else '' end as band, count(*)
from tickets_ticket t where queue_group < {Group.ENDED} {{among}} group by 1, 2, 3
"""  # noqa: S608 - only our own constants
OF_CLIENT = " and t.client_id = (select id from portal_client where slug = %(client)s)"
OF_TAG = " and t.tags @> array[%(tag)s]::varchar[]"


@dataclass(frozen=True, slots=True)
class View:
    """Which part of the queue a page shows. name: one of VIEWS; client: a slug, or "" for all clients; tag: only those that carry it."""

    name: str = "open"
    client: str = ""
    tag: str = ""


class Row(NamedTuple):
    """A ticket in the queue, with its clock from target on, all None while there is none.

    Plain values: fifty of them as models, with client, colleague and clock, cost three times as much.
    """

    id: int
    ref: str
    subject: str
    state: str
    queue_group: int
    queue_at: datetime
    received_at: datetime
    acknowledged_at: datetime | None
    asked_at: datetime | None
    state_since: datetime
    visibility: str
    channel: str
    clause: str
    client_name: str
    assignee_label: str | None
    priority: str
    snoozed_until: datetime | None
    tags: list[str]
    target: str | None
    started_at: datetime
    due_at: datetime
    met_at: datetime | None
    breached_at: datetime | None
    minutes: int

    @property
    def running(self) -> Running | None:
        """The facts of its response clock; None while it has none."""
        if self.target is None:
            return None
        return Running(Target(self.target), self.started_at, self.due_at, self.met_at, self.breached_at, self.minutes)


ELSEWHERE = {"client_name": "c.name", "assignee_label": "s.label"} | {name: f"k.{name}" for name in Row._fields[-6:]}
# By hand like the numbers. Which rows, and where a page begins: each has its index, and the numbers in the text let
# PostgreSQL see that a partial one will do.
ROWS = f"""
select {", ".join(ELSEWHERE.get(name, f"t.{name}") for name in Row._fields)} from tickets_ticket t
join portal_client c on c.id = t.client_id
left join portal_staff s on s.id = t.assignee_id
left join tickets_responseclock k on k.ticket_id = t.id
where {{condition}} order by {{order}} limit {{limit}}
"""  # noqa: S608 - only our own constants
STILL_OPEN = f"t.queue_group < {Group.ENDED}"
CONDITIONS = {
    "open": STILL_OPEN,
    "mine": f"{STILL_OPEN} and t.assignee_id = %(staff)s",
    "unassigned": f"{STILL_OPEN} and t.assignee_id is null",
    "waiting": f"t.queue_group = {Group.WAITING}",
    "done": f"t.queue_group = {Group.ENDED}",
}
# By row comparison: written with "or" it would read a hundred times as much.
FIRST_OPEN, BEHIND = (
    "t.queue_group, t.queue_at, t.id",
    "(t.queue_group, t.queue_at, t.id) > (%(group)s, %(at)s, %(id)s)",
)
NEWEST, BEFORE = "t.state_since desc, t.id desc", "(t.state_since, t.id) < (%(at)s, %(id)s)"


class Heap(NamedTuple):
    """How many open tickets stand under one heading and are one colleague's, or nobody's (None)."""

    band: Band
    assignee_id: int | None
    number: int

    def is_in(self, view: str, actor: Actor) -> bool:
        """Whether a view shows them to this person."""
        if view == "mine":
            return self.assignee_id == actor.staff_id
        if view == "unassigned":
            return self.assignee_id is None
        return view == "open" or (view == "waiting" and self.band == Band.WAITING)


@dataclass(frozen=True, slots=True)
class BandOfRows:
    """One heading with the rows of this page under it, and how many there are in all."""

    band: Band
    title: str
    tone: str
    count: int
    rows: list[Row]


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
    """One page of a view in two queries: every number on it, and its rows. Raises ValueError for a cursor that is none of ours."""
    edges = edges_at(at, calendar)
    heaps = _heaps(view, edges)
    rows = _rows(view, actor, cursor, size + 1)
    counts: dict[Band, int] = {}
    for heap in heaps:
        if heap.is_in(view.name, actor):
            counts[heap.band] = counts.get(heap.band, 0) + heap.number
    return QueuePage(
        bands=_banded(rows[:size], counts, edges),
        counts=counts,
        # Done ones are not counted: they are a million.
        tabs={name: sum(heap.number for heap in heaps if heap.is_in(name, actor)) for name in VIEWS if name != "done"},
        total=sum(counts.values()),
        next_cursor=_cursor_behind(rows[size - 1], view) if len(rows) > size else "",
    )


def _rows(view: View, actor: Actor, cursor: str, limit: int) -> list[Row]:
    given: dict[str, Any] = {"staff": actor.staff_id or 0, "client": view.client, "tag": view.tag}
    if cursor and view.name == "done":
        given |= dict(zip(("at", "id"), place_of(cursor, datetime, int), strict=True))
    elif cursor:
        given |= dict(zip(("group", "at", "id"), place_of(cursor, int, datetime, int), strict=True))
    with connection.cursor() as reading:
        rows_of(view.name, bool(view.client), bool(view.tag), bool(cursor), limit).run(reading, given)
        return [Row(*row) for row in reading.fetchall()]


@lru_cache(maxsize=256)
def rows_of(name: str, of_client: bool, of_tag: bool, behind: bool, limit: int) -> Prepared:
    """The statement for the rows of a view. The limit stands in the text: PostgreSQL would plan for a tenth of all rows."""
    order, begin = (NEWEST, BEFORE) if name == "done" else (FIRST_OPEN, BEHIND)
    condition = CONDITIONS.get(name, STILL_OPEN) + (OF_CLIENT if of_client else "") + (OF_TAG if of_tag else "")
    return Prepared(
        ROWS.format(condition=f"{condition} and {begin}" if behind else condition, order=order, limit=limit)
    )


@cache
def heaps_of(of_client: bool, of_tag: bool) -> Prepared:
    """The statement for the numbers."""
    among = (OF_CLIENT if of_client else "") + (OF_TAG if of_tag else "")
    return Prepared(COUNTED.format(among=among) if among else KEPT)


def _cursor_behind(row: Row, view: View) -> str:
    return (
        cursor_of(row.state_since, row.id) if view.name == "done" else cursor_of(row.queue_group, row.queue_at, row.id)
    )


def _heaps(view: View, edges: Edges) -> list[Heap]:
    """The open tickets by heading and colleague."""
    given: dict[str, datetime | str] = {
        "now": edges.now,
        "hour": edges.hour,
        "today": edges.today,
        "client": view.client,
        "tag": view.tag,
    }
    tally: Counter[tuple[Band, int | None]] = Counter()
    with connection.cursor() as cursor:
        heaps_of(bool(view.client), bool(view.tag)).run(cursor, given)
        for group, assignee_id, band, number in cursor.fetchall():
            tally[Band(band) if band else GROUPS[group], assignee_id] += number
    return [Heap(band, assignee_id, number) for (band, assignee_id), number in tally.items() if number]


def _banded(rows: Iterable[Row], counts: dict[Band, int], edges: Edges) -> list[BandOfRows]:
    def band(row: Row) -> Band:
        return band_of(Group(row.queue_group), row.queue_at, edges)

    return [
        BandOfRows(name, TITLES[name], TONES.get(name, ""), counts.get(name, 0), list(group))
        for name, group in groupby(rows, key=band)
    ]


def next_to_answer(actor: Actor, ticket: Ticket) -> str:
    """The reference of the next ticket behind this one in the open queue that is this person's or nobody's; "" at the end."""
    behind = Ticket.objects.filter(queue_group__lt=Group.WAITING).exclude(pk=ticket.pk)
    ours = behind.filter(Q(assignee_id=actor.staff_id) | Q(assignee__isnull=True))
    return ours.order_by("queue_group", "queue_at", "id").values_list("ref", flat=True).first() or ""


def client_names() -> list[tuple[str, str]]:
    """Slug and name of every client that has not ended, for the queue's filter."""
    return list(Client.objects.exclude(state=ClientState.ENDED).order_by("name").values_list("slug", "name"))
