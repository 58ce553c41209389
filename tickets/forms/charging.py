"""Forms about scope, charges and time."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.forms.fields import InstantField
from tickets.rules.charge import Form
from tickets.rules.scope import AREA_WORDS, OUTCOME_WORDS


class RulingForm(forms.Form):
    """Ruling whether a request is part of support (LIA-1 to LIA-4, HLP-7, HLP-8)."""

    area = forms.ChoiceField(
        label=_("What is it about?"), choices=[(str(area), words) for area, words in AREA_WORDS.items()]
    )
    outcome = forms.ChoiceField(
        label=_("How do you rule?"),
        choices=[
            ("", _("As the contract proposes")),
            *((str(one), words) for one, words in OUTCOME_WORDS.items()),
        ],
        required=False,
    )
    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("Needed where you rule otherwise than proposed. The client sees the ruling, not the reason."),
        max_length=300,
        required=False,
    )
    quote_for = forms.CharField(
        label=_("What should the quote cover?"),
        help_text=_("Only for a professional service: the request is declined here and waits for its quote."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ChargeForm(forms.Form):
    """Asking the client to approve a charge (HLP-8)."""

    form = forms.ChoiceField(
        label=_("How is it charged?"),
        choices=[
            (str(Form.HOURLY), _("By the hour, at the rate card’s rate")),
            (str(Form.FIXED), _("At a fixed price")),
        ],
    )
    work = forms.CharField(
        label=_("What will be done?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say what the client pays for.")},
    )
    minutes = forms.IntegerField(
        label=_("Estimated minutes"),
        help_text=_("On top of what was approved before. It is rounded up to whole steps."),
        min_value=1,
        max_value=6000,
        required=False,
    )
    fixed = forms.DecimalField(
        label=_("Fixed price in pounds, without VAT"),
        min_value=Decimal("0.01"),
        max_digits=10,
        decimal_places=2,
        required=False,
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """The figure that belongs to the form of the charge."""
        given = super().clean() or {}
        needed = "minutes" if given.get("form") == Form.HOURLY else "fixed"
        if not given.get(needed) and needed not in self.errors:
            words = (
                gettext("Say how many minutes you expect.") if needed == "minutes" else gettext("Say what it costs.")
            )
            self.add_error(needed, words)
        return given


class ChargeAnswerForm(forms.Form):
    """A manager's yes or no to a charge."""

    answer = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])
    note = forms.CharField(
        label=_("A word to us"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class TimerForm(forms.Form):
    """Stopping a timer: what was done, and why it is not charged where it is not."""

    work = forms.CharField(
        label=_("What did you do? The client reads it"),
        max_length=300,
        error_messages={"required": _("Say what you did: the client reads it beside the time.")},
    )
    free = forms.CharField(
        label=_("Not charged, because"), max_length=300, required=False,
        help_text=_("Leave it empty where the ruling decides."),
    )  # fmt: skip


class TimeForm(TimerForm):
    """Worked time, written down afterwards."""

    started_at = InstantField(
        label=_("Begun"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=1440)
    field_order = ("started_at", "minutes", "work", "free")


class TakeBackForm(forms.Form):
    """Taking worked time back."""

    reason = forms.CharField(
        label=_("Why is it taken back?"),
        help_text=_("It stands on the request’s proof sheet, which the client can read."),
        max_length=300,
        error_messages={"required": _("Say why the time is taken back.")},
    )
