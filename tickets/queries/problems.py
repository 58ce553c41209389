"""Reads of problems: their list with counts, their requests, and how far the words to them have come."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from portal.models import Announcement
from portal.rules.announcements import AnnouncementState
from tickets.models import Problem, ProblemAnswer, ProblemTicket, ProblemUpdate, ResponseClock, Ticket
from tickets.rules.problems import AnswerState, ProblemState
from tickets.rules.states import OPEN_STATES

SHOWN_UPDATES = 20
IS_OPEN = Q(links__ticket__state__in=OPEN_STATES)


def problems() -> QuerySet[Problem]:
    """Every problem, newest first, with the number of its requests and of the open ones."""
    counted = Problem.objects.annotate(linked=Count("links"), open=Count("links", filter=IS_OPEN))
    return counted.select_related("announcement").order_by("-pk")


def problem_of(pk: int) -> Problem | None:
    """One problem with its counts."""
    return problems().filter(pk=pk).first()


def unresolved() -> QuerySet[Problem]:
    """Those that are not resolved, newest first: what a request can be linked to."""
    return Problem.objects.exclude(state=ProblemState.RESOLVED).order_by("-pk")


def links_of(problem_id: int) -> QuerySet[ProblemTicket]:
    """The requests of a problem, the newest link first."""
    return ProblemTicket.objects.filter(problem_id=problem_id).select_related("ticket", "client").order_by("-pk")


def open_tickets_of(problem_id: int, told: Announcement | None = None) -> list[tuple[int, int]]:
    """Client and ticket of each open request of a problem, in the order of their keys; `told`: of its audience alone."""
    linked = ProblemTicket.objects.filter(problem_id=problem_id, ticket__state__in=OPEN_STATES)
    if told is not None and not told.to_all:
        linked = linked.filter(client_id__in=told.audience.values("client_id"))
    return list(linked.order_by("ticket_id").values_list("client_id", "ticket_id"))


def dues_of(ticket_ids: Sequence[int]) -> list[datetime]:
    """When answers to these requests fall due that nobody gave yet."""
    unmet = ResponseClock.objects.filter(ticket_id__in=ticket_ids, met_at__isnull=True)
    return list(unmet.values_list("due_at", flat=True))


def problem_behind(ticket: Ticket) -> ProblemTicket | None:
    """The problem of a request, if it has one."""
    found = ProblemTicket.objects.filter(client_id=ticket.client_id, ticket_id=ticket.pk)
    return found.select_related("problem").first()


def problem_announced(announcement: Announcement) -> Problem | None:
    """The problem that an announcement is about, with its counts."""
    return problems().filter(announcement=announcement).first()


def announcements_for(problem: Problem | None) -> QuerySet[Announcement]:
    """What a problem can be linked to: what is not over and has no other problem."""
    free = Q(problem__isnull=True) | Q(problem=problem) if problem is not None else Q(problem__isnull=True)
    waiting = Q(state__in=[AnnouncementState.DRAFT, AnnouncementState.PUBLISHED])
    return Announcement.objects.filter(free, waiting | Q(problem=problem) if problem else waiting).order_by("-pk")


def updates_of(problem_id: int) -> list[tuple[ProblemUpdate, dict[str, int]]]:
    """The newest words to its requests, each with how many requests are in which state; two queries."""
    updates = list(ProblemUpdate.objects.filter(problem_id=problem_id).order_by("-pk")[:SHOWN_UPDATES])
    rows: Any = (
        ProblemAnswer.objects.filter(update__in=updates).values_list("update_id", "state").annotate(n=Count("pk"))
    )
    counts: dict[int, dict[str, int]] = {one.pk: dict.fromkeys(AnswerState, 0) for one in updates}
    for update_id, state, number in rows:
        counts[update_id][state] = number
    return [(one, counts[one.pk]) for one in updates]


def troubles_of(problem_id: int) -> QuerySet[ProblemAnswer]:
    """Requests of which something is to be said: not answered, or not put back."""
    rows = ProblemAnswer.objects.filter(update__problem_id=problem_id).exclude(sentence="")
    return rows.select_related("ticket").order_by("-pk")


def answers_due(at: datetime) -> QuerySet[ProblemAnswer]:
    return ProblemAnswer.objects.filter(state__in=[AnswerState.WAITING, AnswerState.UNDOING], due_at__lte=at)


def answers_waiting(at: datetime) -> int:
    """How many requests wait for words that are due; the sweep's backlog."""
    return answers_due(at).count()
