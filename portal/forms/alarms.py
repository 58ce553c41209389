"""The form that puts an alarm away."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SnoozeForm(forms.Form):
    """For how many hours."""

    HOURS = (("1", _("1 hour")), ("4", _("4 hours")), ("24", _("1 day")), ("72", _("3 days")))

    hours = forms.ChoiceField(choices=HOURS)
