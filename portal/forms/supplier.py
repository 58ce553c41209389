"""Forms about the supplier and the first start."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from portal.actions.supplier import LegalDetails, SupplierDetails
from portal.forms.fields import LowerEmailField, line, paragraph, person_name
from portal.forms.staff import NdaForm
from portal.rules.mail import sender_refusal
from portal.terms import BadTerms, TermsParameters


class LegalForm(forms.Form):
    """Who runs this portal."""

    name = line(gettext_lazy("Name of the company"))
    company_number = line(gettext_lazy("Company number"), most=20, required=False)
    vat_number = line(
        gettext_lazy("VAT number"),
        most=20,
        required=False,
        help_text=gettext_lazy("Left empty: not registered for VAT."),
    )
    address = paragraph(gettext_lazy("Address"), most=500)

    def legal(self) -> LegalDetails:
        return LegalDetails(**{name: self.cleaned_data[name] for name in LegalDetails.__dataclass_fields__})


class SupplierForm(LegalForm):
    """The same with what mails come from, at the first start."""

    sender_name = line(gettext_lazy("Name on mails"))
    sender_email = LowerEmailField(label=gettext_lazy("Address that mails come from"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not self.errors and (problem := sender_refusal(given["sender_name"], given["sender_email"])):
            self.add_error("sender_email", problem)
        return given

    def details(self) -> SupplierDetails:
        return SupplierDetails(**{name: self.cleaned_data[name] for name in SupplierDetails.__dataclass_fields__})


class FirstAdminForm(NdaForm):
    """The first administrator and the agreement they signed."""

    admin_name = person_name(label=gettext_lazy("Your name"), autocomplete="name")
    admin_email = LowerEmailField(label=gettext_lazy("Your e-mail address"))
    field_order = ("admin_name", "admin_email")


class TermsForm(forms.Form):
    """The decisions that a supplier most likely changes; the other parameters begin with their defaults (D1 to D26)."""

    days = line(gettext_lazy("Working days"), help_text=gettext_lazy("Such as Mon-Fri."))
    hours = line(
        gettext_lazy("Working hours"), help_text=gettext_lazy("Such as 09:00-17:30, or 09:00-12:30,13:30-17:30.")
    )
    tz = line(gettext_lazy("Time zone"), most=60)
    country = line(gettext_lazy("Bank holidays of"), most=2, help_text=gettext_lazy("Country, two letters: GB."))
    subdivision = line(
        gettext_lazy("Part of the country"), most=6, required=False, help_text=gettext_lazy("ENG, WLS, SCT or NIR.")
    )
    second_person = forms.ChoiceField(
        label=gettext_lazy("Acts that need a second person"),
        choices=[
            ("required", gettext_lazy("A second person must confirm them")),
            ("waiting", gettext_lazy("One person may do both steps, 24 hours apart, and the client is told")),
        ],
    )

    def __init__(self, *args: Any, **given: Any) -> None:
        usual = TermsParameters()
        given.setdefault("initial", {name: getattr(usual, name) for name in self.base_fields})
        super().__init__(*args, **given)
        self.terms = usual

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                self.terms = TermsParameters().changed(**given)
            except BadTerms as bad:
                for name, sentence in bad.problems.items():
                    self.add_error(name if name in self.fields else None, sentence)
        return given
