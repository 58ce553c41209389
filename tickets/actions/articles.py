"""Writing articles: saving makes a version, publishing shows it, restoring brings old words back as a new version."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from portal import audit
from portal.actions.notices import News, notify_many
from portal.actors import Actor
from portal.errors import Refused
from portal.jobs import sweep
from portal.queries.contract import calendar_at, worktime_of
from portal.queries.people import contract_day
from portal.rules.states import Grade
from tickets.actions.base import require_person
from tickets.models import Article, ArticleDraft, ArticleReader, ArticleSolved, ArticleVersion, ArticleVote
from tickets.queries.articles import names_standing, reviews_due, reviews_waiting, seen_by_client
from tickets.queries.people import staff_on
from tickets.rules.articles import (
    CLAUSE,
    ArticleState,
    Audience,
    check_article_move,
    check_audience,
    check_names,
    plain_keywords,
)
from tickets.rules.noticelist import ARTICLE_REVIEW

BATCH = 200
WORDS = ("title", "body", "category", "keywords")
REVIEW_HOUR = time(9)


@dataclass(frozen=True, slots=True)
class Words:
    """What an editor holds. clients: ids, for chosen clients; review_on: a contract day; note: what was changed;
    cleared: names of the client that it came from may stand in it."""

    title: str
    body: str
    category: str
    keywords: str = ""
    audience: Audience = Audience.STAFF
    clients: tuple[int, ...] = ()
    owner_id: int = 0
    review_on: date | None = None
    note: str = ""
    cleared: bool = False


@transaction.atomic
def write_article(words: Words, *, by: Actor, at: datetime, origin: str = "") -> Article:
    """A new article, as a draft that no client sees. origin: the reference of the request whose answer it began with."""
    person = require_person(by, CLAUSE, _("write articles"))
    article = Article(made_at=at, changed_at=at, origin=origin, **_fields(words, person, at))
    article.save(force_insert=True)
    _keep_version(article, words.note, by=by, at=at)
    _name_readers(article, words)
    if not origin:  # what began with an answer was never that draft
        _forget_draft(None, by)
    _record(article, "article written", by=by, at=at, **({"origin": origin} if origin else {}))
    return article


@transaction.atomic
def change_article(article_id: int, words: Words, *, seen: int, by: Actor, at: datetime) -> Article:
    """Save changes. New words make a new version, which clients read at once where the article is published.

    seen: the version that the editor began with. Raises Refused when a colleague saved another one meanwhile,
    and for names of the client that it came from, where clients would read them.
    """
    person = require_person(by, CLAUSE, _("change articles"))
    article = _lock(article_id)
    _check_seen(article, seen)
    if article.state == ArticleState.PUBLISHED:
        check_audience(words.audience, len(words.clients))
    old = {name: getattr(article, name) for name in WORDS}
    fields = _fields(words, person, at)
    if fields["review_due_at"] != article.review_due_at:
        fields["review_told_at"] = None
    for name, value in fields.items():
        setattr(article, name, value)
    _check_names(article, cleared=words.cleared)
    if old != {name: fields[name] for name in WORDS}:
        article.version, article.changed_at = article.version + 1, at
        _keep_version(article, words.note, by=by, at=at)
    article.save(update_fields=[*fields, "version", "changed_at"])
    _name_readers(article, words)
    _forget_draft(article, by)
    _record(article, "article changed", by=by, at=at)
    return article


@transaction.atomic
def move_article(article_id: int, new: ArticleState, *, by: Actor, at: datetime, cleared: bool = False) -> Article:
    """Publish, retire, or make a draft again what was retired. cleared: as in Words. Raises Refused."""
    require_person(by, CLAUSE, _("publish articles"))
    article = _lock(article_id)
    check_article_move(
        ArticleState(article.state), new, audience=Audience(article.audience), chosen=article.readers.count()
    )
    article.state = new
    _check_names(article, cleared=cleared)
    stamp = {ArticleState.PUBLISHED: "published_at", ArticleState.RETIRED: "retired_at"}.get(new)
    if stamp:
        setattr(article, stamp, at)
    article.save(update_fields=["state", *([stamp] if stamp else [])])
    kind = {"published": "article published", "retired": "article retired", "draft": "article brought back"}[new]
    _record(article, kind, by=by, at=at)
    return article


@transaction.atomic
def restore_version(article_id: int, number: int, *, by: Actor, at: datetime) -> Article:
    """Bring the words of an earlier version back, as a new version. Raises ArticleVersion.DoesNotExist, and Refused."""
    require_person(by, CLAUSE, _("change articles"))
    article = _lock(article_id)
    old = ArticleVersion.objects.get(article=article, number=number)
    if all(getattr(article, name) == getattr(old, name) for name in WORDS):
        raise Refused(CLAUSE, _("The article says this already."))
    for name in WORDS:
        setattr(article, name, getattr(old, name))
    _check_names(article, cleared=False)
    article.version, article.changed_at = article.version + 1, at
    article.save(update_fields=[*WORDS, "version", "changed_at"])
    _keep_version(article, _("Version %(number)s restored") % {"number": number}, by=by, at=at)
    _record(article, "article restored", by=by, at=at, restored=number)
    return article


@transaction.atomic
def save_article_draft(article: Article | None, *, title: str, body: str, by: Actor, at: datetime) -> None:
    """Keep what stands in a person's editor; empty words are no draft. No trace is kept: nothing has been saved yet."""
    person = require_person(by, CLAUSE, _("keep a draft"))
    if not title.strip() and not body.strip():
        _forget_draft(article, by)
        return
    kept = {"title": title, "body": body, "saved_at": at}
    ArticleDraft.objects.update_or_create(staff_id=person, article=article, defaults=kept)


