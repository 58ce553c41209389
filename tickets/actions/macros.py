"""Macros: kept by staff for themselves or, by leads, for everybody, and played on a request in one transaction."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal import audit
from portal.actors import Actor
from portal.clauses import clause
from portal.errors import Refused, sentence_of
from portal.models import Product, Staff
from portal.queries.people import contract_day
from portal.rules.states import Grade
from tickets.actions.base import lock, record, require_person
from tickets.actions.bulk import colleague
from tickets.actions.desk import save_draft
from tickets.actions.triage import mark
from tickets.actions.work import assign, change_state, correct
from tickets.models import SavedMacro, Ticket
from tickets.queries.desk import answers_for, draft_of, macros_for, values_of
from tickets.queries.people import staff_on
from tickets.rules.answers import filled
from tickets.rules.macros import Act, Facts, MacroPlan, acts_of, check_plan, refusal, wanted, with_words
from tickets.rules.states import Kind, MessageKind, Priority, State

CLAUSE = "HLP-9"
Done = TypeVar("Done")


@transaction.atomic
def save_macro(
    *, label: str, plan: MacroPlan, shared: bool, by: Actor, at: datetime, macro_id: int | None = None
) -> SavedMacro:
    """Keep a macro, or change one; those of everybody are the leads'. Raises Refused, and SavedMacro.DoesNotExist."""
    staff_id = require_person(by, CLAUSE, _("save a macro"))
    check_plan(plan)
    macro = _own_macro(macro_id, by) if macro_id else SavedMacro(made_by=by.label)
    owner = None if shared else staff_id
    _check_shared(owner, by)
    _check_answer(plan, shared, by)
    taken = SavedMacro.objects.filter(owner_id=owner, label=label, retired_at__isnull=True).exclude(pk=macro_id or 0)
    if taken.exists():
        raise Refused(CLAUSE, _("There is a macro called “%(label)s” already.") % {"label": label})
    said = asdict(plan)
    macro.label, macro.owner_id, macro.changed_at = label, owner, at
    macro.product_id, macro.person_id, macro.answer_id = plan.product, plan.person, plan.answer
    macro.kind, macro.priority, macro.assign, macro.state = plan.kind, plan.priority, plan.assign, plan.state
    macro.add_tags, macro.remove_tags = list(plan.add_tags), list(plan.remove_tags)
    macro.save()
    audit.record("macro saved", by=by, at=at, client_id=None, subject=macro, payload={"label": label, **said})
    return macro


@transaction.atomic
def retire_macro(macro_id: int, *, by: Actor, at: datetime) -> SavedMacro:
    """Take a macro out of use; what was done with it stays. Raises Refused for everybody's, except to leads."""
    require_person(by, CLAUSE, _("retire a macro"))
    macro = _own_macro(macro_id, by)
    macro.retired_at = at
    macro.save(update_fields=["retired_at"])
    audit.record("macro retired", by=by, at=at, client_id=None, subject=macro, payload={"label": macro.label})
    return macro


def _own_macro(macro_id: int, by: Actor) -> SavedMacro:
    """One that the person may change, locked. Raises SavedMacro.DoesNotExist for a colleague's own, and Refused."""
    macro = macros_for(by).select_for_update(of=("self",)).get(pk=macro_id)
    _check_shared(macro.owner_id, by)
    return macro


def _check_shared(owner_id: int | None, by: Actor) -> None:
    if owner_id is None and by.role == Grade.AGENT:
        raise Refused(CLAUSE, _("A lead keeps the macros that everybody may play. Keep one for yourself instead."))


def _check_answer(plan: MacroPlan, shared: bool, by: Actor) -> None:
    """Refuse an answer that whoever plays the macro could not use."""
    if plan.answer is None:
        return
    answer = answers_for(by).filter(pk=plan.answer).first()
    if answer is None or (shared and answer.owner_id is not None):
        raise Refused(CLAUSE, _("Its words must be a saved answer that everybody who plays it may use."))


