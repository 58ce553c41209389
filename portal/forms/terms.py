"""The form for a new version of the terms: every decision that a supplier may set otherwise."""

from dataclasses import fields
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.forms.fields import day, line, paragraph
from portal.models import WorkingCalendar
from portal.terms import DECISIONS, SECOND_PERSON, BadTerms, TermsParameters
from portal.worktime.calendar import DAY_NAMES

# What the working calendar says, and what is built into the portal: another number here would be an empty promise.
FROM_CALENDAR = frozenset({"tz", "days", "hours", "country", "subdivision"})
BUILT_IN = frozenset(
    {
        "support_target_working_minutes",
        "standard_target_working_days",
        "acknowledgement_target_seconds",
        "acknowledgement_alarm_seconds",
        "reopening_days",
    }
)
# Where a decision's sentence names a parameter by another word (portal.terms.decisions).
SAID_AS = {
    "reminder_days": "reminders",
    "second_person": "second",
    "second_person_waiting_hours": "second",
    "vat_percent": "vat",
}
OFFERED = [one for one in fields(TermsParameters) if one.name not in FROM_CALENDAR | BUILT_IN]


class VersionForm(forms.Form):
    """`parameters` is the result once it is valid; D1 follows the working calendar."""

    summary = paragraph(
        gettext_lazy("What changes, and why"),
        most=1000,
        help_text=gettext_lazy("Stands in the change log for everybody."),
    )
    reaccept_by = day(
        gettext_lazy("Ask managers to accept it, until"),
        required=False,
        help_text=gettext_lazy("Left empty: the version holds without their word. They are told by mail either way."),
    )
    parameters: TermsParameters

    def __init__(self, *args: Any, current: TermsParameters, calendar: WorkingCalendar, **given: Any) -> None:
        self.current, self.calendar = current, calendar
        given.setdefault("initial", {one.name: shown(getattr(current, one.name)) for one in OFFERED})
        super().__init__(*args, **given)
        for one in OFFERED:
            self.fields[one.name] = field_for(one.name, one.default)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if self.errors:
            return given
        try:
            values = {one.name: read(one.default, given[one.name]) for one in OFFERED}
            self.parameters = self.current.changed(**values, **hours_of(self.calendar))
        except ValueError as fault:
            problems = fault.problems if isinstance(fault, BadTerms) else {"reminder_days": _("Write days as 0, 3, 7.")}
            for name, sentence in problems.items():
                self.add_error(name if name in self.fields else None, sentence)
        return given


def field_for(name: str, usual: Any) -> forms.Field:
    """A field of the parameter's kind; its unit stands in its name, the question that it answers below it."""
    label, help_text = name.replace("_", " ").capitalize().replace("Vat", "VAT"), decision_of(name)
    if name == "second_person":
        choices = [(one, one.capitalize()) for one in SECOND_PERSON]
        return forms.ChoiceField(label=label, choices=choices, help_text=help_text)
    if isinstance(usual, tuple):
        return line(
            label,
            help_text=_("%(help_text)s Days after the due date, with commas between them.") % {"help_text": help_text},
        )
    if isinstance(usual, Decimal):
        return forms.DecimalField(
            label=label, help_text=help_text, min_value=0, max_value=100, max_digits=5, decimal_places=2
        )
    return forms.IntegerField(label=label, min_value=1, max_value=100_000, help_text=help_text)


def decision_of(name: str) -> str:
    """The decision in whose sentence the parameter stands, with its question."""
    word = SAID_AS.get(name, name)
    return next((f"{number}: {question}" for number, question, text in DECISIONS if f"{{{word}}}" in text), "")


def shown(value: Any) -> Any:
    """A parameter as the form shows it."""
    return ", ".join(str(one) for one in value) if isinstance(value, tuple) else value


def read(usual: Any, given: Any) -> Any:
    """What was typed as the parameter's kind. Raises ValueError for days that are no numbers."""
    return tuple(int(one) for one in str(given).split(",")) if isinstance(usual, tuple) else given


def hours_of(row: WorkingCalendar) -> dict[str, str]:
    """D1 as the working calendar has it."""
    return {
        "tz": row.tz,
        "days": ",".join(DAY_NAMES[number][:3] for number in row.days),
        "hours": ",".join("-".join(span) for span in row.hours),
        "country": row.country,
        "subdivision": row.subdivision,
    }
