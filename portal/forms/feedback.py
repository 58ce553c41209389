"""The form for a comment on a clause."""

from django import forms
from django.utils.translation import gettext_lazy

from portal.forms.fields import paragraph, person_name


class CommentForm(forms.Form):
    """What is missing or unclear. version: the terms that were read, which may have been replaced since."""

    body = paragraph(
        gettext_lazy("What is missing or unclear?"),
        most=5000,
        rows=6,
        error_messages={"required": gettext_lazy("Write your comment here.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)


class VisitorCommentForm(CommentForm):
    """The same for somebody who is not signed in. website is a trap: people do not see it, programs fill it in."""

    name = person_name(
        label=gettext_lazy("Your name"),
        required=False,
        help_text=gettext_lazy("You may leave it empty. We do not answer visitors' comments."),
    )
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}))

    field_order = ("body", "name", "version", "website")
