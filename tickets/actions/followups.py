"""Follow-ups: something to be done on a request later, by a person or, as a person's words, by the portal (D5)."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.actions.notices import notify
from portal.actors import SYSTEM, Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.jobs import sweep
from portal.models import Staff
from portal.queries.people import contract_day
from portal.templatetags.times import london_banner
from tickets.actions.base import lock, move, record, require_person, running_due, settle, wake
from tickets.actions.intake import back_to_us
from tickets.actions.replies import publish
from tickets.models import FollowUp, Message, Ticket
from tickets.queries.followups import (
    follow_ups_waiting,
    may_speak,
    newest_message,
    planned_on,
    said_since,
    whom_to_remind,
)
from tickets.rules.followups import Plan, PlanState, check_plan, why_not_sent
from tickets.rules.noticelist import FOLLOW_UP
from tickets.rules.states import ENDED_STATES, MessageKind, State

BATCH = 50


@clause("HLP-5")
@transaction.atomic
def plan_follow_up(
    ticket_id: int,
    plan: Plan,
    *,
    due_at: datetime,
    words: str,
    to: Staff | None = None,
    told_client: bool = False,
    by: Actor,
    at: datetime,
    seen: int | None = None,
) -> FollowUp:
    """Plan a reminder (to: for whom, else for who plans it) or a message to the client. told_client: the client reads on the
    request by when we mean to come back; it is no promise of the contract, and no clock runs for it. Raises Refused."""
    person = require_person(by, "HLP-5", "plan a follow-up")
    if not words.strip():
        raise Refused("HLP-5", _("Write something first."))
    ticket = lock(ticket_id, seen=seen)
    _check(ticket, plan, due_at=due_at, at=at)
    row = FollowUp.objects.create(
        client_id=ticket.client_id,
        ticket=ticket,
        kind=plan,
        due_at=due_at,
        words=words.strip(),
        staff_id=to.pk if to is not None and plan == Plan.REMINDER else person,
        told_client=told_client,
        seen=newest_message(ticket),
        planned_by=by.label,
        planned_at=at,
    )
    kind = "follow-up promised" if told_client else "follow-up planned"
    _record(row, ticket, kind, by=by, at=at, client_visible=told_client, plan=str(plan))
    return row


def _check(ticket: Ticket, plan: Plan, *, due_at: datetime, at: datetime) -> None:
    """Refuse what may not be planned on the request as it stands."""
    check_plan(
        plan,
        due_at=due_at,
        at=at,
        ended=ticket.state in ENDED_STATES,
        clock_runs=ticket.acknowledged_at is None or running_due(ticket) is not None,
        planned=planned_on(ticket).count(),
    )


@transaction.atomic
def cancel_follow_up(ticket_id: int, follow_up_id: int, *, by: Actor, at: datetime) -> FollowUp:
    """Take a plan back before it is due, whoever made it. Raises Refused afterwards, FollowUp.DoesNotExist for another's."""
    require_person(by, "HLP-5", "cancel a follow-up")
    ticket = lock(ticket_id)
    row = FollowUp.objects.select_for_update().get(pk=follow_up_id, client_id=ticket.client_id, ticket=ticket)
    if row.state != PlanState.PLANNED:
        raise Refused("HLP-5", _("This follow-up is over already."))
    _end(row, PlanState.CANCELLED, at=at)
    _record(row, ticket, "follow-up cancelled", by=by, at=at, client_visible=row.told_client)
    return row


def _end(row: FollowUp, state: PlanState, *, at: datetime, outcome: str = "") -> None:
    row.state, row.ended_at, row.outcome = state, at, outcome
    row.save(update_fields=["state", "ended_at", "outcome", "words"])


def _record(
    row: FollowUp, ticket: Ticket, kind: str, *, by: Actor, at: datetime, client_visible: bool = False, **payload: str
) -> None:
    facts = {"follow_up": row.pk, "due": row.due_at.isoformat(), "when": london_banner(row.due_at), **payload}
    record(ticket, kind, by=by, at=at, client_visible=client_visible, **facts)


