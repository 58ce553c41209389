"""The same act on many requests: each its own transition with its own trail, the results listed, undone for ten minutes."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.actors import Actor
from portal.errors import Refused
from portal.models import Staff
from portal.queries.contract import calendar_at, worktime_of
from tickets.actions.base import EditConflict, require_staff
from tickets.actions.triage import mark
from tickets.actions.work import assign
from tickets.models import BulkAct, Ticket
from tickets.queries.people import nda_of
from tickets.rules.states import BulkKind, Priority
from tickets.rules.triage import MOST_AT_ONCE, UNDO_BULK, plain_tags

CLAUSE = "HLP-9"
Line = dict[str, Any]


@transaction.atomic
def act_on_many(ticket_ids: Sequence[int], kind: BulkKind, value: str, *, by: Actor, at: datetime) -> BulkAct:
    """Assign (value: a staff key, or "" for nobody), set the priority, or add a tag. One refusal stops no other.

    Raises Refused when nothing or too much is chosen, or for somebody who is not staff.
    """
    require_staff(by, CLAUSE, "act on many requests")
    if not 0 < len(set(ticket_ids)) <= MOST_AT_ONCE:
        raise Refused(CLAUSE, _("Choose between one and %(MOST_AT_ONCE)s requests.") % {"MOST_AT_ONCE": MOST_AT_ONCE})
    # Locked in the order of their keys, so that two such acts never wait for each other; and before they are read, so that
    # nothing is put back that a colleague changes meanwhile.
    chosen = Ticket.objects.filter(pk__in=ticket_ids).defer("search").order_by("pk")
    tickets = list(chosen.select_for_update(of=("self",)))
    lines = [_line(ticket, partial(_do, ticket, kind, value, by=by, at=at)) for ticket in tickets]
    return BulkAct.objects.create(kind=kind, by_staff_id=by.staff_id or 0, made_at=at, lines=lines)


def _do(ticket: Ticket, kind: BulkKind, value: str, *, by: Actor, at: datetime) -> Ticket:
    if kind == BulkKind.ASSIGN:
        return assign(ticket.pk, to=colleague(value, at) if value else None, by=by, at=at)
    if kind == BulkKind.PRIORITY:
        return mark(ticket.pk, priority=Priority(value), tags=ticket.tags, by=by, at=at)
    tags = plain_tags(",".join([*ticket.tags, value]))
    return mark(ticket.pk, priority=Priority(ticket.priority), tags=tags, by=by, at=at)


def colleague(key: str, at: datetime) -> Staff:
    """Whom to give them to. Raises Refused for a colleague without an NDA on that day, as the database would (CMP-6)."""
    person = Staff.objects.get(pk=key)
    if nda_of(person.pk, worktime_of(calendar_at(at)).local_date(at)) is None:
        raise Refused("CMP-6", _("%(label)s has no valid non-disclosure agreement.") % {"label": person.label})
    return person


def _line(ticket: Ticket, act: Callable[[], Ticket]) -> Line:
    """Do it in its own savepoint, and say how it went; before: what the undo puts back."""
    before = {"assignee": ticket.assignee_id, "priority": ticket.priority, "tags": ticket.tags}
    line: Line = {"ticket": ticket.pk, "ref": ticket.ref, "subject": ticket.subject, "before": before, "problem": ""}
    try:
        with transaction.atomic():
            return line | {"version": act().version}
    except Refused as refused:
        return line | {"version": None, "problem": refused.sentence}


@transaction.atomic
def undo_many(act_id: int, *, by: Actor, at: datetime) -> BulkAct:
    """Put back what one's own act changed, for ten minutes; requests that somebody changed since then stay as they are.

    Raises Refused, and BulkAct.DoesNotExist for a colleague's act.
    """
    require_staff(by, CLAUSE, "undo an act on many requests")
    act = BulkAct.objects.select_for_update().get(pk=act_id, by_staff_id=by.staff_id or 0)
    if act.undone_at is not None:
        raise Refused(CLAUSE, _("This was undone already."))
    if at > act.made_at + UNDO_BULK:
        raise Refused(CLAUSE, _("It can be undone for ten minutes only."))
    act.lines = [_put_back(line, BulkKind(act.kind), by=by, at=at) if line["version"] else line for line in act.lines]
    act.undone_at = at
    act.save(update_fields=["lines", "undone_at"])
    return act


def _put_back(line: Line, kind: BulkKind, *, by: Actor, at: datetime) -> Line:
    before, seen = line["before"], line["version"]
    try:
        with transaction.atomic():
            if kind == BulkKind.ASSIGN:
                to = Staff.objects.filter(pk=before["assignee"] or 0).first()
                assign(line["ticket"], to=to, by=by, at=at, seen=seen)
            else:
                priority, tags = Priority(before["priority"]), before["tags"]
                mark(line["ticket"], priority=priority, tags=tags, by=by, at=at, seen=seen)
    except EditConflict:
        return line | {"problem": _("Changed since then, so it stays as it is.")}
    return line
