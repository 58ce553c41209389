"""Forms of triage: snooze, marks, merging, links, declining, splitting, words kept for later, many rows at once."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.forms.fields import InstantField
from portal.models import Staff
from tickets.rules.states import BulkKind, LinkKind, Priority

if TYPE_CHECKING:
    pass

from tickets.forms import LONGEST_BODY


class SeenForm(forms.Form):
    """A form on a ticket: the version that its reader saw."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class SnoozeForm(SeenForm):
    """How long it can wait, and why: some days, or an instant of the office's zone."""

    days = forms.TypedChoiceField(
        label=_("Until"),
        choices=[("", ""), ("1", "1"), ("3", "3"), ("7", "7")],
        coerce=int,
        required=False,
    )
    until = InstantField(label=_("Until"), required=False, input_formats=["%Y-%m-%dT%H:%M"])
    reason = forms.CharField(label=_("Why"), max_length=200, error_messages={"required": _("Say why it can wait.")})

    def clean(self) -> dict[str, Any]:
        """One of the two says until when."""
        given = super().clean() or {}
        if not given.get("days") and not given.get("until") and not self.errors:
            self.add_error("until", _("Choose until when."))
        return given


class MarkForm(SeenForm):
    """Priority and tags."""

    priority = forms.ChoiceField(label=_("Priority"), choices=[(str(one), str(one)) for one in Priority])
    tags = forms.CharField(label=_("Tags"), max_length=330, required=False)


class MergeForm(SeenForm):
    """Into which request."""

    ref = forms.CharField(
        label=_("Reference"), max_length=20, error_messages={"required": _("Which request? Give its reference.")}
    )


class LinkForm(MergeForm):
    """What it has to do with which request."""

    kind = forms.ChoiceField(label=_("It is"), choices=[(str(one), str(one)) for one in LinkKind])


class DeclineForm(SeenForm):
    """The sentence that the client reads."""

    sentence = forms.CharField(
        label=_("Why not"),
        max_length=LONGEST_BODY,
        error_messages={"required": _("Write to the client why you cannot take it on.")},
    )


class SplitForm(SeenForm):
    """Which messages become a request of its own, and what it is called."""

    subject = forms.CharField(
        label=_("Subject"), max_length=200, error_messages={"required": _("Say in one line what the new one is about.")}
    )
    messages = forms.TypedMultipleChoiceField(
        label=_("Messages"), coerce=int, error_messages={"required": _("Choose at least one message.")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The action says which messages may be chosen; here only whole numbers are let through."""
        super().__init__(*args, **kwargs)
        said = self.data.getlist("messages") if hasattr(self.data, "getlist") else []
        self.fields["messages"].choices = [(one, one) for one in said if one.isdecimal() and len(one) < 19]  # type: ignore[attr-defined]


class DraftForm(forms.Form):
    """What stands in the composer; empty words wipe the draft out."""

    kind = forms.ChoiceField(choices=[("reply", "reply"), ("note", "note")])
    body = forms.CharField(max_length=LONGEST_BODY, required=False, strip=False)


class SavedAnswerForm(forms.Form):
    """A saved answer: its name, its words, and who may use it."""

    label = forms.CharField(label=_("Name"), max_length=80)
    body = forms.CharField(
        label=_("Words"),
        help_text=_("{client}, {person}, {first_name}, {reference}, {subject}, {me} and {supplier} are filled in."),
        max_length=LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    shared = forms.BooleanField(label=_("Everybody may use it"), required=False)


class SavedViewForm(forms.Form):
    """Filters of the queue and the name to keep them under."""

    label = forms.CharField(max_length=40, error_messages={"required": _("Give the view a name.")})
    name = forms.ChoiceField(choices=[(name, name) for name in ("open", "mine", "unassigned", "waiting", "done")])
    client = forms.CharField(max_length=60, required=False)
    tag = forms.CharField(max_length=30, required=False)
    shared = forms.BooleanField(required=False)


class BulkForm(forms.Form):
    """One act on the chosen rows of the queue, with the value that belongs to it."""

    act = forms.ChoiceField(choices=[(str(one), str(one)) for one in BulkKind])
    assignee = forms.ModelChoiceField(Staff.objects.none(), required=False)
    priority = forms.ChoiceField(choices=[(str(one), str(one)) for one in Priority], required=False)
    tag = forms.CharField(max_length=30, required=False)

    def __init__(self, *args: Any, staff: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = staff  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A tag or a priority must be given for its act; nobody is somebody to assign to."""
        given = super().clean() or {}
        if given.get("act") in (BulkKind.TAG, BulkKind.PRIORITY) and not given.get(given["act"]):
            self.add_error(given["act"], _("Say which."))
        return given

    def value(self) -> str:
        """What the act takes: a staff key, a priority or a tag."""
        given = self.cleaned_data
        if given["act"] == BulkKind.ASSIGN:
            return str(given["assignee"].pk) if given["assignee"] else ""
        return str(given[given["act"]])
