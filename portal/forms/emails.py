"""Another address."""

from django import forms

from portal.forms.fields import LowerEmailField


class EmailForm(forms.Form):
    """The address that a person wants to sign in and be written to with."""

    email = LowerEmailField(label="Your new address", widget=forms.EmailInput(attrs={"autocomplete": "email"}))
