"""What was answered in a ready-made form (LIA-3): in words, as a message, and as a template keeps it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from portal.clauses import clause
from tickets.rules.requestforms import LONGEST_LINE, Answers, Asks, Field


@dataclass(frozen=True, slots=True)
class Said:
    """One answer in words; `before` only where something is to change."""

    label: str
    words: str
    before: str = ""


def shown(one: Field, value: Any) -> Said:
    """One answer in words; an em dash where nothing was said."""
    if value is None or value == "":
        return Said(one.label, "–")
    match one.asks:
        case Asks.DATE:
            day = date.fromisoformat(value)
            return Said(one.label, f"{day.day} {day:%B %Y}")
        case Asks.PERSON:
            return Said(one.label, str(value["label"]))
        case Asks.YES_NO:
            return Said(one.label, _("Yes") if value else _("No"))
        case Asks.AGREE:
            return Said(one.label, _("Agreed"))
        case Asks.CHANGE:
            return Said(one.label, str(value["after"]) or "–", before=str(value["before"]) or "–")
    return Said(one.label, str(value))


def answers_in_words(fields: Sequence[Field], answers: Answers) -> list[Said]:
    """Every question with its answer, in the form's order."""
    return [shown(one, answers.get(one.key)) for one in fields]


def as_text(fields: Sequence[Field], answers: Answers) -> str:
    """The answers as the first message of the request: readable without the form."""
    return "\n\n".join(_paragraph(said) for said in answers_in_words(fields, answers) if said.words != "–")


def _paragraph(said: Said) -> str:
    if said.before:
        return _("%(label)s\nBefore: %(before)s\nAfter: %(after)s") % {
            "label": said.label, "before": said.before, "after": said.words
        }  # fmt: skip
    joint = " " if said.label.endswith(("?", ":", ".")) else ": "
    return f"{said.label}\n{said.words}" if "\n" in said.words else f"{said.label}{joint}{said.words}"


def subject_of(name: str, fields: Sequence[Field], answers: Answers) -> str:
    """The request's subject, at most 200 characters: the form's name, and whom or what it is about."""
    about = (one for one in fields if one.asks in (Asks.PERSON, Asks.LINE) and answers.get(one.key))
    first = next(about, None)
    words = f"{name}: {shown(first, answers[first.key]).words}" if first else name
    return words if len(words) <= LONGEST_LINE else words[: LONGEST_LINE - 1] + "…"


def person_in(answers: Answers) -> str:
    """The name of whom the form is about; "" when it names nobody."""
    person = answers.get("person")
    return str(person["label"]) if isinstance(person, Mapping) else ""


@clause("ACC-4")
def kept_for_template(fields: Sequence[Field], answers: Answers) -> dict[str, Any]:
    """What a template keeps: nothing private, and no agreement, which is given each time."""
    kept = (one for one in fields if not one.private and one.asks != Asks.AGREE)
    return {one.key: answers[one.key] for one in kept if one.key in answers}


def still_fitting(fields: Sequence[Field], then: Sequence[Field], answers: Answers) -> dict[str, Any]:
    """Of answers to an earlier version, those that the present questions still take."""
    asked = {one.key: one for one in then}
    return {
        one.key: answers[one.key]
        for one in fields
        if one.key in answers and one.key in asked and asked[one.key].asks == one.asks and takes(one, answers[one.key])
    }


def takes(one: Field, value: Any) -> bool:
    """Whether a choice is still offered; every other kind of answer stays an answer."""
    return one.asks != Asks.CHOICE or value in one.choices
