"""Problems at the desk: their list, one with its requests, and words that answer all of them."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock
from portal.actors import Actor
from portal.idempotency import once
from portal.models import Announcement
from portal.queries.paging import key_of, newest_first
from portal.tenancy.middleware import PortalRequest, is_htmx
from portal.views.answers import done, first_error, form_page, posted
from portal.views.posting import attempt
from tickets.actions import problems as actions
from tickets.forms.problems import AnswerAllForm, LinkManyForm, NewProblemForm, ProblemForm
from tickets.models import Problem, ProblemTicket, ProblemUpdate, Ticket
from tickets.queries import problems as queries
from tickets.rules.life import STATE_WORDS as TICKET_WORDS
from tickets.rules.problems import STATE_WORDS, UNDO, AnswerState, ProblemState
from tickets.rules.states import State
from tickets.rules.triage import MOST_AT_ONCE

TONES = {ProblemState.OPEN: "warn", ProblemState.KNOWN_ERROR: "info", ProblemState.RESOLVED: "good"}
SHOWN_TROUBLES = 20


def face(row: Problem) -> dict[str, Any]:
    """A problem as pages show it."""
    state = ProblemState(row.state)
    return {"problem_row": row, "state": STATE_WORDS[state], "tone": TONES[state]}


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """Every problem, newest first."""
    page = newest_first(queries.problems(), before=key_of(request.GET.get("before")))
    facts = {
        "rows": [face(row) for row in page.rows],
        "older": f"?before={page.older}" if page.older else "",
        "newer": request.path if request.GET.get("before") else "",
    }
    return render(request, "desk/problems.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@once("problem made")
def add(request: PortalRequest) -> HttpResponse:
    form = NewProblemForm(posted(request))

    def act(given: dict[str, Any]) -> str:
        row = actions.make_problem(**given, by=request.actor, at=clock.now())
        return reverse("desk:problem", args=[row.pk])

    return form_page(
        request,
        "desk/offer_form.html",
        form,
        act,
        heading=_("New problem"),
        button=_("Keep it"),
        back=reverse("desk:problems"),
    )


def found(pk: int) -> Problem:
    """The problem. Raises Http404."""
    row = queries.problem_of(pk)
    if row is None:
        raise Http404
    return row


@require_http_methods(["GET", "HEAD", "POST"])
@once("problem answered")
def show(request: PortalRequest, pk: int) -> HttpResponse:
    """A problem, its requests and what was written to them; a post writes to all of its open requests."""
    row, at = found(pk), clock.now()
    form = AnswerAllForm(posted(request))

    def act(given: dict[str, Any]) -> str:
        actions.answer_all(pk, **given, by=request.actor, at=clock.now())
        return reverse("desk:problem", args=[pk])

    page = newest_first(queries.links_of(pk), before=key_of(request.GET.get("before")))
    return form_page(
        request, "desk/problem.html", form, act, said=_("It goes out in ten seconds. Until then all of it can be taken back."),
        **face(row), **progress(request, row), links=[linked(one) for one in page.rows],
        older=f"?before={page.older}" if page.older else "", newer=request.path if request.GET.get("before") else "", at=at,
    )  # fmt: skip


def linked(one: ProblemTicket) -> dict[str, Any]:
    """A request of the problem as its row shows it."""
    return {"link": one, "state": TICKET_WORDS[State(one.ticket.state)]}


def progress(request: PortalRequest, row: Problem) -> dict[str, Any]:
    """How far the words to its requests have come, and what went wrong with which."""
    at = clock.now()
    updates = [
        {
            "update": one,
            "counts": counts,
            "going": counts[AnswerState.WAITING] + counts[AnswerState.UNDOING],
            "may_undo": may_undo(one, counts, request.actor, at),
        }
        for one, counts in queries.updates_of(row.pk)
    ]
    troubles = list(queries.troubles_of(row.pk)[:SHOWN_TROUBLES]) if updates else []
    return {"updates": updates, "troubles": troubles, "going": any(one["going"] for one in updates)}


def may_undo(one: ProblemUpdate, counts: dict[str, int], by: Actor, at: datetime) -> bool:
    """Whether an undo is offered: in time, to the writer, and only where it would still change something."""
    something = counts[AnswerState.WAITING] > 0 or (one.resolve and counts[AnswerState.POSTED] > 0)
    return something and one.by_staff_id == by.staff_id and one.undone_at is None and at <= one.made_at + UNDO


@require_safe
def answers(request: PortalRequest, pk: int) -> HttpResponse:
    """The part of the page that says how far it has come; without scripts the page itself."""
    row = found(pk)
    if not is_htmx(request):
        return HttpResponseRedirect(reverse("desk:problem", args=[pk]))
    return render(request, "desk/parts/problem_answers.html", {**face(row), **progress(request, row)})


@require_http_methods(["GET", "HEAD", "POST"])
@once("problem changed")
def change(request: PortalRequest, pk: int) -> HttpResponse:
    row, back = found(pk), reverse("desk:problem", args=[pk])
    form = ProblemForm(posted(request), problem=row)

    def act(given: dict[str, Any]) -> str:
        actions.change_problem(pk, **form.facts(), by=request.actor, at=clock.now())
        return back

    return form_page(
        request, "desk/offer_form.html", form, act, heading=_("Change the problem"), button=_("Save"), back=back
    )


@require_POST
@once("linked to a problem")
def link(request: PortalRequest) -> HttpResponse:
    """Link requests to a problem: from its page, from a request's, or those that are ticked in the queue."""
    form = LinkManyForm({"problem": request.POST.get("problem", ""), "refs": " ".join(request.POST.getlist("refs"))})
    if not form.is_valid():
        messages.error(request, first_error(form))
        return HttpResponseRedirect(reverse("desk:problems"))
    problem, refs = form.cleaned_data["problem"], form.cleaned_data["refs"][: MOST_AT_ONCE + 1]
    wanted = list(Ticket.objects.filter(ref__in=refs).values_list("pk", flat=True))
    fresh = attempt(request, lambda: actions.link_to_problem(problem.pk, wanted, by=request.actor, at=clock.now()))
    if fresh is not None:
        tell_linked(request, len(fresh), len(refs))
    return HttpResponseRedirect(reverse("desk:problem", args=[problem.pk]))


