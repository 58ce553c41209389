"""The editor of ready-made forms: the face, one row for each question, one for each step; together they make a definition."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.forms.fields import line, paragraph
from tickets.forms import KIND_CHOICES
from tickets.models import FormVersion
from tickets.rules.requestforms import (
    ASKS_WORDS,
    LONGEST_TEXT,
    MOST_FIELDS,
    MOST_STEPS,
    PARTS,
    Asks,
    Definition,
    Fault,
    Field,
    Keys,
    Leads,
    Needs,
    Step,
    faults_of,
)
from tickets.rules.scope import AREA_WORDS
from tickets.rules.states import Kind

NEEDS_WORDS = {
    Needs.NOTHING: gettext_lazy("Nothing"),
    Needs.IDENTITY: gettext_lazy("An identity check on record"),
    Needs.ACCESS: gettext_lazy("A window opened under this request"),
}
# Empty rows at the end, for what is added.
SPARE = 3


class FaceForm(forms.Form):
    """What a form is called, and what it rests on."""

    name = line(gettext_lazy("Name"), most=80)
    summary = line(gettext_lazy("What it is for, in one line"), most=200)
    notice = paragraph(gettext_lazy("What clients must know before they fill it in"), most=1000, rows=2, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of request"),
        choices=[one for one in KIND_CHOICES if one[0] != Kind.FEEDBACK],
        help_text=gettext_lazy("Offered to whoever accepts it."),
    )
    area = forms.ChoiceField(
        label=gettext_lazy("What it is about"),
        choices=[(str(area), words) for area, words in AREA_WORDS.items()],
        help_text=gettext_lazy("From this the portal proposes whether it is part of support."),
    )
    clause = line(gettext_lazy("Clause that it rests on"), most=8, help_text=gettext_lazy("For example LIA-3."))
    why = line(gettext_lazy("Why, in one sentence"), most=300)
    managers_only = forms.BooleanField(label=gettext_lazy("Only managers of the client may send it"), required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_clause(self) -> str:
        return str(self.cleaned_data["clause"]).strip().upper()


class FieldRow(forms.Form):
    """One question."""

    key = forms.SlugField(max_length=40, required=False, widget=forms.HiddenInput)
    label = line(
        gettext_lazy("Question"),
        most=200,
        error_messages={"required": gettext_lazy("Write the question, or remove it.")},
    )
    # As the browser sends an untouched row, so that it counts as untouched.
    asks = forms.ChoiceField(
        label=gettext_lazy("Answered by"),
        initial=str(Asks.LINE),
        choices=[(str(asks), words) for asks, words in ASKS_WORDS.items()],
    )
    help = line(gettext_lazy("Help below the question"), most=300, required=False)
    choices = paragraph(
        gettext_lazy("Choices"), most=3000, rows=3, required=False,
        help_text=gettext_lazy("One on each line; only for one of a list."),
    )  # fmt: skip
    most = forms.IntegerField(
        label=gettext_lazy("Most characters"), min_value=1, max_value=LONGEST_TEXT, required=False,
        help_text=gettext_lazy("Empty: 200 for a line, 4,000 for several."),
    )  # fmt: skip
    required = forms.BooleanField(label=gettext_lazy("Must be answered"), required=False, initial=True)
    ahead = forms.BooleanField(label=gettext_lazy("A date may not lie in the past"), required=False)
    private = forms.BooleanField(label=gettext_lazy("Private: never kept in a client’s template"), required=False)

    def names(self) -> list[str]:
        """What its key and the parts of it take from the keys of new questions; nothing while it has none."""
        key, parts = self.cleaned_data["key"], PARTS.get(Asks(self.cleaned_data["asks"]), ())
        return [key + part for part in ("", *parts)] if key else []

    def question(self, keys: Keys) -> Field:
        """What the row says."""
        given = self.cleaned_data
        asks = Asks(given["asks"])
        lines = tuple(" ".join(one.split()) for one in given["choices"].splitlines() if one.strip())
        return Field(
            key=given["key"] or keys.new(given["label"], asks), label=given["label"], asks=asks, help=given["help"],
            required=given["required"] or asks == Asks.AGREE, most=given["most"] or 0,
            choices=lines if asks == Asks.CHOICE else (), ahead=given["ahead"], private=given["private"],
        )  # fmt: skip


class StepRow(forms.Form):
    """One step of the checklist."""

    key = forms.SlugField(max_length=40, required=False, widget=forms.HiddenInput)
    label = line(
        gettext_lazy("Step"), most=200, error_messages={"required": gettext_lazy("Write the step, or remove it.")}
    )
    required = forms.BooleanField(label=gettext_lazy("The request cannot be resolved without it"), required=False)
    needs = forms.ChoiceField(
        label=gettext_lazy("Can be ticked only with"),
        initial=str(Needs.NOTHING),
        choices=[(str(one), words) for one, words in NEEDS_WORDS.items()],
    )

    def step(self, keys: Keys) -> Step:
        """What the row says."""
        given = self.cleaned_data
        return Step(given["key"] or keys.new(given["label"]), given["label"], given["required"], Needs(given["needs"]))


def rows_of(row: type[forms.Form], most: int) -> Any:
    """The set of such rows, with spare ones, an order and a box to remove each."""
    return forms.formset_factory(
        row, extra=SPARE, can_order=True, can_delete=True, max_num=most, validate_max=True, absolute_max=most + SPARE
    )


FieldRows, StepRows = rows_of(FieldRow, MOST_FIELDS), rows_of(StepRow, MOST_STEPS)


class Editor:
    """The three parts of the page as one form, as parts/error_summary.html and the view see it."""

    def __init__(self, data: Any, *, old: FormVersion | None) -> None:
        known = old.definition() if old else None
        self.leads = known.leads if known else Leads.NOTHING
        self.face = FaceForm(data, initial=face_of(known, old.number if old else 0))
        self.questions = FieldRows(
            data, prefix="q", initial=[question_of(one) for one in known.fields] if known else []
        )
        self.steps = StepRows(data, prefix="s", initial=[step_of(one) for one in known.steps] if known else [])
        number_rows(self.questions, _("Question %(number)s"))
        number_rows(self.steps, _("Step %(number)s"))
        for row in self.questions.forms:
            row.words = ASKS_WORDS.get(row["asks"].value(), "")

    def is_valid(self) -> bool:
        """Whether all parts are in order, and what they say together is a form."""
        parts = [self.face.is_valid(), self.questions.is_valid(), self.steps.is_valid()]
        if not all(parts):
            return False
        faults = faults_of(self.definition())
        for fault in faults:
            self._say(fault)
        return not faults

    def _say(self, fault: Fault) -> None:
        rows = {"fields": kept(self.questions), "steps": kept(self.steps)}.get(fault.part)
        if rows is None:
            self.face.add_error(fault.part, fault.sentence)
        elif fault.place < len(rows):
            rows[fault.place].add_error("label", fault.sentence)
        else:
            self.face.add_error(None, fault.sentence)

    def definition(self) -> Definition:
        """What the page says; only of one whose parts are in order."""
        given = self.face.cleaned_data
        questions, steps = kept(self.questions), kept(self.steps)
        of_questions = Keys({name for row in questions for name in row.names()})
        of_steps = Keys({row.cleaned_data["key"] for row in steps})
        return Definition(
            given["name"], given["summary"], given["kind"], given["area"], given["clause"], given["why"],
            tuple(row.question(of_questions) for row in questions), tuple(row.step(of_steps) for row in steps),
            given["notice"], self.leads, given["managers_only"] or self.leads == Leads.PROTECTION,
        )  # fmt: skip

    def __iter__(self) -> Iterator[forms.BoundField]:
        for part in (self.face, *self.questions.forms, *self.steps.forms):
            yield from part

    @property
    def errors(self) -> dict[str, Any]:
        """Every error by the name of its field on the page."""
        of_face = dict(self.face.errors)
        rows = (*self.questions.forms, *self.steps.forms)
        of_rows = {row.add_prefix(name): errors for row in rows for name, errors in row.errors.items()}
        return of_face | of_rows

    def non_field_errors(self) -> list[str]:
        """Errors of no one field."""
        sets = [*self.questions.non_form_errors(), *self.steps.non_form_errors()]
        return [*self.face.non_field_errors(), *sets] if self.face.is_bound else []


def kept(rows: Any) -> list[Any]:
    """The rows that are not removed, in the order that was given; a row without a number stands behind."""
    return list(rows.ordered_forms)


def number_rows(rows: Any, words: str) -> None:
    """Give each row's first field its number, so that an error says which one it is; the spare ones come last."""
    for place, row in enumerate(rows.forms, 1):
        row.fields["label"].label = words % {"number": place}
        row.fields["ORDER"].label, row.fields["DELETE"].label = _("Place"), _("Remove it")


def face_of(known: Definition | None, number: int) -> dict[str, Any]:
    names = ("name", "summary", "notice", "kind", "area", "clause", "why", "managers_only")
    return {"seen": number, **({name: getattr(known, name) for name in names} if known else {})}


def question_of(one: Field) -> Mapping[str, Any]:
    plain = {name: getattr(one, name) for name in ("key", "label", "help", "required", "ahead", "private")}
    return {**plain, "asks": str(one.asks), "most": one.most or None, "choices": "\n".join(one.choices)}


def step_of(one: Step) -> Mapping[str, Any]:
    return {"key": one.key, "label": one.label, "required": one.required, "needs": str(one.needs)}
