"""The form for a compliance report."""

from typing import Any

from django import forms


class ReportForm(forms.Form):
    """The period of a report: two days, both included."""

    period_from = forms.DateField(
        label="From",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": "Choose the first day.", "invalid": "Write the first day as a date."},
    )
    period_to = forms.DateField(
        label="To and including",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": "Choose the last day.", "invalid": "Write the last day as a date."},
    )

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        given = super().clean() or {}
        first, last = given.get("period_from"), given.get("period_to")
        if first and last and last < first:
            self.add_error("period_to", "This is before the first day. Swap the two dates.")
        return given
