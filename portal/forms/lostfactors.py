"""A lost second step: asking, and recording who was recognised how."""

from django import forms
from django.utils.translation import gettext_lazy, gettext_noop

from portal.forms.fields import LowerEmailField, line
from portal.rules.states import IdentityCheck

METHODS = [
    (IdentityCheck.CALL, gettext_noop("I called them on a number that we had on record before")),
    (IdentityCheck.VIDEO, gettext_noop("I saw them with a document on a video call")),
    (IdentityCheck.IN_PERSON, gettext_noop("They came in person")),
    (IdentityCheck.VOUCHED, gettext_noop("A manager whom I know vouched for them, in writing")),
]


class LostForm(forms.Form):
    """Whose second step is lost."""

    email = LowerEmailField(
        label=gettext_lazy("Your e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class CheckForm(forms.Form):
    """How the person was recognised."""

    method = forms.ChoiceField(
        label=gettext_lazy("How did you make sure who it is?"), choices=METHODS, widget=forms.RadioSelect
    )
    note = line(
        gettext_lazy("What you saw or heard"),
        most=200,
        help_text=gettext_lazy("Number, document or letter, and when. Kept in the record."),
    )
