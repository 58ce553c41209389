"""Fields that several forms share."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

WIDEST_ZONE = timedelta(hours=16)
PRINTABLE = RegexValidator(r"^[^\x00-\x1f\x7f\u2028\u2029]*$", gettext_noop("Please write this on one line."))


def readable(instant: datetime | None) -> datetime | None:
    """The same instant, in UTC where its zone is sixteen hours and more away: PostgreSQL refuses those.

    Raises ValidationError at the calendar's ends.
    """
    if instant is None or abs(instant.utcoffset() or timedelta()) < WIDEST_ZONE:
        return instant
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise ValidationError(_("The calendar does not reach that far.")) from None


class InstantField(forms.DateTimeField):
    """A date with a time, which may name a zone; the portal's own zone where it names none."""

    def to_python(self, value: Any) -> datetime | None:
        return readable(super().to_python(value))


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
