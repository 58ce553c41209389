"""Macros: a named set of acts that staff play on a request with one choice. What one may hold, and what it would change."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portal.errors import Refused
from tickets.rules.states import State
from tickets.rules.triage import plain_tags

CLAUSE = "HLP-9"
# Every other state has an act of its own that asks for more: an acceptance, a sentence, a case at Microsoft, a charge.
STATES = (State.IN_PROGRESS, State.WAITING_CLIENT, State.RESOLVED, State.CLOSED)


class Assign(StrEnum):
    """To whom a macro gives the request: who plays it, nobody, or a colleague whom it names."""

    ME = "me"
    NOBODY = "nobody"
    PERSON = "person"


class Act(StrEnum):
    """The acts of a macro, in the order in which they are played: each is one that staff have by hand."""

    CORRECT = "correct"
    MARK = "mark"
    ASSIGN = "assign"
    MOVE = "move"
    DRAFT = "draft"


ACT_WORDS = {
    Act.CORRECT: gettext_noop("Kind and product"),
    Act.MARK: gettext_noop("Priority and tags"),
    Act.ASSIGN: gettext_noop("Assign"),
    Act.MOVE: gettext_noop("Move"),
    Act.DRAFT: gettext_noop("Words as a draft"),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a macro may change on a request. Products and people are keys; None says that there is none."""

    kind: str | None
    product: int | None
    priority: str
    tags: tuple[str, ...]
    assignee: int | None
    state: str


@dataclass(frozen=True, slots=True)
class MacroPlan:
    """What a macro says. "" and None leave things as they are; person: with Assign.PERSON alone; answer: a saved answer."""

    kind: str = ""
    product: int | None = None
    priority: str = ""
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    assign: str = ""
    person: int | None = None
    state: str = ""
    answer: int | None = None


def check_plan(plan: MacroPlan) -> None:
    """Refuse a macro that does nothing, contradicts itself, or moves where another act is needed."""
    if plan == MacroPlan():
        raise Refused(CLAUSE, _("Choose at least one thing that it does."))
    both = [tag for tag in plan.add_tags if tag in plan.remove_tags]
    if both:
        raise Refused(CLAUSE, _("It cannot both add and remove the tag “%(tag)s”.") % {"tag": both[0]})
    if (plan.assign == Assign.PERSON) != (plan.person is not None):
        raise Refused(CLAUSE, _("Choose the colleague, or somebody else to assign to."))
    if plan.state and plan.state not in STATES:
        raise Refused(CLAUSE, _("A macro cannot move a request there: that takes an act of its own."))


def wanted(plan: MacroPlan, now: Facts, me: int) -> Facts:
    """The request as the macro would leave it. me: the key of who plays it. Raises Refused for too many tags."""
    assignee = {Assign.ME: me, Assign.NOBODY: None, Assign.PERSON: plan.person}
    then = replace(
        now,
        kind=plan.kind or now.kind,
        product=plan.product or now.product,
        priority=plan.priority or now.priority,
        state=plan.state or now.state,
    )
    if plan.add_tags or plan.remove_tags:
        kept = [tag for tag in (*now.tags, *plan.add_tags) if tag not in plan.remove_tags]
        then = replace(then, tags=tuple(plain_tags(",".join(kept))))
    return replace(then, assignee=assignee[Assign(plan.assign)]) if plan.assign else then


def acts_of(now: Facts, then: Facts, *, words: bool) -> list[Act]:
    """Which acts lead from one to the other, in their order: what is so already is not done again. words: it has a draft."""
    differs = {
        Act.CORRECT: (now.kind, now.product) != (then.kind, then.product),
        Act.MARK: (now.priority, now.tags) != (then.priority, then.tags),
        Act.ASSIGN: now.assignee != then.assignee,
        Act.MOVE: now.state != then.state,
        Act.DRAFT: words,
    }
    return [act for act in Act if differs[act]]


def refusal(act: Act, sentence: str) -> str:
    """Why a macro was not played: the act that was refused, in plain words. Nothing of it is done then."""
    return _("%(act)s: %(sentence)s Nothing of the macro was done.") % {"act": _(ACT_WORDS[act]), "sentence": sentence}


def with_words(draft: str, words: str) -> str:
    """A draft with the words of an answer behind it; once, however often the macro is played."""
    return draft if words in draft else "\n\n".join(part for part in (draft, words) if part)


def label_of_tags(plan: MacroPlan) -> Sequence[str]:
    """The tags as a list shows them: + outlook, − vip."""
    return [*(f"+ {tag}" for tag in plan.add_tags), *(f"− {tag}" for tag in plan.remove_tags)]
