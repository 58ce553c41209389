"""A lost second step: asking, and recording who was recognised how."""

from django import forms

from portal.forms.fields import LowerEmailField, line
from portal.rules.states import IdentityCheck

METHODS = [
    (IdentityCheck.CALL, "I called them on a number that we had on record before"),
    (IdentityCheck.VIDEO, "I saw them with a document on a video call"),
    (IdentityCheck.IN_PERSON, "They came in person"),
    (IdentityCheck.VOUCHED, "A manager whom I know vouched for them, in writing"),
]


class LostForm(forms.Form):
    """Whose second step is lost."""

    email = LowerEmailField(label="Your e-mail address", widget=forms.EmailInput(attrs={"autocomplete": "email"}))


class CheckForm(forms.Form):
    """How the person was recognised."""

    method = forms.ChoiceField(label="How did you make sure who it is?", choices=METHODS, widget=forms.RadioSelect)
    note = line(
        "What you saw or heard", most=200, help_text="Number, document or letter, and when. Kept in the record."
    )
