"""Requests by the hundred thousand, for measuring: the database copies lives that were lived by the rules.

Some hundred requests of two clients, one with support and one without, are told as everybody's are (tickets.demo.history).
Each copy belongs to another client of the same kind, has its own reference and people, and keeps every instant, so that
each stored deadline is still the right one. Copies have no audit events, mails, alarms or files.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate

from django.db import connection

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
    ResponseClock: {"client_id": "u.client", "ticket_id": "t.id", "entitlement_id": "u.entitlement"},
    Message: {
        "client_id": "u.client", "ticket_id": "t.id",
        "author_member_id": "case when s.author_member_id is null then null else u.member end",
        "author_label": "case when s.author_member_id is null then s.author_label else u.label end",
        "body": f"case when s.kind = '{MessageKind.REQUEST}' then s.body || E'\\n\\nOur number: ' || u.ref else s.body end",
    },
}  # fmt: skip
WANTED = (
    "unnest(%s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[])"
    " u(ref, source, client, member, label, entitlement)"
)
COPIES = f"{WANTED} join tickets_ticket t on t.client_id = u.client and t.ref = u.ref"
SOURCES = {
    Ticket: f"{WANTED} join tickets_ticket s on s.id = u.source",
    ResponseClock: f"{COPIES} join tickets_responseclock s on s.ticket_id = u.source",
    # One or two messages each: what was asked, and the first answer. All is one transaction, so there are no statistics; of
    # the array PostgreSQL knows how long it is, and does not walk through all of it for each copy.
    Message: f"{WANTED} join unnest(%s::bigint[], %s::bigint[]) w(ticket, message) on w.ticket = u.source"
    " join tickets_message s on s.id = w.message"
    f" join tickets_ticket t on t.client_id = u.client and t.ref = u.ref"
    f" and (s.kind = '{MessageKind.REQUEST}' or s.published_at = t.first_reply_at)",
}


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
    statements = {model: copying(model) for model in (Ticket, ResponseClock, Message)}
    known: set[str] = set()
    words = words_of(sides)
    done = 0
    with connection.cursor() as cursor:
        # Each batch finds its own rows by their key; a plan made while the tables were small would read them whole every time.
        cursor.execute("set local enable_seqscan = off")
    while done < count:
        size = min(BATCH, count - done)
        columns = batch(sides, dice, size, known)
        with connection.cursor() as cursor:
            for model, statement in statements.items():
                cursor.execute(statement, [*columns, *words] if model is Message else columns)
                if model is not Message and cursor.rowcount != size:
                    raise RuntimeError(f"{cursor.rowcount} of {size} rows were copied into {model._meta.db_table}.")
        done += size
        say(f"{done:,} of {count:,} further requests are there.")


def copying(model: type[Ticket] | type[ResponseClock] | type[Message]) -> str:
    """INSERT ... SELECT that copies every column but the key, and changes what belongs to the new client."""
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key and not field.generated]
    names = [str(field.column) for field in fields]
    values = [REPLACED[model].get(name, f"s.{name}") for name in names]
    return f"insert into {model._meta.db_table} ({', '.join(names)}) select {', '.join(values)} from {SOURCES[model]}"  # noqa: S608


def words_of(sides: Sequence[Side]) -> tuple[list[int], list[int]]:
    """The messages of all requests that are copied: the numbers of their requests, and their own."""
    sources = [life.ticket.pk for side in sides for life in side.lives]
    pairs = list(Message.objects.filter(ticket_id__in=sources).values_list("ticket_id", "pk"))
    return [ticket for ticket, _ in pairs], [message for _, message in pairs]


def batch(sides: Sequence[Side], dice: Dice, size: int, known: set[str]) -> list[list[object]]:
    """The six columns of WANTED for so many copies."""
    choose = dice.random.choices
    everywhere = [(side, pack) for side in sides for pack in side.packs]
    heaps = list(accumulate(weight for side in sides for weight in side.weights))
    sources = {id(side): side.sources() for side in sides}
    columns: list[list[object]] = [[], [], [], [], [], []]
    for side, pack in choose(everywhere, cum_weights=heaps, k=size):
        ended, still_open = sources[id(side)]
        member = dice.one_of(pack.members)
        row = (
            new_reference(dice, known),
            dice.one_of(still_open if dice.chance(OPEN_SHARE) else ended),
            pack.client.pk,
            member.pk,
            member.label,
            pack.support[0].pk if pack.support else None,
        )
        for column, value in zip(columns, row, strict=True):
            column.append(value)
    return columns


def new_reference(dice: Dice, known: set[str]) -> str:
    while (ref := dice.reference()) in known:
        pass
    known.add(ref)
    return ref
