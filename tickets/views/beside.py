"""What a ticket's page fetches when it is looked at: related requests, saved answers, tags. Without scripts each is a page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.tenancy.middleware import PortalRequest, is_htmx
from tickets.queries.desk import answers_for
from tickets.queries.problems import problem_behind, unresolved
from tickets.queries.related import tag_words
from tickets.views.queue import found
from tickets.views.sorting import related_rows


def part(request: PortalRequest, ref: str, title: str, template: str, **more: object) -> HttpResponse:
    """The part alone for htmx, else a page with it."""
    context = {"ref": ref, "title": title, "part": template, **more}
    return render(request, template if is_htmx(request) else "desk/beside.html", context)


@require_safe
def related(request: PortalRequest, ref: str) -> HttpResponse:
    """Other requests that have to do with this one."""
    ticket = found(ref)
    behind = problem_behind(ticket)
    facts = {"related": related_rows(ticket), "behind": behind, "unresolved": [] if behind else unresolved()[:50]}
    return part(request, ref, _("Related requests"), "desk/parts/related.html", **facts)


@require_safe
def answers(request: PortalRequest, ref: str) -> HttpResponse:
    """The saved answers, each a link that puts it into the composer of this ticket."""
    found(ref)
    rows, page_url = list(answers_for(request.actor)), reverse("desk:ticket", args=[ref])
    return part(request, ref, _("Saved answers"), "parts/answers_list.html", answers=rows, page_url=page_url)


@require_safe
def tags(request: PortalRequest) -> HttpResponse:
    """Every tag in use, as the options of a list that is offered while one types."""
    return render(request, "desk/parts/tag_words.html", {"tag_words": tag_words()})
