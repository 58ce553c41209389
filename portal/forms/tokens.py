"""A new token of the interface."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from portal.forms.fields import line
from portal.queries.tokens import Place
from portal.rules.tokens import LIVES_DAYS, SCOPE_WORDS, scopes_for


class TokenForm(forms.Form):
    """What for, in which place, what it may do, for how long."""

    name = line(
        _("What is it for?"),
        most=60,
        help_text=_(
            "For example “Monitoring” or “Import of requests”. It stands in the record and in the mail to you."
        ),
        error_messages={"required": _("Give it a name by which you will know it again.")},
    )
    place = forms.ChoiceField(label=_("In which of your roles does it act?"))
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one thing that it may do.")},
    )
    days = forms.TypedChoiceField(
        label=_("How long does it live?"),
        coerce=int,
        initial=90,
        choices=[(days, _("%(days)s days") % {"days": days}) for days in LIVES_DAYS],
    )

    def __init__(self, *args: Any, places: Sequence[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = {place.key: place for place in places}
        staff = any(place.staff for place in places)
        choices = [(scope, capfirst(SCOPE_WORDS[scope])) for scope in scopes_for(staff=staff)]
        self.fields["scopes"].choices = choices  # type: ignore[attr-defined]
        self.fields["place"].choices = [(key, words_of(place)) for key, place in self.places.items()]  # type: ignore[attr-defined]

    def clean_place(self) -> Place:
        """The place itself."""
        return self.places[self.cleaned_data["place"]]


def words_of(place: Place) -> str:
    """A place as the form names it."""
    if place.membership is None:
        return str(_("On the staff"))
    return f"{place.membership.client.name}, {place.membership.role}"