@transaction.atomic
def discard_article_draft(article: Article | None, *, by: Actor, at: datetime) -> None:
    """Throw a person's unsaved words away."""
    require_person(by, CLAUSE, _("keep a draft"))
    if _forget_draft(article, by):
        audit.record("article draft discarded", by=by, at=at, client_id=None, subject=article)


@transaction.atomic
def vote(article_id: int, *, helped: bool, by: Actor, at: datetime) -> ArticleVote:
    """Whether an article helped: one answer for each person, which they may change. Raises Article.DoesNotExist."""
    article, place = _read_by(article_id, by)
    row, _new = ArticleVote.objects.update_or_create(
        client_id=place["client_id"],
        membership_id=place["membership_id"],
        article_id=article.pk,
        defaults={"helped": helped, "said_at": at},
    )
    audit.record(
        "article judged", by=by, at=at, client_id=by.client_id, subject=article, payload={"helped": helped},
        client_visible=True,
    )  # fmt: skip
    return row


@transaction.atomic
def solved_by_article(article_id: int, *, by: Actor, at: datetime) -> Article:
    """Count that an article made a request unnecessary. Nothing of the request is kept. Raises Article.DoesNotExist."""
    article, place = _read_by(article_id, by)
    ArticleSolved.objects.create(**place, article_id=article.pk, at=at)
    audit.record("solved by article", by=by, at=at, client_id=by.client_id, subject=article, client_visible=True)
    return article


@sweep("articles to review", every_seconds=300, backlog=reviews_waiting)
def tell_reviews(at: datetime) -> int:
    """Tell the owner of each article whose review is due, once for each date; the leads where the owner has left."""
    due = list(reviews_due(at).defer("search", "body").select_for_update(of=("self",), skip_locked=True)[:BATCH])
    if not due:
        return 0
    people = {person.pk: person for person in staff_on(contract_day(at))}
    leads = [person.user_id for person in people.values() if person.grade in (Grade.LEAD, Grade.ADMIN)]
    told: list[News] = []
    for article in due:
        owner = people.get(article.owner_id)
        told += [_review_news(article, user_id) for user_id in ([owner.user_id] if owner else leads)]
    notify_many(told)
    Article.objects.filter(pk__in=[article.pk for article in due]).update(review_told_at=at)
    return len(due)


def _review_news(article: Article, user_id: int) -> News:
    since = article.review_due_at or article.changed_at
    return News(
        kind=ARTICLE_REVIEW,
        sentence=_("“%(title)s” is due for a review: is it still right?") % {"title": article.title},
        at=since,
        key=f"article {article.pk} {since.isoformat()}",
        url=reverse("desk:article", args=[article.pk]),
        user_id=user_id,
    )


def _fields(words: Words, person: int, at: datetime) -> dict[str, Any]:
    """The columns of an article as an editor gives them; a review is due at nine in the morning of its day."""
    zone = worktime_of(calendar_at(at)).zone
    return {
        "title": words.title.strip(),
        "body": words.body.strip(),
        "category": words.category,
        "keywords": plain_keywords(words.keywords),
        "audience": words.audience,
        "owner_id": words.owner_id or person,
        "review_due_at": datetime.combine(words.review_on, REVIEW_HOUR, tzinfo=zone) if words.review_on else None,
    }


def _lock(article_id: int) -> Article:
    return Article.objects.defer("search").select_for_update(of=("self",)).get(pk=article_id)


def _check_seen(article: Article, seen: int) -> None:
    if article.version == seen:
        return
    last = ArticleVersion.objects.get(article=article, number=article.version)
    raise Refused(
        CLAUSE,
        _("%(who)s saved version %(number)s while you wrote. Compare it with yours, then save again.")
        % {"who": last.made_by, "number": last.number},
    )


def _check_names(article: Article, *, cleared: bool) -> None:
    """Refuse names of the client that an article came from, where clients would read them and nobody cleared them."""
    if article.state == ArticleState.PUBLISHED and article.audience != Audience.STAFF and not cleared:
        check_names(names_standing(article))


def _keep_version(article: Article, note: str, *, by: Actor, at: datetime) -> None:
    said = {name: getattr(article, name) for name in WORDS}
    ArticleVersion.objects.create(
        article=article, number=article.version, note=note.strip(), made_by=by.label, made_at=at, **said
    )


def _name_readers(article: Article, words: Words) -> None:
    """The clients of a "chosen clients" article; every other has none, so that nobody stays named by accident."""
    wanted = set(words.clients) if words.audience == Audience.CHOSEN else set[int]()
    article.readers.exclude(client_id__in=wanted).delete()
    ArticleReader.objects.bulk_create(
        [ArticleReader(client_id=pk, article=article) for pk in sorted(wanted)], ignore_conflicts=True
    )


def _forget_draft(article: Article | None, by: Actor) -> int:
    return ArticleDraft.objects.filter(staff_id=by.staff_id or 0, article=article).delete()[0]


def _read_by(article_id: int, by: Actor) -> tuple[Article, dict[str, int]]:
    """The article, if this member's client may read it, and whose word it is."""
    if by.client_id is None or by.membership_id is None:
        raise Refused(CLAUSE, _("Only a client’s own people can say whether an article helped."))
    article = seen_by_client(by.client_id).get(pk=article_id)
    return article, {"client_id": by.client_id, "membership_id": by.membership_id}


def _record(article: Article, kind: str, *, by: Actor, at: datetime, **more: Any) -> None:
    payload = {"title": article.title, "version": article.version, "audience": article.audience, **more}
    if article.audience == Audience.CHOSEN:
        payload["clients"] = sorted(article.readers.values_list("client_id", flat=True))
    audit.record(kind, by=by, at=at, client_id=None, subject=article, payload=payload)
