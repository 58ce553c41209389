"""Which articles somebody may read, and which have the words they look for.

As in the search over requests, the matches are collected by the index first, in a materialized step, and ordered afterwards.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet

from portal.actors import Actor
from portal.models import Client
from portal.queries.people import contract_day
from tickets.models import Article, ArticleDraft, ArticleReader, ArticleSolved, ArticleVersion, ArticleVote, Ticket
from tickets.queries.people import members_on
from tickets.rules.articles import MOST_SUGGESTED, ArticleState, Audience, names_left

MOST_FOUND = 50
LONGEST_WORDS = 500
# Of what somebody types, any word counts, but only where staff chose the words themselves: in titles and tags.
ANY_WORD = r"""(
    select string_agg('''' || replace(replace(l.lexeme, '\', '\\'), '''', '''''') || ''':AB', ' | ')::tsquery
    from (select t.lexeme from unnest(to_tsvector('pg_catalog.english', %(words)s)) t limit 40) l)"""
ALL_WORDS = "websearch_to_tsquery('pg_catalog.english', %(words)s)"
# The client's own way: a definer function, because under its row policy the index could not answer.
FOR_CLIENT = "select articles_found(%(most)s, {query})"
# client: whose eyes the staff look with; null sees everything.
FOR_STAFF = """
with asked as materialized (select {query} as query), hits as materialized (
    select id, state, audience, ts_rank(search, (select query from asked)) as rank
    from tickets_article where search @@ (select query from asked)
)
select id from hits h
where %(client)s::bigint is null or (h.state = 'published' and (h.audience = 'clients' or (
    h.audience = 'chosen' and exists (select from tickets_articlereader r
        where r.client_id = %(client)s::bigint and r.article_id = h.id))))
order by rank desc, id desc limit %(most)s
"""
YES = Q(helped=True)
SHOWN = ("id", "title", "body", "category", "keywords", "state", "audience", "version", "changed_at", "published_at")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the staff's list is narrowed to; "" is everything."""

    state: str = ""
    category: str = ""
    audience: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """What clients said of an article: it helped, it did not, and how often no request was needed."""

    helped: int
    not_helped: int
    solved: int


def articles_for_staff(filters: Filters) -> list[Article]:
    """At most fifty that fit, the best first where words are looked for, else by category and title."""
    rows = Article.objects.select_related("owner").defer("search", "body")
    if filters.state:
        rows = rows.filter(state=filters.state)
    if filters.category:
        rows = rows.filter(category=filters.category)
    if filters.audience:
        rows = rows.filter(audience=filters.audience)
    if not filters.words.strip():
        return list(rows.order_by("category", "title", "id")[:MOST_FOUND])
    return in_order(rows, ids_for_staff(filters.words))


def use_of(articles: Iterable[Article]) -> dict[int, Use]:
    """What clients said of these articles. In the staff's scope."""
    ids = [article.pk for article in articles]
    votes = ArticleVote.objects.filter(article_id__in=ids).values("article_id").order_by()
    counted = votes.annotate(yes=Count("pk", filter=YES), no=Count("pk", filter=~YES))
    said = {row["article_id"]: (row["yes"], row["no"]) for row in counted}
    times = ArticleSolved.objects.filter(article_id__in=ids).values("article_id").order_by().annotate(times=Count("pk"))
    solved = {row["article_id"]: row["times"] for row in times}
    return {pk: Use(*said.get(pk, (0, 0)), solved.get(pk, 0)) for pk in ids}


def article_for_staff(pk: int) -> Article:
    """One article with its owner. Raises Article.DoesNotExist."""
    return Article.objects.select_related("owner").defer("search").get(pk=pk)


def client_names_of(ticket: Ticket) -> tuple[str, ...]:
    """What would tell a reader whose request it was: the client, its people and their addresses, the reference."""
    people = members_on(ticket.client_id, contract_day(ticket.received_at)).values_list("label", "email")
    told = [name for pair in people for name in pair]
    return (ticket.client.name, ticket.ref, ticket.requester_label, *filter(None, told))


def origin_names(article: Article) -> tuple[str, ...]:
    """The names of the client whose request the article began with; none where it did not begin with one."""
    ticket = Ticket.objects.select_related("client").filter(ref=article.origin).first() if article.origin else None
    return client_names_of(ticket) if ticket else ()


def names_standing(article: Article) -> list[str]:
    """Which names of the client that it came from stand in an article's words and tags."""
    return names_left(f"{article.title}\n{article.body}\n{article.keywords}", origin_names(article))


def seen_by_client(client_id: int) -> QuerySet[Article]:
    """What a client may read: the wall's own conditions, asked once more; works in its scope and in the staff's."""
    named = Q(audience=Audience.CHOSEN, pk__in=ArticleReader.objects.filter(client_id=client_id).values("article_id"))
    rows = Article.objects.filter(Q(audience=Audience.CLIENTS) | named, state=ArticleState.PUBLISHED)
    return rows.only(*SHOWN)


def seen_by(actor: Actor) -> QuerySet[Article]:
    """What a person may read on either side; for programmes."""
    if actor.is_staff:
        return Article.objects.only(*SHOWN)
    return seen_by_client(actor.client_id or 0)


def found_by_client(actor: Actor, words: str) -> list[Article]:
    """At most fifty with all the words, the best first. In the client's scope."""
    values = {"words": words[:LONGEST_WORDS], "most": MOST_FOUND}
    return in_order(seen_by_client(actor.client_id or 0), _ids(FOR_CLIENT.format(query=ALL_WORDS), values))


def suggested_to_client(actor: Actor, words: str) -> list[Article]:
    """At most five whose title or tags share a word with what is being typed. In the client's scope."""
    values = {"words": words[:LONGEST_WORDS], "most": MOST_SUGGESTED}
    rows = seen_by_client(actor.client_id or 0).only("id", "title")
    return in_order(rows, _ids(FOR_CLIENT.format(query=ANY_WORD), values))


def offered_on(ticket: Ticket, words: str = "") -> list[Article]:
    """What staff may put into a reply on this request: only what its client may read. Without words those of its subject."""
    query, asked = (ALL_WORDS, words) if words.strip() else (ANY_WORD, ticket.subject)
    ids = ids_for_staff(asked, query=query, client_id=ticket.client_id, most=10)
    return in_order(seen_by_client(ticket.client_id).only("id", "title"), ids)


def ids_for_staff(
    words: str, *, query: str = ALL_WORDS, client_id: int | None = None, most: int = MOST_FOUND
) -> list[int]:
    """The best first; `client_id` leaves only what that client may read. In the staff's scope."""
    values = {"words": words[:LONGEST_WORDS], "client": client_id, "most": most}
    return _ids(FOR_STAFF.format(query=query), values)


def _ids(statement: str, values: dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {**values, "words": values["words"].replace("\x00", "")})
        return [id for (id,) in cursor.fetchall()]


def in_order(rows: QuerySet[Article], ids: list[int]) -> list[Article]:
    """The rows of these ids that are let through, in the order of the ids."""
    found = {row.pk: row for row in rows.filter(pk__in=ids)} if ids else {}
    return [found[pk] for pk in ids if pk in found]


def readers_of(article: Article) -> list[Client]:
    """The clients that a "chosen clients" article names, by name."""
    return list(Client.objects.filter(pk__in=article.readers.values("client_id")).order_by("name"))


def versions_of(article: Article) -> list[ArticleVersion]:
    """Every version, the newest first."""
    return list(article.versions.order_by("-number"))


def draft_for(actor: Actor, article: Article | None) -> ArticleDraft | None:
    """This person's words that are not saved yet; nobody else reads them."""
    return ArticleDraft.objects.filter(staff_id=actor.staff_id or 0, article=article).first()


def vote_of(actor: Actor, article: Article) -> ArticleVote | None:
    """What this person said about an article."""
    mine = {"client_id": actor.client_id or 0, "membership_id": actor.membership_id or 0}
    return ArticleVote.objects.filter(**mine, article_id=article.pk).first()


def reviews_due(at: datetime) -> QuerySet[Article]:
    """Published articles whose review is due and whose owner was not told yet, in due order."""
    due = Article.objects.filter(
        state=ArticleState.PUBLISHED, review_told_at__isnull=True, review_due_at__isnull=False, review_due_at__lte=at
    )
    return due.order_by("review_due_at", "id")


def reviews_waiting(at: datetime) -> int:
    """How many reviews wait for their notice."""
    return reviews_due(at).count()
