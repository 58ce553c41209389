"""Requests by the hundred thousand, for measuring: the database copies lives that were lived by the rules.

Some hundred requests of two clients, one with support and one without, are told as everybody's are (tickets.demo.history).
Each copy belongs to another client of the same kind, has its own reference and people, and keeps every instant, so that
each stored deadline is still the right one. Copies have no audit events, mails, alarms or files.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from dataclasses import fields as dataclass_fields
from datetime import datetime
from itertools import accumulate
from typing import Any

from django.db import connection
from django.db.models import F, Q

from portal.demo.clients import write_clients
from portal.demo.crowd import crowd
from portal.demo.ground import ClientPack, Ground
from tickets.demo.dice import Dice
from tickets.demo.history import year_of_requests
from tickets.demo.life import Life
from tickets.demo.today import answered, running
from tickets.demo.topics import TOPICS
from tickets.models import Message, ResponseClock, Ticket
from tickets.rules.states import Group, MessageKind

Say = Callable[[str], None]

CLIENTS = 188
CLOSED_PATTERNS, OPEN_PATTERNS = 600, 120
OPEN_SHARE = 0.02
LARGEST_SHARE = 0.05
BATCH = 20_000
ENDS = ("ours", "waiting", "microsoft", "charge", "came back")

REPLACED = {
    Ticket: {
        "ref": "u.ref", "client_id": "u.client", "requester_id": "u.member", "requester_label": "u.label",
        "tenant_id": "null",
    },
    ResponseClock: {"client_id": "u.client", "ticket_id": "u.ticket", "entitlement_id": "u.entitlement"},
    Message: {
        "client_id": "u.client", "ticket_id": "u.ticket",
        "author_member_id": "case when s.author_member_id is null then null else u.member end",
        "author_label": "case when s.author_member_id is null then s.author_label else u.label end",
        "body": f"case when s.kind = '{MessageKind.REQUEST}' then s.body || E'\\n\\nOur number: ' || u.ref else s.body end",
    },
}  # fmt: skip
# What is copied: `source` is the number of the row in its own table.
WANTED = (
    "unnest(%s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[])"
    " u(ref, source, client, member, label, entitlement, ticket)"
)
# All is one transaction, so there are no statistics: each row is found by its key, and no table is walked through. The plans
# that check foreign keys are made anew for each batch: one that was made for small tables would read all of a client's rows.
BY_KEY = "set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off"
ANEW = "discard plans"


@dataclass(frozen=True, slots=True)
class Copy:
    """A request that is copied: the client and its person that get it, under a reference of its own."""

    ref: str
    source: int
    client: int
    member: int
    label: str
    entitlement: int | None
    ticket: int | None = None


@dataclass
class Side:
    """The clients of one kind, with or without support, and the requests that are copied to them."""

    packs: list[ClientPack]
    lives: list[Life] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)

    def sources(self) -> tuple[list[int], list[int]]:
        """The numbers of the ended and of the open requests."""
        ended = [life.ticket.pk for life in self.lives if life.ticket.queue_group == Group.ENDED]
        return ended, [life.ticket.pk for life in self.lives if life.ticket.queue_group != Group.ENDED]


def prepare_bulk(ground: Ground, dice: Dice, until: datetime) -> list[Side]:
    """Write the clients and live the patterns; the rows of the patterns are written with everybody else's."""
    packs = write_clients(ground, crowd(CLIENTS))
    sides = [Side(packs[0::2]), Side(packs[1::2])]
    for side in sides:
        first = side.packs[0]
        side.lives = year_of_requests(ground, dice, CLOSED_PATTERNS, until, only=first)
        side.lives += open_patterns(ground, first, dice)
    # The largest client has a twentieth of everything; the others follow, the later the smaller.
    for side in sides:
        side.weights = [1 / (number + 8) for number in range(len(side.packs))]
    largest = LARGEST_SHARE / (1 - LARGEST_SHARE) * (sum(sides[0].weights[1:]) + sum(sides[1].weights))
    sides[0].weights[0] = largest
    return sides


