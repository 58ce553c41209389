"""Ready-made forms (LIA-3): what a form asks, the checklist of staff, and where it leads."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from portal.clauses import CLAUSES, clause
from portal.errors import Refused
from tickets.rules.dataaccess import Verb

MOST_FIELDS, MOST_STEPS, MOST_CHOICES = 30, 30, 30
LONGEST_LINE, LONGEST_TEXT = 200, 4000
LONGEST_PURPOSE = 500

Answers = Mapping[str, Any]


class Asks(StrEnum):
    """How a field is answered."""

    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"
    DATE = "date"
    PERSON = "person"
    EMAIL = "email"
    YES_NO = "yes_no"
    CHANGE = "change"
    AGREE = "agree"


class Leads(StrEnum):
    """What sending a form does besides raising the request."""

    NOTHING = "nothing"
    RESET = "reset"
    CORRECTION = "correction"
    FILES = "files"
    PROTECTION = "protection"
    STATEMENT = "statement"


class Needs(StrEnum):
    """What must be on record before a step can be ticked."""

    NOTHING = "nothing"
    IDENTITY = "identity"
    ACCESS = "access"


ASKS_WORDS = {
    Asks.LINE: gettext_lazy("One line"),
    Asks.TEXT: gettext_lazy("Several lines"),
    Asks.CHOICE: gettext_lazy("One of a list"),
    Asks.DATE: gettext_lazy("A date"),
    Asks.PERSON: gettext_lazy("A person of the client"),
    Asks.EMAIL: gettext_lazy("An e-mail address"),
    Asks.YES_NO: gettext_lazy("Yes or no"),
    Asks.CHANGE: gettext_lazy("Before and after"),
    Asks.AGREE: gettext_lazy("A sentence to agree to"),
}
LEADS_WORDS = {
    Leads.NOTHING: gettext_noop("An ordinary request."),
    Leads.RESET: gettext_noop("Sending it asks for access to the account; who asks is checked before the reset."),
    Leads.CORRECTION: gettext_noop("Sending it asks for access to the data, with the correction as its purpose."),
    Leads.FILES: gettext_noop("Sending it asks for access to the place, with the reason as its purpose."),
    Leads.PROTECTION: gettext_noop("A manager’s request is itself the recorded refusal of the protection."),
    Leads.STATEMENT: gettext_noop("The statement gives counts and dates only, and its price is agreed first."),
}
# A form that leads somewhere cannot do without these.
NEEDED: Mapping[Leads, Mapping[str, Asks]] = {
    Leads.RESET: {"person": Asks.PERSON, "what": Asks.CHOICE, "reason": Asks.TEXT},
    Leads.CORRECTION: {"person": Asks.PERSON, "place": Asks.LINE, "change": Asks.CHANGE, "reason": Asks.TEXT},
    Leads.FILES: {"person": Asks.PERSON, "place": Asks.LINE, "reason": Asks.TEXT},
    Leads.PROTECTION: {"agreed": Asks.AGREE},
}
# The parts in which an answer of two parts is given; every other is given under the question's own key.
OTHER, BEFORE, AFTER = "_name", "_before", "_after"
PARTS: Mapping[Asks, tuple[str, ...]] = {Asks.PERSON: ("", OTHER), Asks.CHANGE: (BEFORE, AFTER)}
# ACC-4 and LIA-3: nobody may be asked for these here, not even by mistake.
SECRET = re.compile(
    r"^(?:(?:the|your|their|new|old|current|initial|temporary|user|person)(?:['’]s)?\s+)*"
    r"(?:password|passcode|passphrase|pin|card number|security code|recovery codes?|sort code|bank account(?: number)?)"
    r"\W*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Field:
    """One question. most: characters, 0 for the usual; ahead: a date may not lie in the past; private: never in a template."""

    key: str
    label: str
    asks: Asks = Asks.LINE
    help: str = ""
    required: bool = True
    most: int = 0
    choices: tuple[str, ...] = ()
    ahead: bool = False
    private: bool = False

    @property
    def limit(self) -> int:
        """The most characters of an answer."""
        usual = LONGEST_TEXT if self.asks == Asks.TEXT else LONGEST_LINE
        return min(self.most, usual) if self.most else usual


@dataclass(frozen=True, slots=True)
class Step:
    """One step for staff. required: without it the request cannot be resolved."""

    key: str
    label: str
    required: bool = False
    needs: Needs = Needs.NOTHING


@dataclass(frozen=True, slots=True)
class Definition:
    """One version of a form. kind and area: what staff are offered when they accept and rule; clause and why: what it rests
    on; notice: what is said to the client before the questions."""

    name: str
    summary: str
    kind: str
    area: str
    clause: str
    why: str
    fields: tuple[Field, ...]
    steps: tuple[Step, ...] = ()
    notice: str = ""
    leads: Leads = Leads.NOTHING
    managers_only: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a definition: `part` is "fields", "steps" or a name of the face; place: which one, from 0."""

    part: str
    place: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """The access that a form asks for by being sent."""

    verb: Verb
    person: str
    member: int | None
    place: str
    purpose: str


