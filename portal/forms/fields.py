"""Fields that several forms share."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PRINTABLE = RegexValidator(r"^[^\x00-\x1f\x7f\u2028\u2029]*$", gettext_noop("Please write this on one line."))


def person_name(**given: Any) -> forms.CharField:
    return forms.CharField(
        label=given.pop("label", _("Name")),
        max_length=120,
        validators=[PRINTABLE],
        widget=forms.TextInput(attrs={"autocomplete": given.pop("autocomplete", "off")}),
        **given,
    )


def line(label: "StrOrPromise", *, most: int = 120, **given: Any) -> forms.CharField:
    """One line of text."""
    return forms.CharField(label=label, max_length=most, validators=[PRINTABLE], **given)


def paragraph(label: "StrOrPromise", *, most: int = 2000, rows: int = 3, **given: Any) -> forms.CharField:
    """Several lines of text."""
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **given)


def day(label: "StrOrPromise", **given: Any) -> forms.DateField:
    """A contract day, entered with the browser's own calendar."""
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **given)


class LowerEmailField(forms.EmailField):
    """An address as it is stored: in lower case."""

    def __init__(self, **given: Any) -> None:
        given.setdefault("label", _("E-mail address"))
        given.setdefault("max_length", 190)
        super().__init__(**given)

    def clean(self, value: Any) -> str:
        return str(super().clean(value)).lower()
