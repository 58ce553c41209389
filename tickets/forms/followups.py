"""The form that plans a follow-up."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.forms.fields import InstantField
from portal.models import Staff
from portal.templatetags.times import london_banner
from portal.worktime import Calendar
from tickets.forms import body_field
from tickets.forms.triage import SeenForm
from tickets.rules.followups import PRESETS, Plan, opening_in

OTHER = "other"
PLANS = [(str(Plan.REMINDER), _("Remind somebody")), (str(Plan.MESSAGE), _("Send a message to the client"))]


class FollowUpForm(SeenForm):
    """What is to happen, when, and the words: for a colleague, or for the client."""

    plan = forms.ChoiceField(label=_("What"), choices=PLANS, widget=forms.RadioSelect, initial=str(Plan.REMINDER))
    when = forms.ChoiceField(label=_("When"), help_text=_("Working days begin at the opening."))
    due_at = InstantField(
        label=_("Another time"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
    )
    to = forms.ModelChoiceField(Staff.objects.none(), label=_("Whom to remind"), required=False, empty_label=_("Me"))
    words = body_field(
        _("The words"),
        _(
            "The client reads a message as it stands here, in your name. It is not sent if they write first, if a colleague answers or if the request is finished."
        ),
        rows=5,
    )
    told_client = forms.BooleanField(
        label=_("Show the client by when we come back"),
        help_text=_("It stands on the client’s page of the request. No clock runs for it."),
        required=False,
    )
    field_order = ("plan", "when", "due_at", "to", "words", "told_client", "version")

    def __init__(self, *args: Any, staff: Any, at: datetime, calendar: Calendar, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.calendar = calendar
        self.presets = {str(days): opening_in(at, days, calendar) for days in PRESETS}
        self.fields["to"].queryset = staff  # type: ignore[attr-defined]
        chosen = [(days, f"{preset_words(int(days))}, {london_banner(due)}") for days, due in self.presets.items()]
        self.fields["when"].choices = [*chosen, (OTHER, _("Another time"))]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """due_at becomes the instant: of the preset, or the given one in the office's zone."""
        given = super().clean() or {}
        if given.get("when") in self.presets:
            given["due_at"] = self.presets[given["when"]]
        elif given.get("due_at") is not None:
            given["due_at"] = given["due_at"].replace(tzinfo=self.calendar.zone)
        elif "when" in given and "due_at" in given:
            self.add_error("due_at", _("Say when."))
        return given


def preset_words(days: int) -> str:
    """A preset's name."""
    return gettext("Next working day") if days == 1 else gettext("In %(days)s working days") % {"days": days}
