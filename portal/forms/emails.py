"""Another address."""

from django import forms
from django.utils.translation import gettext_lazy

from portal.forms.fields import LowerEmailField


class EmailForm(forms.Form):
    """The address that a person wants to sign in and be written to with."""

    email = LowerEmailField(
        label=gettext_lazy("Your new address"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
