"""Knowledge articles at the desk: the list, one article with its versions, and the editor."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock
from portal.idempotency import once
from portal.models import Client
from portal.queries.contract import calendar_at, worktime_of
from portal.queries.paging import key_of
from portal.queries.people import contract_day
from portal.tenancy.middleware import PortalRequest, is_htmx
from portal.views.posting import attempt, posted
from tickets.actions import articles as acts
from tickets.forms.articles import ArticleDraftForm, ArticleForm
from tickets.models import Article, ArticleDraft, ArticleVersion
from tickets.queries.articles import (
    Filters,
    article_for_staff,
    articles_for_staff,
    draft_for,
    names_standing,
    offered_on,
    origin_names,
    readers_of,
    use_of,
    versions_of,
)
from tickets.queries.people import staff_on
from tickets.rules.articles import (
    AUDIENCE_WORDS,
    CATEGORY_WORDS,
    MOVES,
    STATE_WORDS,
    ArticleState,
    Audience,
    Category,
    difference,
)
from tickets.rules.articlewords import as_page
from tickets.views.articlesource import Source, source_of
from tickets.views.beside import part
from tickets.views.queue import found

TONES = {"draft": "info", "published": "good", "retired": "line"}
MOVE_WORDS = {
    ArticleState.PUBLISHED: gettext_noop("Publish"),
    ArticleState.RETIRED: gettext_noop("Retire"),
    ArticleState.DRAFT: gettext_noop("Make it a draft again"),
}
MOVED_WORDS = {
    ArticleState.PUBLISHED: gettext_noop("It is published."),
    ArticleState.RETIRED: gettext_noop("It is retired."),
    ArticleState.DRAFT: gettext_noop("It is a draft again."),
}


def page_of(body: str) -> SafeString:
    """An article's words as a page shows them."""
    return mark_safe(as_page(body))  # noqa: S308 - cleaned in this very line


def face_of(article: Article) -> dict[str, Any]:
    """What the list and the page say of an article, in words."""
    return {
        "article": article,
        "state": _(STATE_WORDS[ArticleState(article.state)]),
        "tone": TONES[article.state],
        "audience": _(AUDIENCE_WORDS[Audience(article.audience)]),
        "category": _(CATEGORY_WORDS[Category(article.category)]),
        "is_overdue": article.state == ArticleState.PUBLISHED
        and article.review_due_at is not None
        and article.review_due_at <= clock.now(),
    }


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """The articles, by category and title, or those with the words."""
    asked = request.GET
    filters = Filters(asked.get("state", ""), asked.get("category", ""), asked.get("audience", ""), asked.get("q", ""))
    rows = articles_for_staff(filters)
    use = use_of(rows)
    context = {
        "rows": [face_of(row) | {"use": use[row.pk]} for row in rows],
        "filters": filters,
        "states": [(str(one), _(word)) for one, word in STATE_WORDS.items()],
        "categories": [(str(one), _(word)) for one, word in CATEGORY_WORDS.items()],
        "audiences": [(str(one), _(word)) for one, word in AUDIENCE_WORDS.items()],
        "narrowed": filters != Filters(),
    }
    return render(request, "desk/articles.html", context)


@require_safe
def show(request: PortalRequest, pk: int) -> HttpResponse:
    """One article as its readers see it, with who they are and what they said."""
    article = one(pk)
    context = face_of(article) | {
        "page": page_of(article.body),
        "readers": readers_of(article),
        "use": use_of([article])[article.pk],
        "moves": [(str(to), _(MOVE_WORDS[to])) for to in sorted(MOVES[ArticleState(article.state)])],
        "versions": versions_of(article),
        "left": names_standing(article) if article.state == ArticleState.DRAFT else [],
    }
    return render(request, "desk/article.html", context)


@require_safe
def versions(request: PortalRequest, pk: int) -> HttpResponse:
    """Two versions beside each other: ?old=1&new=3; else the newest and the one before it."""
    article = one(pk)
    rows = versions_of(article)
    numbers = {row.number: row for row in rows}
    new = numbers.get(key_of(request.GET.get("new")) or article.version)
    old = numbers.get(key_of(request.GET.get("old")) or max((new.number if new else 1) - 1, 1))
    if new is None or old is None:
        raise Http404
    context = face_of(article) | {"versions": rows, "old": old, "new": new, "changes": difference(told(old), told(new))}
    return render(request, "desk/article_versions.html", context)


def told(version: ArticleVersion) -> str:
    """A version as one text, to be compared line by line."""
    head = [version.title, f"{_(CATEGORY_WORDS[Category(version.category)])}: {version.keywords}", "", ""]
    return "\n".join(head) + version.body.replace("\r\n", "\n")


@require_http_methods(["GET", "HEAD", "POST"])
@once("article saved")
def edit(request: PortalRequest, pk: int | None = None) -> HttpResponse:
    """Write an article or change one: from nothing, from the own draft, or from an answer on a request."""
    article = one(pk) if pk else None
    source = source_of(request) if article is None else None
    draft = draft_for(request.actor, article)
    form = editor(request, article, source, draft)
    if request.method == "POST" and form.is_valid():
        done = attempt(request, lambda: save(request, form, article, source))
        if done:
            messages.success(request, _("“%(title)s” is saved as version %(number)s.") % {
                "title": done.title, "number": done.version,
            })  # fmt: skip
            return redirect("desk:article", done.pk)
    context = {
        "form": form,
        "article": article,
        "source": source,
        "draft": None if source or request.method == "POST" else draft,
        # Words of an answer are not kept as the draft of a new article: there nothing would know whose names they hold.
        "draft_url": "" if source else draft_address(article),
        "is_shown": article is not None and article.state == ArticleState.PUBLISHED,
    }
    return render(request, "desk/article_form.html", context, status=422 if request.method == "POST" else 200)


