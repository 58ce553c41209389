"""Forms about how the portal shows its supplier."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.files import BadFile, Taken, discard
from portal.files.forms import MultipleFileField
from portal.files.limits import in_words
from portal.files.logos import LOGO_BYTES, Drawn, draw_logo
from portal.forms.fields import LowerEmailField, line, paragraph
from portal.rules.colours import is_colour, refusal
from portal.rules.mail import sender_refusal, signature_refusal


class AccentForm(forms.Form):
    """A colour that can be read, or the sentence why not with the nearest that can."""

    accent = forms.CharField(
        label=gettext_lazy("Colour"),
        max_length=7,
        widget=forms.TextInput(attrs={"type": "color"}),
        help_text=gettext_lazy("For buttons, links and documents. The dark scheme gets a lighter one of the same hue."),
    )

    def clean_accent(self) -> str:
        accent = str(self.cleaned_data["accent"]).lower()
        if not is_colour(accent):
            raise forms.ValidationError(_("Write the colour as # and six hexadecimal digits, such as #0b6166."))
        if problem := refusal(accent):
            raise forms.ValidationError(problem)
        return accent


class LogoForm(forms.Form):
    """One picture, drawn anew as a logo."""

    logo = MultipleFileField(
        required=True,
        label=gettext_lazy("Logo"),
        help_text=format_lazy(
            gettext_lazy("One PNG, JPEG or WebP of at most {most}, best 500 pixels wide with a clear ground."),
            most=in_words(LOGO_BYTES),
        ),
    )

    def clean_logo(self) -> Drawn:
        """The logo; the file that came is not kept."""
        files: list[Taken] = self.cleaned_data["logo"]
        try:
            if len(files) != 1:
                raise forms.ValidationError(_("Please add one picture, and nothing else."))
            return draw_logo(files[0])
        except BadFile as bad:
            raise forms.ValidationError(bad.sentence) from bad
        finally:
            for file in files:
                discard(file.storage_name)


class SenderForm(forms.Form):
    """What mails come from, and what they end with."""

    sender_name = line(gettext_lazy("Name on mails"))
    sender_email = LowerEmailField(label=gettext_lazy("Address that mails come from"))
    signature = paragraph(
        gettext_lazy("Signature"),
        most=500,
        required=False,
        help_text=gettext_lazy("Stands under every mail. Left empty: the name of the company."),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not self.errors and (problem := sender_refusal(given["sender_name"], given["sender_email"])):
            self.add_error("sender_email", problem)
        return given

    def clean_signature(self) -> str:
        text = str(self.cleaned_data["signature"])
        if problem := signature_refusal(text):
            raise forms.ValidationError(problem)
        return text
