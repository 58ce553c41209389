"""What a programme may send: shapes made from the pages' own forms, so that both doors ask for the same.

A shape knows the types and refuses every field that it does not know; the form then judges the content, in the words of
the page.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from threading import local
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from rest_framework import serializers
from rest_framework.request import Request

from portal.api.resource import Invalid
from portal.files.forms import MultipleFileField, status_of
from portal.problems import Fault

BIGGEST = 2**63 - 1
NO_SUCH_FIELD = "There is no such field here."

Shape = Any
"""A serializer class: REST framework carries no types."""


class Nothing(serializers.Serializer):
    """Nothing is asked for."""


def shape_of(
    form: type[forms.BaseForm], name: str, *, without: Iterable[str] = (), by_name: Iterable[str] = ()
) -> Shape:
    """The serializer class of a form's fields; `without` names those that only a page needs, `by_name` the rows that are
    named by a code instead of their number."""
    left_out, named = set(without), set(by_name)
    fields: dict[str, Any] = {
        key: field_of(field, by_name=key in named)
        for key, field in form.base_fields.items()  # type: ignore[attr-defined]
        if key not in left_out
    }
    return type(name, (serializers.Serializer,), {**fields, "__doc__": form.__doc__})


@lru_cache(maxsize=64)
def shape_of_filters(filters: Any, *beside: str) -> Shape:
    """The serializer class of what an address may ask for: the filters, and `beside` them plain words."""
    fields: dict[str, Any] = {name: serializers.CharField(required=False) for name in beside}
    if filters is not None:
        fields |= {name: field_of(one.field) for name, one in filters.base_filters.items()}
    return type(f"{filters.__name__ if filters else 'No'}Query", (serializers.Serializer,), fields)


def field_of(field: forms.Field, *, by_name: bool = False) -> serializers.Field:
    """The type of one field, with the page's own words where it is missing or too long."""
    common: dict[str, Any] = {"required": field.required, "help_text": described(field)}
    if not field.required:
        common["allow_null"] = True
    said = {key: str(field.error_messages[key]) for key in ("required",) if key in field.error_messages}
    match field:
        case MultipleFileField():
            return serializers.ListField(child=serializers.FileField(), required=False, help_text=described(field))
        case forms.ModelMultipleChoiceField():
            return serializers.ListField(child=key_field(), **common)
        case forms.ModelChoiceField():
            return serializers.CharField(max_length=60, **common) if by_name else key_field(**common)
        case forms.ChoiceField():
            choices = [str(value) for value, _ in list(field.choices) if value != ""]  # type: ignore[arg-type]
            return serializers.ChoiceField(choices=choices, **common)
        case forms.NullBooleanField():
            return serializers.ChoiceField(choices=["true", "false"], **common)
        case forms.BooleanField():
            return serializers.BooleanField(required=False, help_text=described(field))
        case forms.DecimalField():
            digits = {"max_digits": field.max_digits, "decimal_places": field.decimal_places}
            return serializers.DecimalField(min_value=field.min_value, **digits, **common)
        case forms.IntegerField():
            least, most = field.min_value or 0, BIGGEST if field.max_value is None else field.max_value
            return serializers.IntegerField(min_value=least, max_value=most, **common)
        case forms.DateTimeField():
            return serializers.DateTimeField(**common)
        case forms.DateField():
            return serializers.DateField(**common)
        case forms.CharField():
            messages = {**said, **{key: said["required"] for key in ("blank", "null") if "required" in said}}
            blank = not field.required
            return serializers.CharField(
                max_length=field.max_length, allow_blank=blank, error_messages=messages, **common
            )
    raise TypeError(f"{type(field).__name__} has no type in the interface yet: add it to field_of.")


def key_field(**given: Any) -> serializers.IntegerField:
    """The number of a row."""
    return serializers.IntegerField(min_value=1, max_value=BIGGEST, **given)


def described(field: forms.Field) -> str:
    """Label and help of the page."""
    return " ".join(str(text) for text in (field.label, field.help_text) if text)


def checked(shape: Shape, request: Request) -> dict[str, Any]:
    """What was sent, of the right types and without what is empty. Raises Invalid, naming each field at fault."""
    return checked_data(shape, request.data)


def checked_data(shape: Shape, data: Any) -> dict[str, Any]:
    """The same for what stands in the address."""
    if not isinstance(data, Mapping):
        raise Invalid([{"field": "", "detail": gettext("Send one JSON object.")}])
    known = fields_of(shape)
    faults: list[Fault] = [{"field": str(name), "detail": NO_SUCH_FIELD} for name in data if name not in known]
    given: Mapping[str, Any] = {}
    try:
        given = serializer_of(shape).run_validation(data)
    except serializers.ValidationError as error:
        faults += list(faults_in(error.detail))
    if faults:
        raise Invalid(faults)
    return {name: value for name, value in given.items() if value is not None}


_kept = local()


def serializer_of(shape: Shape) -> Any:
    """A serializer of this shape. Each thread keeps one: making its fields takes longer than all that it reads or shows."""
    known: dict[Shape, Any] = _kept.__dict__.setdefault("shapes", {})
    return known.get(shape) or known.setdefault(shape, shape())


@lru_cache(maxsize=256)
def fields_of(shape: Shape) -> frozenset[str]:
    """The names that a shape knows."""
    return frozenset(shape._declared_fields)


def faults_in(errors: Mapping[str, Any], place: str = "") -> Iterable[Fault]:
    """REST framework's nested errors, one line each: `named.2` is the third entry of `named`."""
    for name, found in errors.items():
        field = f"{place}{name}"
        if isinstance(found, Mapping):
            yield from faults_in(found, f"{field}.")
        else:
            place_said = "" if field == "non_field_errors" else field
            yield from (Fault(field=place_said, detail=str(one)) for one in found)


def judged(form: forms.BaseForm) -> dict[str, Any]:
    """What the page's own form makes of it. Raises Invalid in the words of the page."""
    if form.is_valid():
        return form.cleaned_data
    faults: list[Fault] = [
        {"field": "" if name == "__all__" else name, "detail": str(one)}
        for name, errors in form.errors.items()
        for one in errors
    ]
    status = status_of(form)
    raise Invalid(faults, status if status != 422 else 400)


def bound(given: Mapping[str, Any]) -> tuple[dict[str, Any], MultiValueDict[str, UploadedFile]]:
    """What was given, as forms are bound to it: fields, and files."""
    files = MultiValueDict({"files": given["files"]} if given.get("files") else {})
    return {name: value for name, value in given.items() if name != "files"}, files