def editor(
    request: PortalRequest, article: Article | None, source: Source | None, draft: ArticleDraft | None
) -> ArticleForm:
    """The form with what it begins with."""
    day = contract_day(clock.now())
    start: dict[str, Any] = {"audience": Audience.STAFF, "owner": request.actor.staff_id}
    if article:
        start |= {name: getattr(article, name) for name in ("title", "body", "category", "keywords", "audience")}
        start |= {"owner": article.owner_id, "version": article.version, "clients": readers_of(article)}
        start["review_on"] = review_day(article)
    if source:
        start |= {"title": source.title, "body": source.body}
    elif draft:
        start |= {"title": draft.title, "body": draft.body}
    return ArticleForm(
        posted(request)[0],
        initial=start,
        clients=Client.objects.order_by("name"),
        staff=staff_on(day),
        names=source.names if source else origin_names(article) if article else (),
    )


def review_day(article: Article) -> Any:
    """The contract day on which the review is due."""
    due = article.review_due_at
    return worktime_of(calendar_at(clock.now())).local_date(due) if due else None


def save(request: PortalRequest, form: ArticleForm, article: Article | None, source: Source | None) -> Article:
    """The action that the form asks for."""
    given, at = form.cleaned_data, clock.now()
    words = acts.Words(
        title=given["title"],
        body=given["body"],
        category=given["category"],
        keywords=given["keywords"],
        audience=Audience(given["audience"]),
        clients=tuple(client.pk for client in given["clients"]),
        owner_id=given["owner"].pk,
        review_on=given["review_on"],
        note=given["note"],
        cleared=given.get("cleared", False),
    )
    if article is None:
        return acts.write_article(words, by=request.actor, at=at, origin=source.ref if source else "")
    return acts.change_article(article.pk, words, seen=given["version"] or 0, by=request.actor, at=at)


def draft_address(article: Article | None) -> str:
    """Where the editor keeps what is not saved yet."""
    return reverse("desk:article-draft", args=[article.pk]) if article else reverse("desk:article-add-draft")


@require_POST
def draft(request: PortalRequest, pk: int | None = None) -> HttpResponse:
    """Keep what stands in the editor. Said twice it is the same, so it wears no key: that one is for saving."""
    form = ArticleDraftForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    acts.save_article_draft(one(pk) if pk else None, **form.cleaned_data, by=request.actor, at=clock.now())
    return HttpResponse(status=204)


@require_POST
@once("article draft discarded")
def discard(request: PortalRequest, pk: int | None = None) -> HttpResponse:
    """Throw the own unsaved words away."""
    article = one(pk) if pk else None
    if attempt(request, lambda: acts.discard_article_draft(article, by=request.actor, at=clock.now()) or True):
        messages.success(request, _("The draft is thrown away."))
    return redirect("desk:article-edit", article.pk) if article else redirect("desk:article-add")


@require_POST
def preview(request: PortalRequest) -> HttpResponse:
    """What stands in the editor as its readers would see it. Nothing is kept."""
    form = ArticleDraftForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    context = {"title": form.cleaned_data["title"], "page": page_of(form.cleaned_data["body"])}
    template = "desk/parts/article_preview.html" if is_htmx(request) else "desk/article_preview.html"
    return render(request, template, context)


@require_POST
@once("article moved")
def move(request: PortalRequest, pk: int) -> HttpResponse:
    """Publish, retire, or make it a draft again."""
    article, to = one(pk), request.POST.get("to", "")
    if to not in list(ArticleState):
        raise Http404
    state, cleared = ArticleState(to), request.POST.get("cleared") == "on"
    done = attempt(
        request, lambda: acts.move_article(article.pk, state, cleared=cleared, by=request.actor, at=clock.now())
    )
    if done:
        messages.success(request, _(MOVED_WORDS[ArticleState(done.state)]))
    return redirect("desk:article", article.pk)


@require_POST
@once("article restored")
def restore(request: PortalRequest, pk: int, number: int) -> HttpResponse:
    """Bring an earlier version back, as a new one."""
    article = one(pk)
    try:
        done = attempt(request, lambda: acts.restore_version(article.pk, number, by=request.actor, at=clock.now()))
    except ArticleVersion.DoesNotExist:
        raise Http404 from None
    if done:
        messages.success(request, _("Version %(number)s is back, as version %(new)s.") % {
            "number": number, "new": done.version,
        })  # fmt: skip
    return redirect("desk:article", article.pk)


@require_safe
def offered(request: PortalRequest, ref: str) -> HttpResponse:
    """Articles for a reply on a request, each a link that puts it into the composer: only what its client may read."""
    ticket, words = found(ref), request.GET.get("q", "")
    rows, page_url = offered_on(ticket, words), reverse("desk:ticket", args=[ref])
    more = {"articles": rows, "page_url": page_url, "q": words, "is_part": is_htmx(request)}
    return part(request, ref, _("Help articles"), "parts/articles_list.html", **more)


def one(pk: int) -> Article:
    """An article, or 404."""
    try:
        return article_for_staff(pk)
    except Article.DoesNotExist:
        raise Http404 from None
