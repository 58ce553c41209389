"""A mail that somebody writes in the demonstration."""

from django import forms
from django.utils.translation import gettext_lazy as _


class DemoMailForm(forms.Form):
    """Who writes, what, and whether it answers a mail of ours."""

    sender = forms.EmailField(
        label=_("From"),
        max_length=190,
        help_text=_("A person of the demonstration, or anybody: then see what becomes of a stranger’s mail."),
        error_messages={"required": _("Say who writes.")},
    )
    answers = forms.ChoiceField(label=_("Is it an answer?"), required=False)
    subject = forms.CharField(label=_("Subject"), max_length=200, required=False)
    body = forms.CharField(
        label=_("Words"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Write something.")},
    )
    is_automatic = forms.BooleanField(label=_("A machine writes it, for example an absence notice"), required=False)

    def __init__(self, data: object, *, answerable: list[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(data, **kwargs)  # type: ignore[arg-type]
        self.fields["answers"].choices = [("", _("No, it is new")), *answerable]  # type: ignore[attr-defined]