def fields_json(fields: Sequence[Field]) -> list[dict[str, Any]]:
    """The questions as the database keeps them."""
    return [{**asdict(one), "asks": str(one.asks), "choices": list(one.choices)} for one in fields]


def steps_json(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """The checklist as the database keeps it."""
    return [{**asdict(one), "needs": str(one.needs)} for one in steps]


def fields_of(stored: Sequence[Mapping[str, Any]]) -> tuple[Field, ...]:
    """The questions, from what the database keeps."""
    return tuple(Field(**{**one, "asks": Asks(one["asks"]), "choices": tuple(one["choices"])}) for one in stored)


def steps_of(stored: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    """The checklist, from what the database keeps."""
    return tuple(Step(**{**one, "needs": Needs(one["needs"])}) for one in stored)


@clause("LIA-3", "ACC-4")
def faults_of(form: Definition) -> list[Fault]:
    """Everything that is wrong with a definition, each with its place and its cure."""
    faults = [*_face_faults(form), *_repeated("fields", form.fields), *_repeated("steps", form.steps)]
    for place, one in enumerate(form.fields):
        faults += [Fault("fields", place, sentence) for sentence in _field_faults(one)]
    return faults


def _face_faults(form: Definition) -> Iterator[Fault]:
    if form.clause not in CLAUSES:
        yield Fault("clause", 0, _("The contract has no such clause. Write it as LIA-3."))
    if not form.fields:
        yield Fault("fields", 0, _("Ask at least one question."))
    if len(form.fields) > MOST_FIELDS or len(form.steps) > MOST_STEPS:
        yield Fault("fields", 0, _("A form has at most 30 questions and 30 steps."))
    known = {one.key: one for one in form.fields}
    for key, asks in NEEDED.get(form.leads, {}).items():
        if key not in known or known[key].asks != asks:
            sentence = _("This form leads further, so it must keep its question “%(key)s” (%(asks)s).")
            yield Fault("fields", 0, sentence % {"key": key, "asks": ASKS_WORDS[asks]})
        elif not known[key].required:
            place = form.fields.index(known[key])
            yield Fault("fields", place, _("This form leads further, so this question must be answered. Mark it so."))


def names_of(one: Field) -> list[str]:
    """Under which names the answer to a question is given: a page has one field for each."""
    return [one.key + part for part in PARTS.get(one.asks, ("",))]


def with_needed(form: Definition) -> Definition:
    """The form as it is asked: what it cannot lead further without must be answered, also in versions that forgot it."""
    needed = NEEDED.get(form.leads, {})
    return replace(form, fields=tuple(replace(one, required=one.required or one.key in needed) for one in form.fields))


def _repeated(part: str, lines: Sequence[Field | Step]) -> Iterator[Fault]:
    seen, taken = set[str](), set[str]()
    for place, one in enumerate(lines):
        label = one.label.casefold()
        if label in seen:
            yield Fault(part, place, _("“%(label)s” stands there twice. Give it another name.") % {"label": one.label})
        seen.add(label)
    for place, one in enumerate(lines):
        names = {one.key, *names_of(one)} if isinstance(one, Field) else {one.key}
        if names & taken:
            yield Fault(part, place, _("Inside, this is called like another one. Remove it, and add it anew."))
        taken |= names


def _field_faults(one: Field) -> Iterator[str]:
    if SECRET.match(one.label.strip()):
        yield _("Never ask for a password, a code or bank details here. Ask for the person, and ring them.")
    if one.asks == Asks.CHOICE and not 2 <= len(one.choices) <= MOST_CHOICES:
        yield _("Give between 2 and 30 choices, one on each line.")
    if one.asks == Asks.CHOICE and len(set(one.choices)) < len(one.choices):
        yield _("One of the choices stands there twice.")
    if any(len(choice) > LONGEST_LINE for choice in one.choices):
        yield _("Keep each choice under 200 characters.")


@clause("LIA-3", "ACC-5", "ACC-7", "ODS-6")
def access_wanted(leads: Leads, answers: Answers) -> Wanted | None:
    """The access that the answers ask for, with its purpose; None for a form that touches none. Raises Refused."""
    if leads not in (Leads.RESET, Leads.CORRECTION, Leads.FILES):
        return None
    for key in NEEDED[leads]:
        if not answers.get(key):
            raise Refused("ODS-6", _("This form needs an answer to “%(key)s”.") % {"key": key})
    person = answers["person"]
    who, reason = str(person["label"]), " ".join(str(answers["reason"]).split())
    place = " ".join(str(answers.get("place", "")).split())
    match leads:
        case Leads.RESET:
            place = f"Account of {who}"
            purpose = f"Reset for {who}: {answers['what']}. {reason}"
        case Leads.CORRECTION:
            change = {key: " ".join(str(value).split())[:120] for key, value in answers["change"].items()}
            purpose = f"Correct “{change['before']}” to “{change['after']}”. {reason}"
        case _:
            purpose = f"Give access to {place} for {who}. {reason}"
    verb = Verb.FIX if leads == Leads.CORRECTION else Verb.ADMINISTER
    return Wanted(verb, who[:120], person["id"], place[:200], purpose[:LONGEST_PURPOSE])


@clause("EML-5")
def check_asker(form: Definition, *, is_manager: bool) -> None:
    """Raises Refused for somebody who is no manager where only one may ask."""
    if form.managers_only and not is_manager:
        raise Refused(form.clause, _("Only a manager of your organisation can send this form. Please ask one of them."))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a checklist is: how many steps are open, and how many of these must be done before the request ends."""

    open: int
    required: int


@clause("LIA-3")
def progress(steps: Sequence[Step], done: Mapping[str, bool]) -> Progress:
    """done: for each step that was ever ticked, whether it is ticked now."""
    waiting = [one for one in steps if not done.get(one.key)]
    return Progress(len(waiting), sum(one.required for one in waiting))


@clause("LIA-3")
def check_may_end(required: int) -> None:
    """Raises Refused while a step is open that the form marks as required."""
    if required:
        words = _("A required step of the checklist is still open. Tick it first, beside the request.")
        if required > 1:
            words = _(
                "%(required)s required steps of the checklist are still open. Tick them first, beside the request."
            )
        raise Refused("LIA-3", words % {"required": required})


@dataclass
class Keys:
    """Gives each new line a key of its own, from its label."""

    taken: set[str] = field(default_factory=set)

    def new(self, label: str, asks: Asks = Asks.LINE) -> str:
        """A key that no other line has, nor any part of it: at most 40 letters, digits and underscores."""
        plain = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:36] or "line"
        ends = {"", *PARTS.get(asks, ())}
        wanted = (plain, *(f"{plain}_{number}" for number in range(2, 1000)))
        key = next(one for one in wanted if not self.taken & {one + end for end in ends})
        self.taken |= {key + end for end in ends}
        return key
