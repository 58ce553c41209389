"""The sweep that sends a problem's words to its requests, one by one, and puts back what an undo wants back."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.actors import Actor
from portal.clauses import clause
from portal.errors import Refused, sentence_of
from portal.jobs import sweep
from tickets.actions.base import EditConflict, lock, record, restore, running_due, settle
from tickets.actions.replies import publish, reply
from tickets.models import Message, ProblemAnswer, ProblemUpdate
from tickets.queries.problems import answers_due, answers_waiting
from tickets.rules.problems import AnswerState
from tickets.rules.states import ENDED_STATES, MessageKind, State

BATCH = 25
# A colleague's reply is held for ten seconds. Only a portal that stands still takes so much longer to send it.
AGAIN, LONGEST_WAIT = timedelta(seconds=3), timedelta(minutes=1)
CHANGED = ["state", "due_at", "message", "before_state", "version", "sentence"]


@sweep("answers of problems", every_seconds=3, clause="HLP-5", backlog=answers_waiting)
@clause("HLP-5")
def send_answers(at: datetime) -> int:
    """Answer the next requests, each in its own savepoint by the ordinary reply: one refusal stops no other, and is kept.

    The reply counts for a request from the instant in which it is published there, and for no other request (D24).
    """
    due = answers_due(at).select_related("update").order_by("due_at", "id")
    rows = list(due.select_for_update(of=("self",), skip_locked=True)[:BATCH])
    for row in rows:
        if row.state == AnswerState.UNDOING:
            _put_back(row, at)
        else:
            _send(row, at)
        row.save(update_fields=CHANGED)
    return len(rows)


def _author(update: ProblemUpdate) -> Actor:
    """The person who wrote the words: the portal only carries them."""
    return Actor(kind="staff", label=update.by_label, staff_id=update.by_staff_id)


def _send(row: ProblemAnswer, at: datetime) -> None:
    try:
        with transaction.atomic():
            _answer(row, at)
    except EditConflict:
        _wait(row, at)
    except Refused as refused:
        refuse(row, refused.sentence)
    except IntegrityError as error:
        refuse(row, sentence_of(error))


def _wait(row: ProblemAnswer, at: datetime) -> None:
    """Leave it for a round in some seconds: a colleague's reply is about to go out there, or may still be taken back."""
    if at >= row.update.goes_out_at + LONGEST_WAIT:
        refuse(row, _("A colleague was answering it just then, so it got no second answer."))
        return
    row.due_at, row.before_state = at + AGAIN, ""


def refuse(row: ProblemAnswer, sentence: str) -> None:
    row.state, row.message, row.version, row.sentence = AnswerState.REFUSED, None, None, sentence[:300]


def _answer(row: ProblemAnswer, at: datetime) -> None:
    ticket, by = lock(row.ticket_id), _author(row.update)
    if ticket.state in ENDED_STATES:
        raise Refused("HLP-5", _("It was finished meanwhile, so it is left alone."))
    row.before_state = ticket.state
    if second := _colleague_answered(row):
        row.sentence = _(
            "A colleague answered it in the same moment. These words followed as a second message and changed nothing else:"
            " look whether the two fit together."
        )
    then = State.RESOLVED if row.update.resolve and not second else None
    message = reply(ticket.pk, row.update.body, by=by, at=at, then=then)
    if message.published_at is None:
        publish(message, ticket=lock(ticket.pk), by=by, at=at)
    row.state, row.message, row.version = AnswerState.POSTED, message, lock(ticket.pk).version


def _colleague_answered(row: ProblemAnswer) -> bool:
    """Whether somebody else's own answer went out here after the words were written, held or not. The client needs both: the
    news is said nowhere else. But who asks something back, or disagrees, is not overruled by an end that knew nothing of it.
    """
    update = row.update
    replies = Message.objects.filter(client_id=row.client_id, ticket_id=row.ticket_id, kind=MessageKind.REPLY)
    others = replies.filter(author_staff__isnull=False).exclude(author_staff_id=update.by_staff_id)
    # Another colleague's words to the whole problem stand on the same page.
    own = others.filter(published_at__gte=update.made_at, withdrawn_at__isnull=True, problem_answers__isnull=True)
    return own.exists()


def _put_back(row: ProblemAnswer, at: datetime) -> None:
    """Open a request again that the words resolved, unless somebody changed it since then. The words stay."""
    ticket = lock(row.ticket_id)
    row.state = AnswerState.POSTED
    if ticket.version != row.version or ticket.state != State.RESOLVED:
        row.sentence = _("Changed since then, so it stays as it is.")
        return
    restore(ticket, State(row.before_state), at=at)
    ticket.resolved_at, ticket.close_due_at = None, None
    settle(ticket, "resolved_at", "close_due_at", due_at=running_due(ticket))
    row.sentence = _("Open again, as it was before.")
    record(ticket, "resolution undone", by=_author(row.update), at=at)
