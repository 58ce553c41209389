"""Forms of macros: what one does, and which is played."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.errors import Refused
from portal.models import Product, Staff
from tickets.forms import KIND_CHOICES
from tickets.forms.triage import SeenForm
from tickets.models import SavedAnswer, SavedMacro
from tickets.rules.macros import Assign, MacroPlan
from tickets.rules.states import Priority, State
from tickets.rules.triage import plain_tags

AS_IT_IS = ("", _("Leave as it is"))
PRIORITIES = [AS_IT_IS, (Priority.HIGH, _("High")), (Priority.NORMAL, _("Normal")), (Priority.LOW, _("Low"))]
MOVES = [
    AS_IT_IS,
    (State.IN_PROGRESS, _("In progress")),
    (State.WAITING_CLIENT, _("Waiting for the client")),
    (State.RESOLVED, _("Resolved")),
    (State.CLOSED, _("Closed")),
]
WHOM = [
    AS_IT_IS,
    (Assign.ME, _("Whoever plays it")),
    (Assign.NOBODY, _("Nobody")),
    (Assign.PERSON, _("The colleague chosen next")),
]


class TagsField(forms.CharField):
    """Tags with commas between, as they are kept."""

    def clean(self, value: Any) -> Any:
        """Raises ValidationError with the sentence of the rule."""
        try:
            return tuple(plain_tags(super().clean(value)))
        except Refused as refused:
            raise forms.ValidationError(refused.sentence) from refused


class MacroForm(forms.Form):
    """A macro: its name, what it does, and who may play it. What is left empty stays as it is on the request."""

    label = forms.CharField(label=_("Name"), max_length=80)
    answer = forms.ModelChoiceField(
        SavedAnswer.objects.none(), label=_("Words for the composer"), required=False, empty_label=_("None"),
        help_text=_("A saved answer, put there as a draft. A macro sends nothing."),
    )  # fmt: skip
    priority = forms.ChoiceField(label=_("Priority"), choices=PRIORITIES, required=False)
    add_tags = TagsField(label=_("Tags to add, with commas between"), max_length=330, required=False)
    remove_tags = TagsField(label=_("Tags to take off"), max_length=330, required=False)
    assign = forms.ChoiceField(label=_("Assign to"), choices=WHOM, required=False)
    person = forms.ModelChoiceField(Staff.objects.none(), label=_("Colleague"), required=False, empty_label=_("None"))
    state = forms.ChoiceField(label=_("Move to"), choices=MOVES, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=[AS_IT_IS, *KIND_CHOICES], required=False)
    product = forms.ModelChoiceField(
        Product.objects.none(), label=_("Product"), required=False, empty_label=_("Leave as it is")
    )
    shared = forms.BooleanField(label=_("Everybody may play it"), required=False)

    def __init__(self, *args: Any, answers: Any, staff: Any, may_share: bool, **kwargs: Any) -> None:
        """answers, staff: which may be chosen; may_share: leads keep those of everybody."""
        super().__init__(*args, **kwargs)
        rows = {"answer": answers, "person": staff, "product": Product.objects.all()}
        for name, queryset in rows.items():
            self.fields[name].queryset = queryset  # type: ignore[attr-defined]
        self.fields["answer"].label_from_instance = lambda one: one.label  # type: ignore[attr-defined]
        if not may_share:
            del self.fields["shared"]

    def plan(self) -> MacroPlan:
        """What it does, for the rules."""
        given = self.cleaned_data
        keys = {name: given[name].pk if given[name] else None for name in ("answer", "person", "product")}
        words = {name: given[name] for name in ("kind", "priority", "assign", "state", "add_tags", "remove_tags")}
        said: dict[str, Any] = words | keys
        return MacroPlan(**said)


class PlayForm(SeenForm):
    """Which macro."""

    macro = forms.ModelChoiceField(
        SavedMacro.objects.none(), label=_("Macro"), error_messages={"invalid_choice": _("It is no longer offered.")}
    )

    def __init__(self, *args: Any, macros: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["macro"].queryset = macros  # type: ignore[attr-defined]
