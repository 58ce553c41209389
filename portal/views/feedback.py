"""A comment on a clause of the terms (DOC-1): here for visitors; people of a client are led to their own page."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods

from portal import clock
from portal.actions.feedback import TooMany, leave_comment
from portal.addresses import client_ip
from portal.clauses import CLAUSES, Clause
from portal.forms.feedback import VisitorCommentForm
from portal.idempotency import once
from portal.models import Terms
from portal.queries.contract import version_read
from portal.tenancy.door import clients_of
from portal.views.answers import posted

THANKS = gettext_noop("Thank you. Your comment is kept with this version of the terms.")


def commented_on(clause: str) -> Clause:
    """The clause that the address names. Raises Http404."""
    if clause not in CLAUSES:
        raise Http404
    return CLAUSES[clause]


@require_http_methods(["GET", "HEAD", "POST"])
@once("terms commented on")
def comment(request: HttpRequest, clause: str) -> HttpResponse:
    """The form for visitors; somebody who belongs to a client comments there, so that the comment has an author."""
    one, now = commented_on(clause), clock.now()
    choices = clients_of(request.user.pk, now) if request.user.pk else []
    if len(choices) == 1:
        return HttpResponseRedirect(reverse("client:comment", args=[choices[0].slug, one.id]))
    if choices:
        return render(request, "public/comment_for.html", {"clause": one, "choices": choices})
    form = VisitorCommentForm(posted(request))
    if request.method != "POST" or not form.is_valid():
        return page(request, one, form, 200 if request.method != "POST" else 422)
    return keep(request, one, form)


def keep(request: HttpRequest, one: Clause, form: VisitorCommentForm) -> HttpResponse:
    """Keep the comment, or say that there were too many. What fills the trap is thanked and forgotten."""
    given, now = form.cleaned_data, clock.now()
    terms = version_read(given["version"], now)
    if not given["website"]:
        try:
            leave_comment(
                terms=terms, clause_id=one.id, body=given["body"], name=given["name"],
                address=client_ip(request), at=now,
            )  # fmt: skip
        except TooMany as refused:
            return page(request, one, form, 429, problem=refused.sentence)
    messages.success(request, THANKS)
    return HttpResponseRedirect(f"{reverse('public:terms')}#{one.id}")


def page(request: HttpRequest, one: Clause, form: VisitorCommentForm, status: int, **more: Any) -> HttpResponse:
    """The form. Raises Http404 before the first terms are published."""
    try:
        terms = version_read(None, clock.now())
    except Terms.DoesNotExist:
        raise Http404 from None
    return render(request, "public/comment.html", {"clause": one, "form": form, "terms": terms, **more}, status=status)
