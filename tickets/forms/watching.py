"""The form that gives somebody copies of the answers on a request."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.models import Membership


class WatcherForm(forms.Form):
    """Whom to add, and how they are told of answers."""

    person = forms.ModelChoiceField(
        Membership.objects.none(),
        label=_("Who"),
        empty_label=_("Choose"),
        error_messages={"required": _("Choose a person."), "invalid_choice": _("Choose one of those who are offered.")},
    )
    by_mail = forms.BooleanField(
        label=_("Send each answer by mail too"),
        help_text=_("Otherwise it is told in the portal only."),
        required=False,
        initial=True,
    )

    def __init__(self, *args: Any, people: QuerySet[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