@clause("HLP-9")
@transaction.atomic
def play_macro(ticket_id: int, macro_id: int, version: int | None, *, by: Actor, at: datetime) -> Ticket:
    """Do what the macro says, as the person could by hand and by the same rules: all of it or nothing.

    Words of a saved answer stand in the composer afterwards; sending them stays a person's act (D5). Raises Refused with
    the act that was refused, EditConflict, and SavedMacro.DoesNotExist for one that the person may not play.
    """
    me = require_person(by, CLAUSE, _("play a macro"))
    macro = macros_for(by).get(pk=macro_id)
    ticket, plan = lock(ticket_id, seen=version), macro.plan()
    now = facts_of(ticket)
    then = _judged(Act.MARK, lambda: wanted(plan, now, me))
    acts = acts_of(now, then, words=plan.answer is not None)
    record(
        ticket, "macro played", by=by, at=at, client_visible=False, macro=macro.label, acts=[str(act) for act in acts]
    )
    for act in acts:
        _judged(act, partial(_PLAYED[act], ticket, macro, then, by, at))
    return lock(ticket_id)


def facts_of(ticket: Ticket) -> Facts:
    """What a macro may change, as the request has it now."""
    return Facts(
        ticket.kind, ticket.product_id, ticket.priority, tuple(ticket.tags), ticket.assignee_id, ticket.state
    )  # fmt: skip


def _judged(act: Act, do: Callable[[], Done]) -> Done:
    """Do one act. Raises Refused with its name before the sentence, whether a rule or the database refused it."""
    try:
        return do()
    except Refused as refused:
        raise Refused(refused.clause, refusal(act, refused.sentence)) from refused
    except IntegrityError as error:
        raise Refused(CLAUSE, refusal(act, sentence_of(error))) from error


def _correct(ticket: Ticket, macro: SavedMacro, then: Facts, by: Actor, at: datetime) -> None:
    product = Product.objects.filter(pk=then.product or 0).first()
    kind = Kind(then.kind) if then.kind else None
    correct(ticket.pk, subject=ticket.subject, kind=kind, product=product, by=by, at=at)


def _mark(ticket: Ticket, macro: SavedMacro, then: Facts, by: Actor, at: datetime) -> None:
    mark(ticket.pk, priority=Priority(then.priority), tags=then.tags, by=by, at=at)


def _assign(ticket: Ticket, macro: SavedMacro, then: Facts, by: Actor, at: datetime) -> None:
    assign(ticket.pk, to=_at_work(then.assignee, at) if then.assignee else None, by=by, at=at)


def _at_work(staff_id: int, at: datetime) -> Staff:
    """A colleague who may be given work on that day. Raises Refused for one who has left, and as `bulk.colleague` does."""
    if not staff_on(contract_day(at)).filter(pk=staff_id).exists():
        raise Refused("ACC-6", _("The colleague whom it names no longer works here."))
    return colleague(str(staff_id), at)


def _move(ticket: Ticket, macro: SavedMacro, then: Facts, by: Actor, at: datetime) -> None:
    change_state(ticket.pk, State(then.state), by=by, at=at)


def _draft(ticket: Ticket, macro: SavedMacro, then: Facts, by: Actor, at: datetime) -> None:
    """Put the words behind what the person has typed already."""
    answer = answers_for(by).filter(pk=macro.answer_id or 0).first()
    if answer is None:
        raise Refused(CLAUSE, _("Its saved answer is no longer offered."))
    old = draft_of(ticket, by)
    words = with_words(old.body if old else "", filled(answer.body, values_of(ticket, by.label)))
    save_draft(ticket, words, MessageKind(old.kind) if old else MessageKind.REPLY, by=by, at=at)


_PLAYED: dict[Act, Callable[[Ticket, SavedMacro, Facts, Actor, datetime], None]] = {
    Act.CORRECT: _correct,
    Act.MARK: _mark,
    Act.ASSIGN: _assign,
    Act.MOVE: _move,
    Act.DRAFT: _draft,
}
