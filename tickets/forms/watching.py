"""The form that gives somebody copies of the answers on a request."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.models import Membership


class WatcherForm(forms.Form):
    """Whom to add, and how they are told of answers."""

    person = forms.TypedChoiceField(
        label=_("Who"), coerce=int, empty_value=None, error_messages={"required": _("Choose a person.")}
    )
    by_mail = forms.TypedChoiceField(
        label=_("How"),
        choices=[("yes", _("Each answer by mail, and in the portal")), ("no", _("In the portal only"))],
        coerce=lambda said: said == "yes",
        initial="yes",
    )

    def __init__(self, *args: Any, people: Iterable[Membership] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", _("Choose")), *((one.pk, one.label) for one in people)]  # type: ignore[attr-defined]
