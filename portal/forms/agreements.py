"""Forms about agreements."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.actions.agreements import Edition
from portal.files import Taken
from portal.files.forms import MultipleFileField
from portal.forms.fields import day, line, person_name
from portal.models import AgreementDocument
from portal.rules.agreements import KIND_NAMES, PDF


class AgreementForm(forms.Form):
    """A version of an agreement with its file."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Agreement"), choices=[(kind.value, name) for kind, name in KIND_NAMES.items()]
    )
    version = line(
        gettext_lazy("Version"),
        most=40,
        help_text=gettext_lazy("As the document names itself, for example: September 2026."),
    )
    effective_from = day(gettext_lazy("Applies from"))
    source = line(
        gettext_lazy("Source"),
        most=300,
        help_text=gettext_lazy("Where the file was obtained, for example: Partner Center, 24 November."),
    )
    document = MultipleFileField(
        required=True, label=gettext_lazy("The document"), help_text=gettext_lazy("One PDF. We keep our own copy.")
    )

    def clean_document(self) -> list[Taken]:
        files: list[Taken] = self.cleaned_data["document"]
        if len(files) != 1 or files[0].content_type != PDF:
            raise forms.ValidationError(_("Please add one PDF, and nothing else."))
        return files

    def edition(self) -> Edition:
        return Edition(**{name: self.cleaned_data[name] for name in Edition.__dataclass_fields__})


class AcceptForm(forms.Form):
    """A manager's word, at the end of the page that shows what is accepted."""

    agreed = forms.BooleanField(
        label=gettext_lazy("I have read it, and I may accept it for my organisation."),
        error_messages={"required": gettext_lazy("Tick this if you accept it.")},
    )


class CheckForm(forms.Form):
    """A person looked for a new version, and there is none."""

    source = line(
        gettext_lazy("Where you looked"),
        most=300,
        help_text=gettext_lazy("For example: Partner Center, Customer agreement, version of September 2026."),
    )


class RecordForm(forms.Form):
    """An acceptance that was given elsewhere."""

    document = forms.ModelChoiceField(
        AgreementDocument.objects.none(), label=gettext_lazy("Agreement"), empty_label=gettext_lazy("Choose one")
    )
    accepted_by = person_name(label=gettext_lazy("Who accepted it"))
    accepted_on = day(gettext_lazy("On which day"))
    evidence = line(
        gettext_lazy("Evidence"),
        most=300,
        help_text=gettext_lazy("For example: signed order of 3 March 2026, cabinet 1."),
    )

    def __init__(self, *args: object, **given: object) -> None:
        super().__init__(*args, **given)  # type: ignore[arg-type]
        choices: forms.ModelChoiceField = self.fields["document"]  # type: ignore[assignment]
        choices.queryset = AgreementDocument.objects.order_by("kind", "-effective_from")
