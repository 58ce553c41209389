"""Search over references, subjects, people and messages: which requests match, newest first, and where the words stand.

The matches are collected first (materialized CTEs) and only then ordered: with `@@ ... ORDER BY id DESC LIMIT 25` PostgreSQL
walks the primary key from its end and reads a million rows for a word that hardly anybody used. For a word that everybody
uses that walk is right, and collecting is dear: so a few of the newest are looked at first (`_newest`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext

from portal.actors import Actor
from portal.models import Membership
from portal.rules.states import Role
from tickets.models import Ticket
from tickets.queries.access import tickets_for_client
from tickets.rules.searching import Wanted

PAGE = 25
# How many of the newest requests are looked at one by one, first and again for words that stand in more than CAP; and how
# many numbers of requests back the index is read before it is read whole.
LOOK, LOOK_AGAIN, CAP, RECENT = 300, 5_000, 5_000, 100_000
# Marks round a word that was looked for: characters that no text keeps, so that nothing a person typed can be one.
OPEN, CLOSE = "\x02", "\x03"
STYLE = f'StartSel="{OPEN}", StopSel="{CLOSE}", MaxWords=28, MinWords=12'
UNDERSTOOD = """
select numnode(q.query), querytree(q.query) from (select websearch_to_tsquery('pg_catalog.english', %s) as query) q
"""
# The legs are materialized, so that they are planned for all they find and read only as far as the limit asks. The first row
# says how far each leg came; NULL as the limit reads all.
STAFF_EXPECTED = """
explain (format json) select from tickets_ticket where search @@ websearch_to_tsquery('pg_catalog.english', %(words)s)
union all select from tickets_message where search @@ websearch_to_tsquery('pg_catalog.english', %(words)s)
"""
STAFF_HITS = """
with in_tickets as materialized (
    select id from tickets_ticket
    where search @@ websearch_to_tsquery('pg_catalog.english', %(words)s) and (%(after)s = 0 or id > %(after)s)
), in_messages as materialized (
    select ticket_id from tickets_message
    where search @@ websearch_to_tsquery('pg_catalog.english', %(words)s) and (%(after)s = 0 or ticket_id > %(after)s)
), first_tickets as materialized (select id from in_tickets limit %(cap)s),
first_messages as materialized (select ticket_id from in_messages limit %(cap)s),
hits as materialized (
    select id from first_tickets union select ticket_id from first_messages
    union
    select id from tickets_ticket where %(begins)s <> '' and ref like %(begins)s || '%%'
    union
    select id from tickets_ticket where (client_id, requester_id) in (
        select client_id, id from portal_membership where %(address)s <> '' and lower(email) = %(address)s)
)
select greatest((select count(*) from first_tickets), (select count(*) from first_messages))
union all
(select id from hits where id > %(after)s and (%(before)s::bigint is null or id < %(before)s::bigint)
    order by id desc limit %(most)s)
"""
# A word that stands in every tenth request is met soon among the newest; the inner limit is what makes the walk end.
STAFF_WALK = """
select t.id from (
    select id, client_id, requester_id, ref, search from tickets_ticket
    where %(before)s::bigint is null or id < %(before)s::bigint order by id desc limit %(looked)s
) t
where t.search @@ websearch_to_tsquery('pg_catalog.english', %(words)s)
    or (%(begins)s <> '' and t.ref like %(begins)s || '%%')
    or (t.client_id, t.requester_id) in (
        select client_id, id from portal_membership where %(address)s <> '' and lower(email) = %(address)s)
    or exists (select from tickets_message m where m.client_id = t.client_id and m.ticket_id = t.id
        and m.search @@ websearch_to_tsquery('pg_catalog.english', %(words)s))
order by t.id desc limit %(most)s
"""
CLIENT_HITS = "select search_own(%(words)s, %(begins)s, %(person)s, %(sees_all)s, %(before)s, %(most)s, %(cap)s)"
CLIENT_WALK = (
    "select search_own_newest(%(words)s, %(begins)s, %(person)s, %(sees_all)s, %(before)s, %(most)s, %(looked)s)"
)
# The newest message with the words, for the requests of one page only.
EXCERPTS = """
with asked as (select websearch_to_tsquery('pg_catalog.english', %(words)s) as query)
select t.id, ts_headline('pg_catalog.english', t.subject, a.query, %(whole)s), m.id, m.author_label, m.written_at,
    ts_headline('pg_catalog.english', translate(m.body, %(marks)s, ''), a.query, %(style)s)
from asked a cross join tickets_ticket t
left join lateral (
    select id, author_label, written_at, left(body, 4000) as body from tickets_message
    where client_id = t.client_id and ticket_id = t.id and search @@ a.query and (client_visible or not %(shown)s)
    order by id desc limit 1
) m on true
where t.id = any(%(ids)s) and t.client_id = any(%(clients)s)
"""

Pieces = list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Found:
    """One request. subject and excerpt in pieces: text, and whether it was looked for; message: where the excerpt is from."""

    ticket: Ticket
    subject: Pieces
    excerpt: Pieces
    message: int | None
    author: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of requests, newest first. older: the id to go on from. problem: "nothing", "common", "without" or ""."""

    rows: list[Found]
    older: int | None = None
    problem: str = ""


def search_for_staff(wanted: Wanted, *, before: int | None = None, size: int = PAGE) -> Answer:
    """Across all clients."""
    problem = problem_with(wanted)
    if problem:
        return Answer([], problem=problem)
    ids = _newest_of_all(_values(wanted, before, size))
    rows = Ticket.objects.filter(pk__in=ids[:size]).select_related("client", "assignee", "clock")
    return _answer(rows, ids, wanted, size, shown=False)


