"""The form of the figures' page."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.models import Client

LONGEST_FIGURES = timedelta(days=3 * 366)


class FiguresForm(forms.Form):
    """The period of the figures, two days, both included, and the client if only one is meant."""

    first = forms.DateField(label=_("From"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    last = forms.DateField(
        label=_("To and including"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    client = forms.ModelChoiceField(
        Client.objects.order_by("name"),
        label=_("Client"),
        to_field_name="slug",
        required=False,
        empty_label=_("All clients"),
    )

    def clean(self) -> dict[str, Any]:
        """At most three years, the last day not before the first."""
        given = super().clean() or {}
        first, last = given.get("first"), given.get("last")
        if first and last and not first <= last <= first + LONGEST_FIGURES:
            self.add_error(
                "last", gettext("Choose a period of at most three years that does not end before it begins.")
            )
        return given
