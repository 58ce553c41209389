"""A ready-made form as a client fills it in: its fields made from the version's questions, its answers as the action takes them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.errors import Refused
from portal.files.forms import MultipleFileField
from portal.forms.fields import PRINTABLE, LowerEmailField, day, line, paragraph
from portal.models import Membership
from tickets.forms import LONGEST_BODY
from tickets.rules.dataaccess import check_place, check_purpose
from tickets.rules.formanswers import as_text
from tickets.rules.requestforms import AFTER, BEFORE, OTHER, Asks, Definition, Field, Leads, access_wanted, with_needed

# So that no question can take the place of a field of the page.
PREFIX = "a_"
YES_NO = (("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No")))
# How many choices stand open as a list of circles; more make a select.
OPEN_CHOICES = 6


class PersonChoice(forms.ChoiceField):
    """One of the client's people; empty stands for somebody else, whom the next field names, even where one is needed."""

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)


class FillForm(forms.Form):
    """The questions of one version. `answers` are what the action takes; errors name the question and its cure."""

    use_required_attribute = False

    def __init__(
        self, *args: Any, definition: Definition, people: Sequence[Membership], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.definition, self.today = with_needed(definition), today
        self.people = {str(person.pk): person for person in people}
        for one in self.definition.fields:
            self.fields.update({PREFIX + name: field for name, field in self._fields_of(one)})
        self.fields["files"] = MultipleFileField(label=_("Pictures or files"), required=False)
        if definition.leads == Leads.NOTHING:
            words = _("Only you and our staff will see it, not even your managers.")
            self.fields["confidential"] = forms.BooleanField(
                label=_("Keep this confidential"), help_text=words, required=False
            )

    def _fields_of(self, one: Field) -> Iterator[tuple[str, forms.Field]]:
        missing = {"required": _("Please answer this question.")}
        given: dict[str, Any] = {"help_text": one.help, "required": one.required, "error_messages": missing}
        match one.asks:
            case Asks.TEXT:
                yield one.key, paragraph(one.label, most=one.limit, rows=4, **given)
            case Asks.CHOICE:
                yield one.key, _choice(one, [(choice, choice) for choice in one.choices], given)
            case Asks.YES_NO:
                yield one.key, _choice(one, YES_NO, given)
            case Asks.DATE:
                said = {**missing, "invalid": _("Give a date, for example 2026-12-01.")}
                yield one.key, day(one.label, **{**given, "error_messages": said})
            case Asks.EMAIL:
                yield one.key, LowerEmailField(label=one.label, **given)
            case Asks.AGREE:
                said = {"required": _("We can do this only if you agree to it.")}
                yield one.key, forms.BooleanField(label=one.label, help_text=one.help, error_messages=said)
            case Asks.PERSON:
                yield from self._person(one, given)
            case Asks.CHANGE:
                yield from _change(one, given)
            case _:
                yield one.key, line(one.label, most=one.limit, **given)

    def _person(self, one: Field, given: dict[str, Any]) -> Iterator[tuple[str, forms.Field]]:
        """One of the client's people, or somebody else by name; `clean` asks for one of both."""
        choices = [("", _("Somebody else")), *((key, person.label) for key, person in self.people.items())]
        yield (
            one.key,
            PersonChoice(label=one.label, choices=choices, required=one.required, help_text=given["help_text"]),
        )
        label = _("%(question)s The name, if it is somebody else") % {"question": one.label}
        yield one.key + OTHER, line(label, most=120, required=False)

    def clean(self) -> dict[str, Any]:
        """What one question alone cannot say: a person is named, a date lies ahead, a change changes something."""
        given = super().clean() or {}
        for one in self.definition.fields:
            self._clean_one(one, given)
        if not self.errors:
            self._clean_purpose()
        if not self.errors and len(as_text(self.definition.fields, self.answers())) > LONGEST_BODY:
            self.add_error(None, _("All answers together are over 20,000 characters. Put the longest into a file."))
        return given

    def _clean_one(self, one: Field, given: Mapping[str, Any]) -> None:
        name = PREFIX + one.key
        if one.asks == Asks.PERSON and one.required and not (given.get(name) or given.get(name + OTHER)):
            self.add_error(name, _("Choose a person, or write the name below."))
        if one.asks == Asks.PERSON and given.get(name) and given.get(name + OTHER):
            self.add_error(name + OTHER, _("Choose a person or write a name, not both."))
        if one.asks == Asks.DATE and one.ahead and given.get(name) and given[name] < self.today:
            self.add_error(name, _("This day is over. Give today or a later one."))
        if one.asks == Asks.CHANGE and given.get(name + BEFORE) and given.get(name + BEFORE) == given.get(name + AFTER):
            self.add_error(name + AFTER, _("Before and after are the same. Write what it must be."))

    def _clean_purpose(self) -> None:
        """ODS-6: where the form asks for access, its purpose must be specific; said here, where it can be mended."""
        wanted = access_wanted(self.definition.leads, self.answers())
        if wanted is None:
            return
        for name, check in (
            ("place", lambda: check_place(wanted.place)),
            ("reason", lambda: check_purpose(wanted.purpose, wanted.place)),
        ):
            try:
                check()
            except Refused as refused:
                at = PREFIX + (name if PREFIX + name in self.fields else "person")
                self.add_error(at, refused.sentence)
                return

    def answers(self) -> dict[str, Any]:
        """What was answered, by key; questions without an answer are left out."""
        found = {one.key: self._answer(one) for one in self.definition.fields}
        return {key: value for key, value in found.items() if value is not None}

    def _answer(self, one: Field) -> Any:
        value = self.cleaned_data.get(PREFIX + one.key)
        match one.asks:
            case Asks.PERSON:
                name = self.cleaned_data.get(PREFIX + one.key + OTHER)
                person = self.people.get(value or "")
                return (
                    {"id": person.pk, "label": person.label}
                    if person
                    else {"id": None, "label": name}
                    if name
                    else None
                )
            case Asks.CHANGE:
                parts = [self.cleaned_data.get(PREFIX + one.key + end, "") for end in (BEFORE, AFTER)]
                return dict(zip(("before", "after"), parts, strict=True)) if any(parts) else None
            case Asks.YES_NO:
                return value == "yes" if value else None
            case Asks.DATE:
                return value.isoformat() if value else None
            case Asks.AGREE:
                return True if value else None
        return value or None


def _choice(one: Field, choices: Any, given: dict[str, Any]) -> forms.ChoiceField:
    few = len(choices) <= OPEN_CHOICES
    offered = choices if few and one.required else [("", _("Not said")), *choices]
    return forms.ChoiceField(
        label=one.label, choices=offered, widget=forms.RadioSelect if few else forms.Select, **given
    )


def _change(one: Field, given: dict[str, Any]) -> Iterator[tuple[str, forms.Field]]:
    for end, words in ((BEFORE, _("%(what)s, as it is now")), (AFTER, _("%(what)s, as it must be"))):
        most = one.limit if one.most else 1000
        rest = given if end == BEFORE else {**given, "help_text": ""}
        label = words % {"what": one.label}
        yield (
            one.key + end,
            line(label, most=most, **rest) if most <= 200 else paragraph(label, most=most, rows=2, **rest),
        )


def initial_of(fields: Sequence[Field], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Kept answers as the start of a form."""
    start: dict[str, Any] = {}
    for one in fields:
        value, name = answers.get(one.key), PREFIX + one.key
        if value is None:
            continue
        match one.asks:
            case Asks.PERSON if value["id"] is None:
                start[name + OTHER] = value["label"]
            case Asks.PERSON:
                start[name] = str(value["id"])
            case Asks.CHANGE:
                start |= {name + BEFORE: value["before"], name + AFTER: value["after"]}
            case Asks.YES_NO:
                start[name] = "yes" if value else "no"
            case _:
                start[name] = value
    return start


class TemplateForm(forms.Form):
    """The name of a template."""

    label = forms.CharField(
        label=gettext_lazy("Name of the template"),
        help_text=gettext_lazy("Everybody of your organisation may use it."),
        max_length=80,
        validators=[PRINTABLE],
        error_messages={"required": gettext_lazy("Give the template a name.")},
    )


class TickForm(forms.Form):
    """Which step of a checklist is ticked, or taken back."""

    step = forms.CharField(max_length=40)
    done = forms.ChoiceField(choices=[("1", "1"), ("0", "0")])
