"""Answers of staff: a reply with its ten seconds of undo, its publication, notes, and withdrawal from view."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.actions.alarms import clear_alarm
from portal.actions.notices import notify
from portal.actors import Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.files import Taken
from portal.models import Membership
from portal.queries.contract import calendar_at, worktime_of
from tickets.actions.answermail import mail_answer
from tickets.actions.base import EditConflict, is_accepted, lock, record, require_staff, running_due, settle
from tickets.actions.checklist import check_steps_done
from tickets.actions.intake import attach
from tickets.actions.telling import tell_answered
from tickets.actions.watching import copy_to_watchers
from tickets.actions.work import move_and_stamp, not_to_microsoft
from tickets.models import Message, ResponseClock, Ticket
from tickets.queries.people import staff_on
from tickets.queries.related import merged_here
from tickets.rules.answertimes import answer_times
from tickets.rules.life import check_move, publish_at
from tickets.rules.mentions import mentioned
from tickets.rules.noticelist import MENTIONED
from tickets.rules.promise import MISSED, is_response, verdict
from tickets.rules.states import MessageKind, State


@clause("HLP-5")
@transaction.atomic
def reply(
    ticket_id: int,
    body: str,
    *,
    by: Actor,
    at: datetime,
    seen: int | None = None,
    then: State | None = None,
    files: Sequence[Taken] = (),
    after: int | None = None,
) -> Message:
    """Write a public reply. It is published after ten seconds unless undone, at once if the promise would not wait.

    then: the state that the ticket takes when the reply is published. Replying to an unassigned ticket assigns it.
    after: the newest message that the writer saw; a colleague's reply since then raises EditConflict. Without it any reply
    that still waits to go out does: nobody sees it in the ticket's version yet.
    """
    require_staff(by, "HLP-5", "reply here")
    ticket = lock(ticket_id, seen=seen)
    if _answered_since(ticket, after, by):
        raise EditConflict(ticket, after or 0)
    if ticket.state == State.MERGED:
        raise Refused("HLP-5", _("This request was merged into another. Please answer there."))
    if then is not None:
        _check_then(ticket, then)
    message = _staff_message(ticket, MessageKind.REPLY, body, by=by, at=at, then=then, due_at=running_due(ticket))
    attach(message, files, by=by, at=at)
    if ticket.assignee_id is None and by.staff_id is not None:
        ticket.assignee_id, ticket.assigned_at = by.staff_id, at
        settle(ticket, "assignee", "assigned_at", due_at=running_due(ticket))
    if message.publish_at is not None and message.publish_at <= at:
        publish(message, ticket=ticket, by=by, at=at)
    return message


def _answered_since(ticket: Ticket, after: int | None, by: Actor) -> bool:
    """Whether a colleague answered, or is about to, after this message; without one, whether one is about to."""
    replies = Message.objects.filter(client_id=ticket.client_id, ticket=ticket, kind=MessageKind.REPLY)
    others = replies.exclude(author_staff_id=by.staff_id).filter(author_staff__isnull=False, withdrawn_at__isnull=True)
    since = others.filter(published_at__isnull=True) if after is None else others.filter(pk__gt=after)
    return since.exists()


def _check_then(ticket: Ticket, then: State) -> None:
    if then != ticket.state:
        not_to_microsoft(then)
        if then == State.RESOLVED:
            check_steps_done(ticket)
        check_move(State(ticket.state), then, accepted=is_accepted(ticket))


def _staff_message(
    ticket: Ticket,
    kind: MessageKind,
    body: str,
    *,
    by: Actor,
    at: datetime,
    then: State | None = None,
    due_at: datetime | None = None,
) -> Message:
    if not body.strip():
        raise Refused("HLP-5", _("Write something first."))
    return Message.objects.create(
        client_id=ticket.client_id,
        ticket=ticket,
        kind=kind,
        author_staff_id=by.staff_id,
        author_label=by.label,
        body=body,
        written_at=at,
        publish_at=publish_at(written_at=at, due_at=due_at) if kind == MessageKind.REPLY else None,
        then_state=then or "",
    )


@transaction.atomic
def undo_reply(message_id: int, *, by: Actor, at: datetime) -> Message:
    """Take a reply back before it is published; its text goes back into the composer. Raises Refused afterwards."""
    message = Message.objects.select_for_update().get(pk=message_id, kind=MessageKind.REPLY)
    if message.author_staff_id != by.staff_id:
        raise Refused("HLP-5", _("Only the person who wrote the reply can undo it."))
    if message.published_at is not None:
        raise Refused("HLP-5", _("The reply has gone out already. You can withdraw it from view."))
    message.withdrawn_at, message.withdrawn_by, message.withdrawn_reason = at, by.label, "undone before it was sent"
    message.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    return message


@clause("HLP-3", "HLP-4", "HLP-5")
def publish(message: Message, *, ticket: Ticket, by: Actor, at: datetime) -> None:
    """Show a reply to the client and mail it. The first one by a person meets the response clock; an automatic one does not (D5).

    The ticket is locked by the caller.
    """
    message.client_visible, message.published_at = True, at
    message.save(update_fields=["client_visible", "published_at"])
    by_a_person = message.author_staff_id is not None
    answers = is_response(MessageKind(message.kind), by_a_person=by_a_person, public=message.client_visible)
    first = answers and ticket.first_reply_at is None
    if answers:
        ticket.first_reply_at = ticket.first_reply_at or at
        ticket.last_staff_at, ticket.asked_at = at, None
        _meet_clock(ticket, at=at)
        clear_alarm(kind=MISSED, subject=ticket, by=by, at=at)
    merged = list(merged_here(ticket)) if answers else []
    for one in merged:
        _answer_merged(one, ticket, by=by, at=at)
    not_moved = _move_then(message, ticket, at=at)
    settle(
        ticket, "first_reply_at", "last_staff_at", "asked_at", "resolved_at", "closed_at", "close_due_at",
        due_at=running_due(ticket),
    )  # fmt: skip
    record(ticket, "reply published", by=by, at=at, message=message.pk, first=first, state=ticket.state, **not_moved)
    _settle_joined(ticket)
    asked = {ticket.requester_id, *(one.requester_id for one in merged)}
    for requester in Membership.objects.select_related("client").filter(pk__in=asked):
        mail_answer(message, ticket, requester, by=by, at=at)
    tell_answered(ticket, by=by, at=at)
    copy_to_watchers(message, ticket, merged, without=asked, by=by, at=at)


def _move_then(message: Message, ticket: Ticket, *, at: datetime) -> dict[str, Any]:
    """Move the ticket, in memory, as the writer wished. Somebody may have moved or merged it in the ten seconds: then it stays
    where they put it, the words go out all the same, and what was wished is returned for the record."""
    then = State(message.then_state) if message.then_state else None
    if then is None or then == ticket.state:
        return {}
    try:
        move_and_stamp(ticket, then, at=at)
    except Refused as refused:
        return {"not_moved_to": str(then), "because": refused.sentence}
    return {}


@clause("HLP-5")
def _settle_joined(ticket: Ticket) -> None:
    """A reply that was held while its request was merged goes to its own requester and meets its own clock (D24), so the
    other request waits for that promise no longer."""
    if ticket.merged_into_id is not None:
        joined = lock(ticket.merged_into_id)
        settle(joined, due_at=running_due(joined))


def _answer_merged(one: Ticket, ticket: Ticket, *, by: Actor, at: datetime) -> None:
    """The answer is delivered to who asked the merged request too, so it meets that one's own clock (D24)."""
    one.first_reply_at = one.first_reply_at or at
    one.save(update_fields=["first_reply_at"])
    _meet_clock(one, at=at)
    clear_alarm(kind=MISSED, subject=one, by=by, at=at)
    record(one, "answered with another", by=by, at=at, other=ticket.ref)


