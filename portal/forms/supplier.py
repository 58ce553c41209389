"""Forms about the supplier and the first start."""

from typing import Any

from django import forms

from portal.actions.supplier import LegalDetails, SupplierDetails
from portal.forms.fields import LowerEmailField, line, paragraph, person_name
from portal.forms.staff import NdaForm
from portal.rules.mail import sender_refusal
from portal.terms import BadTerms, TermsParameters


class LegalForm(forms.Form):
    """Who runs this portal."""

    name = line("Name of the company")
    company_number = line("Company number", most=20, required=False)
    vat_number = line("VAT number", most=20, required=False, help_text="Left empty: not registered for VAT.")
    address = paragraph("Address", most=500)

    def legal(self) -> LegalDetails:
        return LegalDetails(**{name: self.cleaned_data[name] for name in LegalDetails.__dataclass_fields__})


class SupplierForm(LegalForm):
    """The same with what mails come from, at the first start."""

    sender_name = line("Name on mails")
    sender_email = LowerEmailField(label="Address that mails come from")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not self.errors and (problem := sender_refusal(given["sender_name"], given["sender_email"])):
            self.add_error("sender_email", problem)
        return given

    def details(self) -> SupplierDetails:
        return SupplierDetails(**{name: self.cleaned_data[name] for name in SupplierDetails.__dataclass_fields__})


class FirstAdminForm(NdaForm):
    """The first administrator and the agreement they signed."""

    admin_name = person_name(label="Your name", autocomplete="name")
    admin_email = LowerEmailField(label="Your e-mail address")
    field_order = ("admin_name", "admin_email")


class TermsForm(forms.Form):
    """The decisions that a supplier most likely changes; the other parameters begin with their defaults (D1 to D26)."""

    days = line("Working days", help_text="Such as Mon-Fri.")
    hours = line("Working hours", help_text="Such as 09:00-17:30, or 09:00-12:30,13:30-17:30.")
    tz = line("Time zone", most=60)
    country = line("Bank holidays of", most=2, help_text="Country, two letters: GB.")
    subdivision = line("Part of the country", most=6, required=False, help_text="ENG, WLS, SCT or NIR.")
    second_person = forms.ChoiceField(
        label="Acts that need a second person",
        choices=[
            ("required", "A second person must confirm them"),
            ("waiting", "One person may do both steps, 24 hours apart, and the client is told"),
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