def search_for_client(wanted: Wanted, *, actor: Actor, before: int | None = None, size: int = PAGE) -> Answer:
    """What this person may see and reads, by the definer function; the explicit filters are asked once more."""
    problem = problem_with(wanted)
    if problem:
        return Answer([], problem=problem)
    values = _values(wanted, before, size)
    values |= {"person": actor.user_id or 0, "sees_all": actor.role == Role.MANAGER}
    ids = _newest_of_client(values)
    rows = tickets_for_client(actor).filter(pk__in=ids[:size]).select_related("clock")
    return _answer(rows, ids, wanted, size, shown=True)


def problem_with(wanted: Wanted) -> str:
    """Why these words cannot be looked for: nothing typed, only words like "the", or only words to be left out."""
    if not wanted.words:
        return "nothing"
    if wanted.begins or wanted.address:
        return ""
    with connection.cursor() as cursor:
        cursor.execute(UNDERSTOOD, [wanted.words])
        nodes, tree = cursor.fetchone()
    return "common" if nodes == 0 else "without" if tree in ("", "T") else ""


def exact(wanted: Wanted) -> Ticket | None:
    """The request of a whole reference, for staff: the newest, if two clients share one."""
    if not wanted.reference:
        return None
    return Ticket.objects.filter(ref=wanted.reference).only("id", "ref").order_by("-id").first()


def exact_for_client(wanted: Wanted, actor: Actor) -> Ticket | None:
    """The request of a whole reference, if this person may see it."""
    if not wanted.reference:
        return None
    return tickets_for_client(actor).filter(ref=wanted.reference).only("id", "ref").first()


def people_at(address: str) -> list[Membership]:
    """Who is, or was, registered at a client with this address; for staff."""
    if not address:
        return []
    found = Membership.objects.filter(email__iexact=address).select_related("client")
    return list(found.order_by("client__name", "valid_from"))


def _values(wanted: Wanted, before: int | None, size: int) -> dict[str, Any]:
    most = {"before": before, "most": size + 1}
    return {"words": wanted.words, "begins": wanted.begins, "address": wanted.address, **most}


def _newest_of_all(values: dict[str, Any]) -> list[int]:
    """The newest matches, by the cheapest way: common words by looking at the newest requests, rare ones by the index.

    Every step gives the same answer; each is left as soon as it is too dear for the words.
    """
    most, whole = values["most"], {"cap": None, "after": 0}
    found = _ids(STAFF_WALK, values | {"looked": LOOK})
    if len(found) == most:
        return found
    if _expected(values) < CAP:
        reached, *found = _ids(STAFF_HITS, values | whole | {"cap": CAP})
        if reached < CAP:
            return found
    found = _ids(STAFF_WALK, values | {"looked": LOOK_AGAIN})
    if len(found) < most:
        _, *found = _ids(STAFF_HITS, values | whole | {"after": _recent(values["before"])})
    if len(found) < most:
        _, *found = _ids(STAFF_HITS, values | whole)
    return found


def _newest_of_client(values: dict[str, Any]) -> list[int]:
    """The same for one client, by the definer functions."""
    most = values["most"]
    found = _ids(CLIENT_WALK, values | {"looked": LOOK})
    if len(found) == most:
        return found
    reached, *found = _ids(CLIENT_HITS, values | {"cap": CAP})
    if reached < CAP:
        return found
    found = _ids(CLIENT_WALK, values | {"looked": LOOK_AGAIN})
    return found if len(found) == most else _ids(CLIENT_HITS, values | {"cap": None})[1:]


def _recent(before: int | None) -> int:
    """The id behind which requests count as recent; 0 where all are."""
    newest = before or Ticket.objects.order_by("-id").values_list("id", flat=True).first() or 0
    return max(0, newest - RECENT)


def _expected(values: dict[str, Any]) -> int:
    """How many rows PostgreSQL expects, from its statistics; under a millisecond."""
    with connection.cursor() as cursor:
        cursor.execute(STAFF_EXPECTED, values)
        ((plans,),) = cursor.fetchall()
        return int(plans[0]["Plan"]["Plan Rows"])


def _ids(statement: str, values: dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [id for (id,) in cursor.fetchall()]


def _answer(tickets: Any, ids: list[int], wanted: Wanted, size: int, *, shown: bool) -> Answer:
    rows: Sequence[Ticket] = list(tickets.defer("search").order_by("-id"))
    said = _excerpts(rows, wanted, shown=shown)
    found = [_found(row, said[row.pk]) for row in rows]
    return Answer(found, older=ids[size - 1] if len(ids) > size else None)


def _excerpts(rows: Sequence[Ticket], wanted: Wanted, *, shown: bool) -> dict[int, tuple[Any, ...]]:
    values: dict[str, Any] = {
        "words": wanted.words, "style": STYLE, "whole": gettext("%(STYLE)s, HighlightAll=true") % {"STYLE": STYLE}, "marks": OPEN + CLOSE,
        "ids": [row.pk for row in rows], "clients": list({row.client_id for row in rows}), "shown": shown,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(EXCERPTS, values)
        return {id: rest for id, *rest in cursor.fetchall()}


def _found(ticket: Ticket, said: Sequence[Any]) -> Found:
    subject, message, author, at, excerpt = said
    return Found(ticket, pieces(subject), pieces(excerpt or ""), message, author or "", at)


def pieces(marked: str) -> Pieces:
    """A text with marks as pieces; templates escape each by itself."""
    parts: Pieces = []
    for number, part in enumerate(marked.split(OPEN)):
        hit, _, rest = part.partition(CLOSE) if number else ("", "", part)
        parts += [(hit, True)] if hit else []
        parts += [(rest, False)] if rest else []
    return parts
