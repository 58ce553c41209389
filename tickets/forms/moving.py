"""The form of a request that goes to the client whose it is."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.models import Membership
from tickets.forms import body_field
from tickets.forms.triage import SeenForm
from tickets.models import Attachment, Message

if TYPE_CHECKING:
    from django.db.models import QuerySet

SHOWN = 160
TOLD = _(
    "We filed a request here by mistake; it was not yours. We have closed it and taken its words out of view, so there is "
    "nothing for you to do. If you have read it, please keep it to yourself and delete our mail about it."
)


class MoveClientForm(SeenForm):
    """Whose request it is, what goes along, what who asked here is told, and whether the wrong people saw it."""

    client = forms.SlugField(widget=forms.HiddenInput)
    requester = forms.ModelChoiceField(
        Membership.objects.none(),
        label=_("Whose request is it?"),
        empty_label=_("Choose a person"),
        help_text=_("They get a new acknowledgement, and the clock starts when it is out (HLP-5)."),
        error_messages={"required": _("Choose the person whose request it is.")},
    )
    messages = forms.TypedMultipleChoiceField(
        label=_("Which later messages go along?"),
        help_text=_("The first message always does."),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    files = forms.TypedMultipleChoiceField(  # type: ignore[assignment]
        label=_("Which files go along?"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label=_("How did it come to the wrong client?"),
        help_text=_("It stays on record, for staff."),
        max_length=300,
        error_messages={"required": _("Say how it came to the wrong client.")},
    )
    told = body_field(
        _("What do we tell the person who is named as its requester now?"),
        _("It goes out at once, as our answer there. Name neither the other client nor its request."),
        rows=4,
    )
    disclosed = forms.TypedChoiceField(
        label=_("Was this a disclosure to the wrong people?"),
        choices=[("yes", _("Yes: somebody saw what was not for them")), ("no", _("No: nobody did"))],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Answer yes or no.")},
    )
    saw = forms.CharField(label=_("Who saw it?"), max_length=500, required=False)
    sentence = forms.CharField(
        label=_("Why was it, or was it not, a disclosure?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say it in a sentence.")},
    )
    field_order = ("requester", "messages", "files", "reason", "told", "disclosed", "saw", "sentence")

    def __init__(
        self,
        *args: Any,
        people: "QuerySet[Membership]",
        messages: Iterable[Message],
        files: Iterable[Attachment],
        seen_by: Iterable[Membership],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["requester"].queryset = people  # type: ignore[attr-defined]
        later = [(one.pk, f"{one.author_label}: {one.body[:SHOWN]}") for one in list(messages)[1:]]
        self.offer("messages", later)
        self.offer("files", [(one.pk, one.name) for one in files])
        names = ", ".join(one.label for one in seen_by)
        self.fields["saw"].help_text = _("Who can see it today: %(names)s.") % {"names": names or _("nobody")}

    def offer(self, name: str, choices: list[tuple[int, str]]) -> None:
        """All of them chosen at first; no question where there are none."""
        if choices:
            self.fields[name].choices = choices  # type: ignore[attr-defined]
            self.fields[name].initial = [key for key, _label in choices]
        else:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """A yes says who saw it."""
        given = super().clean() or {}
        if given.get("disclosed") is True and not given.get("saw", "").strip():
            self.add_error("saw", _("Say who saw it."))
        return given
