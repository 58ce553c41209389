"""Forms about the supplier's people."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from portal.actions.staff import SignedNda
from portal.forms.fields import LowerEmailField, day, line, person_name
from portal.models import Staff
from portal.rules.states import Grade

GRADES = [
    (Grade.AGENT.value, "Agent: works on requests"),
    (Grade.LEAD.value, "Lead: also creates clients and sees the staff pages"),
    (Grade.ADMIN.value, "Admin: also manages staff and the supplier's details"),
]


class StaffForm(forms.Form):
    """A new colleague."""

    name = person_name()
    email = LowerEmailField()
    grade = forms.ChoiceField(label="Grade", choices=GRADES, widget=forms.RadioSelect, initial=Grade.AGENT)


class GradeForm(forms.Form):
    grade = forms.ChoiceField(label="Grade", choices=[(grade.value, grade.capitalize()) for grade in Grade])


class LeaveForm(forms.Form):
    day = day("First day without access", help_text="Today ends their sessions at once and returns their open work.")


class AbsenceForm(forms.Form):
    """From when to when somebody is away, and who stands in."""

    first_day = day("First day away")
    last_day = day("Last day away")
    stand_in = forms.ChoiceField(label="Stand-in", required=False)

    def __init__(self, *args: Any, people: Iterable[Staff], today: date, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["stand_in"] = forms.ChoiceField(
            label="Stand-in", required=False, choices=[("", "Nobody"), *((one.pk, one.label) for one in people)]
        )
        self.fields["first_day"].initial = today

    def clean_stand_in(self) -> int | None:
        chosen = self.cleaned_data["stand_in"]
        return int(chosen) if chosen else None


class NdaForm(forms.Form):
    """A signed agreement. Its text stays where it is kept: the portal holds where that is."""

    signed_on = day("Signed on")
    expires_on = day("First day it no longer covers", required=False, help_text="Left empty, it does not end.")
    template_version = line("Version of the text", most=40)
    witness = line("Witness")
    storage_reference = line("Where it is kept", most=200)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        signed, end = given.get("signed_on"), given.get("expires_on")
        if signed and end and end <= signed:
            self.add_error("expires_on", "It must end after the day it was signed.")
        return given

    def signed(self) -> SignedNda:
        return SignedNda(**{name: self.cleaned_data[name] for name in SignedNda.__dataclass_fields__})
