"""Articles as clients read them: the list, the search, one article, and what may help while they write a request."""

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal import clock
from portal.idempotency import once
from portal.tenancy.middleware import PortalRequest
from portal.views.posting import attempt
from tickets.actions import articles as acts
from tickets.forms.articles import SolvedForm, VoteForm
from tickets.models import Article
from tickets.queries.articles import found_by_client, seen_by_client, suggested_to_client, vote_of
from tickets.rules.articles import CATEGORY_WORDS, Category
from tickets.views.articles import page_of

MOST = 300


@require_safe
def index(request: PortalRequest, slug: str) -> HttpResponse:
    """Everything this client may read, by category; or what has the words, the best first."""
    words = request.GET.get("q", "").strip()
    groups = [(_("Found"), found_by_client(request.actor, words))] if words else by_category(request)
    context = {"q": words, "groups": [(name, rows) for name, rows in groups if rows]}
    return render(request, "client/help.html", context)


def by_category(request: PortalRequest) -> list[tuple[str, list[Article]]]:
    """The articles under their category's name, in the order of the categories."""
    rows = seen_by_client(request.actor.client_id or 0).only("id", "title", "category").order_by("title", "id")[:MOST]
    places = {str(one): place for place, one in enumerate(Category)}
    ordered = sorted(rows, key=lambda row: places[row.category])
    return [
        (_(CATEGORY_WORDS[Category(category)]), list(some))
        for category, some in groupby(ordered, key=lambda row: row.category)
    ]


@require_safe
def show(request: PortalRequest, slug: str, pk: int) -> HttpResponse:
    """One article, to be read or printed."""
    article = one(request, pk)
    context: dict[str, Any] = {
        "article": article,
        "page": page_of(article.body),
        "category": _(CATEGORY_WORDS[Category(article.category)]),
        "said": vote_of(request.actor, article),
    }
    return render(request, "client/help_article.html", context)


@require_safe
def suggestions(request: PortalRequest, slug: str) -> HttpResponse:
    """At most five articles for what is being typed, as a part of the request's form."""
    rows = suggested_to_client(request.actor, request.GET.get("subject", ""))
    return render(request, "client/parts/suggestions.html", {"articles": rows, "asked": True})


@require_POST
@once("article judged")
def helped(request: PortalRequest, slug: str, pk: int) -> HttpResponse:
    """Yes or no; saying it again changes it."""
    article, form = one(request, pk), VoteForm(request.POST)
    if not form.is_valid():
        raise Http404
    said = form.cleaned_data["helped"]
    if attempt(request, lambda: acts.vote(article.pk, helped=said, by=request.actor, at=clock.now())):
        messages.success(request, _("Thank you, we know it now.") if said else _("Thank you. We will make it better."))
    return redirect("client:help-article", slug, article.pk)


@require_POST
@once("solved by article")
def solved(request: PortalRequest, slug: str) -> HttpResponse:
    """The form is closed: an article has helped, and no request is made."""
    form = SolvedForm(request.POST)
    if not form.is_valid():
        raise Http404
    article = one(request, form.cleaned_data["article"])
    if attempt(request, lambda: acts.solved_by_article(article.pk, by=request.actor, at=clock.now())):
        messages.success(request, _("Glad that it is solved. No request was sent."))
    return redirect("client:help-article", slug, article.pk)


def one(request: PortalRequest, pk: int) -> Article:
    """An article that this client may read, or the same 404 as for one that never was."""
    try:
        return seen_by_client(request.actor.client_id or 0).get(pk=pk)
    except Article.DoesNotExist:
        raise Http404 from None