def tell_linked(request: HttpRequest, linked: int, asked: int) -> None:
    """Say how many were linked, and that the others have a problem already or are not there."""
    messages.success(
        request, ngettext("%(n)s request is linked.", "%(n)s requests are linked.", linked) % {"n": linked}
    )
    if linked < asked:
        words = _("%(n)s were not: they have a problem already, or there is no such reference.")
        messages.warning(request, words % {"n": asked - linked})


@require_POST
@once("taken off a problem")
def unlink(request: PortalRequest, pk: int, ticket: int) -> HttpResponse:
    """Take a request off its problem."""
    if not queries.links_of(pk).filter(ticket_id=ticket).exists():
        raise Http404
    where = reverse("desk:problem", args=[pk])
    at = clock.now()
    return done(
        request, lambda: actions.unlink_from_problem(pk, ticket, by=request.actor, at=at), where, _("It is taken off.")
    )


@require_POST
@once("problem answer undone")
def undo(request: PortalRequest, pk: int) -> HttpResponse:
    """Take back what has not gone out, and put back what was resolved."""
    update = ProblemUpdate.objects.filter(pk=pk).first()
    if update is None:
        raise Http404
    where = reverse("desk:problem", args=[update.problem_id])
    said = _("Taken back what had not gone out. What clients have read stays.")
    return done(request, lambda: actions.undo_answers(pk, by=request.actor, at=clock.now()), where, said)


def announcement_problem(request: HttpRequest, *, announcement: Announcement) -> dict[str, Any] | None:
    """The helpdesk's part of an announcement's page: the problem that it is about."""
    row = queries.problem_announced(announcement)
    if row is None:
        return None
    reached = len(queries.open_tickets_of(row.pk, announcement))
    return {**face(row), "reached": reached, "outside": row.open - reached}  # type: ignore[attr-defined]