def _meet_clock(ticket: Ticket, *, at: datetime) -> None:
    """Meet a running clock, and keep the breach as a fact of its own if the answer came too late."""
    clock = ResponseClock.objects.select_for_update().filter(client_id=ticket.client_id, ticket=ticket).first()
    if clock is not None and clock.met_at is None:
        judged = verdict(replied_at=at, started_at=clock.started_at, due_at=clock.due_at)
        clock.met_at, clock.next_at = judged.met_at, None
        clock.breached_at = clock.breached_at or judged.breached_at
        times = answer_times(
            received_at=ticket.received_at, started_at=clock.started_at, replied_at=at,
            calendar=worktime_of(clock.calendar),
        )  # fmt: skip
        clock.answer_seconds, clock.receipt_seconds = times.answer_seconds, times.receipt_seconds
        clock.save(update_fields=["met_at", "next_at", "breached_at", "answer_seconds", "receipt_seconds"])


@transaction.atomic
def note(ticket_id: int, body: str, *, by: Actor, at: datetime, files: Sequence[Taken] = ()) -> Message:
    """Write an internal note: never shown to the client, and never a response (D5)."""
    require_staff(by, "HLP-5", "write an internal note")
    ticket = lock(ticket_id)
    message = _staff_message(ticket, MessageKind.NOTE, body, by=by, at=at)
    attach(message, files, by=by, at=at)
    record(ticket, "note written", by=by, at=at, client_visible=False, message=message.pk)
    _tell_mentioned(message, ticket, by=by, at=at)
    return message


def _tell_mentioned(message: Message, ticket: Ticket, *, by: Actor, at: datetime) -> None:
    """A notice for each colleague whose name stands behind an @ in the note."""
    if "@" not in message.body:
        return
    people = {person.pk: person for person in staff_on(worktime_of(calendar_at(at)).local_date(at))}
    people.pop(by.staff_id or 0, None)
    named = mentioned(message.body, {key: person.label for key, person in people.items()})
    notify(
        [people[key].user_id for key in named],
        kind=MENTIONED,
        sentence=_("%(who)s mentions you in a note on %(ref)s.") % {"who": by.label, "ref": ticket.ref},
        at=at,
        key=f"mention {message.pk}",
        url=f"{reverse('desk:ticket', args=[ticket.ref])}#m{message.pk}",
        client_id=ticket.client_id,
    )


@transaction.atomic
def withdraw_message(message_id: int, *, reason: str, by: Actor, at: datetime) -> Message:
    """Take a message out of the client's view. It is kept, with who withdrew it and why; the clock's facts stand."""
    require_staff(by, "ACC-6", "withdraw a message")
    if not reason.strip():
        raise Refused("ACC-6", _("Say why the message is withdrawn."))
    message = Message.objects.select_for_update().get(pk=message_id)
    if message.withdrawn_at is not None:
        raise Refused("ACC-6", _("This message is withdrawn already."))
    ticket = lock(message.ticket_id)
    message.client_visible = False
    message.withdrawn_at, message.withdrawn_by, message.withdrawn_reason = at, by.label, reason.strip()
    message.save(update_fields=["client_visible", "withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    settle(ticket, due_at=running_due(ticket))
    record(ticket, "message withdrawn", by=by, at=at, message=message.pk, reason=reason.strip())
    return message
