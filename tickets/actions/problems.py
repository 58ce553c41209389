"""Problems: made, changed, given their requests; and words of a person that answer every open one of them, with its undo."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal import audit
from portal.actors import Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.models import Announcement
from tickets.actions.base import lock, record, require_person, require_staff
from tickets.models import Problem, ProblemAnswer, ProblemTicket, ProblemUpdate, Ticket
from tickets.queries.problems import announcements_for, dues_of, open_tickets_of
from tickets.rules.problems import (
    CLAUSE,
    MOST_LINKED,
    AnswerState,
    ProblemState,
    check_problem,
    check_undo,
    goes_out_at,
)


@transaction.atomic
def make_problem(*, title: str, cause: str, by: Actor, at: datetime) -> Problem:
    """Write a problem down. Raises Refused."""
    require_staff(by, CLAUSE, _("keep problems"))
    check_problem(title)
    row = Problem.objects.create(title=title.strip(), cause=cause.strip(), made_by=by.label, made_at=at)
    _record("problem made", row, by=by, at=at, title=row.title, cause=row.cause)
    return row


@transaction.atomic
def change_problem(
    problem_id: int,
    *,
    title: str,
    cause: str,
    state: ProblemState,
    announcement: Announcement | None,
    by: Actor,
    at: datetime,
) -> Problem:
    """Change what is known of it, and which announcement is about it. Its requests stay as they are. Raises Refused."""
    require_staff(by, CLAUSE, _("keep problems"))
    check_problem(title)
    row = Problem.objects.select_for_update(of=("self",)).get(pk=problem_id)
    if announcement is not None and not announcements_for(row).filter(pk=announcement.pk).exists():
        raise Refused(CLAUSE, _("That announcement is over, or is about another problem."))
    before = {"title": row.title, "cause": row.cause, "state": row.state, "announcement": row.announcement_id}
    row.title, row.cause, row.state, row.announcement = title.strip(), cause.strip(), state, announcement
    row.resolved_at = (row.resolved_at or at) if state == ProblemState.RESOLVED else None
    row.save(update_fields=["title", "cause", "state", "announcement", "resolved_at"])
    after = {"title": row.title, "cause": row.cause, "state": str(state), "announcement": row.announcement_id}
    _record("problem changed", row, by=by, at=at, before=before, after=after)
    return row


@transaction.atomic
def link_to_problem(problem_id: int, ticket_ids: Sequence[int], *, by: Actor, at: datetime) -> list[Ticket]:
    """Say that the problem is behind these requests; those that have a problem already are left alone. Returns the others.

    Raises Refused. What was written to the problem's requests before is not sent to them afterwards.
    """
    require_staff(by, CLAUSE, _("link requests to a problem"))
    row = Problem.objects.select_for_update(of=("self",)).get(pk=problem_id)
    if row.state == ProblemState.RESOLVED:
        raise Refused(CLAUSE, _("This problem is resolved. Open it again first."))
    if row.links.count() + len(ticket_ids) > MOST_LINKED:
        raise Refused(CLAUSE, _("A problem has at most %(most)s requests.") % {"most": MOST_LINKED})
    # Locked before they are looked at: somebody may just be linking one of them to another problem.
    locked = [lock(pk) for pk in sorted(set(ticket_ids))]
    known = set(ProblemTicket.objects.filter(ticket_id__in=ticket_ids).values_list("ticket_id", flat=True))
    fresh = [one for one in locked if one.pk not in known]
    ProblemTicket.objects.bulk_create(
        ProblemTicket(client_id=one.client_id, ticket=one, problem=row, linked_by=by.label, linked_at=at)
        for one in fresh
    )
    audit.record_many(
        (
            audit.new_event("request linked to a problem", by=by, at=at, client_id=one.client_id, subject=one),
            {"ref": one.ref, "problem": row.pk},
        )
        for one in fresh
    )
    return fresh


@transaction.atomic
def unlink_from_problem(problem_id: int, ticket_id: int, *, by: Actor, at: datetime) -> None:
    """Take a request off its problem. Raises Refused, and ProblemTicket.DoesNotExist."""
    require_staff(by, CLAUSE, _("link requests to a problem"))
    ticket = lock(ticket_id)
    ProblemTicket.objects.get(client_id=ticket.client_id, ticket=ticket, problem_id=problem_id).delete()
    record(ticket, "request taken off a problem", by=by, at=at, client_visible=False, problem=problem_id)


@clause("HLP-5")
@transaction.atomic
def answer_all(
    problem_id: int, body: str, *, by: Actor, at: datetime, resolve: bool = False, told: Announcement | None = None
) -> ProblemUpdate:
    """Have the same words sent to every open request of a problem, by a sweep, request by request; ten seconds are left to
    take all of it back. told: only those of the clients to whom this announcement is. Raises Refused.

    A person writes them, so each is that request's answer, from the instant in which it is delivered there (D5, D24).
    """
    staff_id = require_person(by, CLAUSE, _("answer the requests of a problem"))
    row = Problem.objects.select_for_update(of=("self",)).get(pk=problem_id)
    if not body.strip():
        raise Refused(CLAUSE, _("Write something first."))
    tickets = open_tickets_of(row.pk, told)
    if not tickets:
        raise Refused(
            CLAUSE,
            _("No open request has this problem.")
            if told is None
            else _("No open request of the clients whom it concerns has this problem."),
        )
    when = goes_out_at(written_at=at, dues=dues_of([ticket for _client, ticket in tickets]))
    update = ProblemUpdate.objects.create(
        problem=row,
        body=body.strip(),
        resolve=resolve,
        by_staff_id=staff_id,
        by_label=by.label,
        made_at=at,
        goes_out_at=when,
    )
    ProblemAnswer.objects.bulk_create(
        ProblemAnswer(client_id=client, update=update, ticket_id=ticket, due_at=when) for client, ticket in tickets
    )
    _record("problem answered", row, by=by, at=at, update=update.pk, requests=len(tickets), resolve=resolve)
    return update


@clause("HLP-5")
@transaction.atomic
def undo_answers(update_id: int, *, by: Actor, at: datetime) -> ProblemUpdate:
    """Take back what has not gone out, and have requests that it resolved put back, for ten minutes. What clients have read
    stays: it can only be withdrawn from view, request by request. Raises Refused."""
    require_staff(by, CLAUSE, _("undo an answer"))
    update = ProblemUpdate.objects.select_for_update(of=("self",)).get(pk=update_id)
    mine, undone = update.by_staff_id == by.staff_id, update.undone_at is not None
    check_undo(mine=mine, made_at=update.made_at, undone=undone, at=at)
    update.undone_at = at
    update.save(update_fields=["undone_at"])
    # Locked first: a sweep that is sending one of them just now is waited for, and what it sent is put back like the rest.
    list(update.answers.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    update.answers.filter(state=AnswerState.WAITING).update(state=AnswerState.TAKEN_BACK)
    if update.resolve:
        update.answers.filter(state=AnswerState.POSTED).update(state=AnswerState.UNDOING, due_at=at)
    _record("problem answer undone", update.problem, by=by, at=at, update=update.pk)
    return update


def announced_update(*, announcement: Announcement, body: str, resolve: bool, by: Actor, at: datetime) -> None:
    """An update of an announcement whose writer wants the requests of its problem answered too, in the same transaction.

    Only those of its audience: the words say what the others are not to read.
    """
    problem = Problem.objects.filter(announcement=announcement).first()
    if problem is None:
        raise Refused(CLAUSE, _("No problem is linked to this announcement."))
    answer_all(problem.pk, body, by=by, at=at, resolve=resolve, told=announcement)


def _record(kind: str, row: Problem, *, by: Actor, at: datetime, **payload: object) -> None:
    audit.record(kind, by=by, at=at, client_id=None, subject=row, payload=payload)