def open_patterns(ground: Ground, pack: ClientPack, dice: Dice) -> list[Life]:
    minutes = 240 if pack.support else 510
    workers = [one.label.partition(" ")[0].lower() for one, _ in ground.workers(ground.today)]
    lives = []
    for number in range(OPEN_PATTERNS):
        topic = TOPICS[number % 18]
        if number % 5 < 2:
            left = 3 + number * (minutes - 6) // OPEN_PATTERNS
            lives.append(running(ground, pack, topic, dice, left, dice.one_of(["", "", *workers])))
        else:
            ago = 560 + number * 17
            lives.append(answered(ground, pack, topic, dice, dice.one_of(workers), ago, ENDS[number % len(ENDS)]))
    return lives


def write_bulk(sides: Sequence[Side], dice: Dice, count: int, say: Say) -> None:
    """Copy the patterns until there are so many more requests. Needs the staff's rights."""
    clocks, words = clocks_of(sides), words_of(sides)
    known: set[str] = set()
    done = 0
    with connection.cursor() as cursor:
        cursor.execute(BY_KEY)
    while done < count:
        with connection.cursor() as cursor:
            cursor.execute(ANEW)
        size = min(BATCH, count - done)
        wanted = batch(sides, dice, size, known)
        numbers = dict(copied(Ticket, wanted, "ref, id"))
        made = [replace(one, ticket=numbers[one.ref]) for one in wanted]
        copied(ResponseClock, [replace(one, source=clocks[one.source]) for one in made], "1")
        copied(Message, [replace(one, source=message) for one in made for message in words[one.source]], "1")
        done += size
        say(f"{done:,} of {count:,} further requests are there.")


def copied(model: type[Ticket] | type[ResponseClock] | type[Message], wanted: Sequence[Copy], told: str) -> list[Any]:
    """INSERT ... SELECT that copies every column but the key, and changes what belongs to the new client."""
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key and not field.generated]
    names = [str(field.column) for field in fields]
    values = [REPLACED[model].get(name, f"s.{name}") for name in names]
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"insert into {table} ({', '.join(names)}) select {', '.join(values)}"  # noqa: S608 - our own names
            f" from {WANTED} join {table} s on s.id = u.source returning {told}",
            [[getattr(one, name.name) for one in wanted] for name in dataclass_fields(Copy)],
        )
        rows = cursor.fetchall()
    if len(rows) != len(wanted):
        raise RuntimeError(f"{len(rows)} of {len(wanted)} rows were copied into {table}.")
    return rows


def clocks_of(sides: Sequence[Side]) -> dict[int, int]:
    """The clock of each request that is copied."""
    sources = [life.ticket.pk for side in sides for life in side.lives]
    return dict(ResponseClock.objects.filter(ticket_id__in=sources).values_list("ticket_id", "pk"))


def words_of(sides: Sequence[Side]) -> dict[int, list[int]]:
    """One or two messages of each request that is copied: what was asked, and the first answer."""
    sources = [life.ticket.pk for side in sides for life in side.lives]
    asked, answer = Q(kind=MessageKind.REQUEST), Q(published_at=F("ticket__first_reply_at"))
    found: dict[int, list[int]] = {pk: [] for pk in sources}
    rows = Message.objects.filter(asked | answer, ticket_id__in=sources)
    for ticket, message in rows.values_list("ticket_id", "pk"):
        found[ticket].append(message)
    return found


def batch(sides: Sequence[Side], dice: Dice, size: int, known: set[str]) -> list[Copy]:
    """So many copies, each for a client that is the likelier the larger it is."""
    choose = dice.random.choices
    everywhere = [(side, pack) for side in sides for pack in side.packs]
    heaps = list(accumulate(weight for side in sides for weight in side.weights))
    sources = {id(side): side.sources() for side in sides}
    copies = []
    for side, pack in choose(everywhere, cum_weights=heaps, k=size):
        ended, still_open = sources[id(side)]
        member = dice.one_of(pack.members)
        copies.append(Copy(
            ref=new_reference(dice, known),
            source=dice.one_of(still_open if dice.chance(OPEN_SHARE) else ended),
            client=pack.client.pk, member=member.pk, label=member.label,
            entitlement=pack.support[0].pk if pack.support else None,
        ))  # fmt: skip
    return copies


def new_reference(dice: Dice, known: set[str]) -> str:
    while (ref := dice.reference()) in known:
        pass
    known.add(ref)
    return ref
