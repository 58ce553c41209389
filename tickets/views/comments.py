"""Comments on the terms (DOC-1): a person of a client writes one, the staff read them all."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock
from portal.clauses import Clause
from portal.forms.feedback import CommentForm
from portal.idempotency import once
from portal.queries.contract import terms_at, version_read
from portal.queries.feedback import visitor_comments
from portal.queries.paging import key_of
from portal.tenancy.middleware import PortalRequest
from portal.views.answers import posted
from portal.views.feedback import commented_on
from portal.views.posting import attempt
from tickets.actions.intake import Request, raise_request
from tickets.models import Ticket
from tickets.queries.comments import client_comments
from tickets.views.client import member


@require_http_methods(["GET", "HEAD", "POST"])
@once("terms commented on")
def comment(request: PortalRequest, slug: str, clause: str) -> HttpResponse:
    """The form; sent, it is a feedback request with a reference and without a clock."""
    one, form = commented_on(clause), CommentForm(posted(request))
    if request.method == "POST" and form.is_valid():
        ticket = attempt(request, lambda: keep(request, one, form.cleaned_data))
        if ticket:
            messages.success(request, _("Thank you. Your comment has the reference %(ref)s.") % {"ref": ticket.ref})
            return redirect("client:ticket", slug, ticket.ref)
    facts = {"clause": one, "form": form, "terms": terms_at(clock.now())}
    return render(request, "client/comment.html", facts, status=422 if request.method == "POST" else 200)


def keep(request: PortalRequest, one: Clause, given: dict[str, Any]) -> Ticket:
    """The comment as a request of this person."""
    now = clock.now()
    asked = Request(
        subject=(_("Comment on %(id)s: %(heading)s") % {"id": one.id, "heading": one.heading})[:200],
        body=given["body"],
        clause=one.id,
        terms=version_read(given["version"], now),
    )
    return raise_request(asked, requester=member(request), by=request.actor, at=now)


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """All comments, newest first: those of clients, or those of visitors."""
    given = request.GET
    source = "visitors" if given.get("from") == "visitors" else "clients"
    read = visitor_comments if source == "visitors" else client_comments
    page = read(before=key_of(given.get("before")), after=key_of(given.get("after")))
    facts = {"page": page, "source": source, "chosen": "from=visitors" if source == "visitors" else ""}
    return render(request, "desk/feedback.html", facts)