@sweep("planned follow-ups", every_seconds=15, clause="HLP-5", backlog=follow_ups_waiting)
@clause("HLP-5")
def do_follow_ups(at: datetime) -> int:
    """Remind of what is due, and send the messages that are still right. A request that somebody works on right now waits for
    the next round. A late sweep reminds of the true instant; a message counts from when it really went out."""
    due = FollowUp.objects.filter(state=PlanState.PLANNED, due_at__lte=at).order_by("due_at", "id")
    return sum(_do(pk, ticket_id, at) for pk, ticket_id in list(due.values_list("pk", "ticket_id")[:BATCH]))


def _do(follow_up_id: int, ticket_id: int, at: datetime) -> bool:
    """The ticket first, then the plan, as every other act locks them. False when another worker was quicker."""
    ticket = Ticket.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=ticket_id).first()
    if ticket is None:
        return False
    planned = FollowUp.objects.select_for_update(of=("self",)).select_related("staff", "ticket")
    row = planned.filter(pk=follow_up_id, state=PlanState.PLANNED).first()
    if row is None:
        return False
    if row.kind == Plan.REMINDER:
        _remind(row, ticket, at)
    else:
        _send(row, ticket, at)
    return True


def _remind(row: FollowUp, ticket: Ticket, at: datetime) -> None:
    """Tell the person, end a snooze, and take a request that waits for the client back to us."""
    _end(row, PlanState.DONE, at=at)
    if ticket.state not in ENDED_STATES:
        wake(ticket)
        if ticket.state == State.WAITING_CLIENT:
            move(ticket, back_to_us(ticket), at=at)
        settle(ticket, due_at=running_due(ticket))
    _record(row, ticket, "follow-up due", by=SYSTEM, at=row.due_at)
    _tell(row, ticket, row.due_at, at, _("%(ref)s %(subject)s: %(words)s"), row.words)


@clause("HLP-5", "CMP-6")
def _send(row: FollowUp, ticket: Ticket, at: datetime) -> None:
    """Publish the words in their author's name, unless what happened since makes them wrong: then tell the author."""
    client_wrote, colleague_answered = said_since(row)
    why = why_not_sent(
        ended=ticket.state in ENDED_STATES,
        clock_runs=ticket.acknowledged_at is None or running_due(ticket) is not None,
        client_wrote=client_wrote,
        colleague_answered=colleague_answered,
        author_left=not may_speak(row.staff, contract_day(at)),
    )
    if why:
        _end(row, PlanState.REFUSED, at=at, outcome=why)
        _record(row, ticket, "follow-up not sent", by=SYSTEM, at=at, why=why)
        _tell(row, ticket, at, at, _("Your planned message on %(ref)s was not sent: %(words)s."), why)
        return
    author = Actor(kind="staff", label=row.staff.label, staff_id=row.staff_id, user_id=row.staff.user_id)
    message = Message.objects.create(
        client_id=ticket.client_id, ticket=ticket, kind=MessageKind.REPLY, author_staff_id=row.staff_id,
        author_label=row.staff.label, body=row.words, written_at=row.planned_at, publish_at=at,
    )  # fmt: skip
    publish(message, ticket=ticket, by=author, at=at)
    row.words = ""
    _end(row, PlanState.DONE, at=at)
    _record(row, ticket, "follow-up sent", by=SYSTEM, at=at)


def _tell(row: FollowUp, ticket: Ticket, told_at: datetime, at: datetime, pattern: str, words: str) -> None:
    notify(
        whom_to_remind(row, contract_day(at)),
        kind=FOLLOW_UP,
        sentence=pattern % {"ref": ticket.ref, "subject": ticket.subject[:100], "words": words[:140]},
        at=told_at,
        key=f"follow-up {row.pk}",
        url=reverse("desk:ticket", args=[ticket.ref]),
        client_id=ticket.client_id,
    )
