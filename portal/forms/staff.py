"""Forms about the supplier's people."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from portal.actions.staff import SignedNda
from portal.forms.fields import LowerEmailField, day, line, person_name
from portal.models import Staff
from portal.rules.states import Grade

GRADES = [
    (Grade.AGENT.value, gettext_noop("Agent: works on requests")),
    (Grade.LEAD.value, gettext_noop("Lead: also creates clients and sees the staff pages")),
    (Grade.ADMIN.value, gettext_noop("Admin: also manages staff and the supplier's details")),
]


class StaffForm(forms.Form):
    """A new colleague."""

    name = person_name()
    email = LowerEmailField()
    grade = forms.ChoiceField(
        label=gettext_lazy("Grade"), choices=GRADES, widget=forms.RadioSelect, initial=Grade.AGENT
    )


class GradeForm(forms.Form):
    grade = forms.ChoiceField(
        label=gettext_lazy("Grade"), choices=[(grade.value, grade.capitalize()) for grade in Grade]
    )


class LeaveForm(forms.Form):
    day = day(
        gettext_lazy("First day without access"),
        help_text=gettext_lazy("Today ends their sessions at once and returns their open work."),
    )


class AbsenceForm(forms.Form):
    """From when to when somebody is away, and who stands in."""

    first_day = day(gettext_lazy("First day away"))
    last_day = day(gettext_lazy("Last day away"))
    stand_in = forms.ChoiceField(label=gettext_lazy("Stand-in"), required=False)

    def __init__(self, *args: Any, people: Iterable[Staff], today: date, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["stand_in"] = forms.ChoiceField(
            label=_("Stand-in"), required=False, choices=[("", _("Nobody")), *((one.pk, one.label) for one in people)]
        )
        self.fields["first_day"].initial = today

    def clean_stand_in(self) -> int | None:
        chosen = self.cleaned_data["stand_in"]
        return int(chosen) if chosen else None


class NdaForm(forms.Form):
    """A signed agreement. Its text stays where it is kept: the portal holds where that is."""

    signed_on = day(gettext_lazy("Signed on"))
    expires_on = day(
        gettext_lazy("First day it no longer covers"),
        required=False,
        help_text=gettext_lazy("Left empty, it does not end."),
    )
    template_version = line(gettext_lazy("Version of the text"), most=40)
    witness = line(gettext_lazy("Witness"))
    storage_reference = line(gettext_lazy("Where it is kept"), most=200)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        signed, end = given.get("signed_on"), given.get("expires_on")
        if signed and end and end <= signed:
            self.add_error("expires_on", _("It must end after the day it was signed."))
        return given

    def signed(self) -> SignedNda:
        return SignedNda(**{name: self.cleaned_data[name] for name in SignedNda.__dataclass_fields__})
