"""Forms of problems."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.forms.fields import line, paragraph
from portal.models import Announcement
from tickets.forms import LONGEST_BODY
from tickets.models import Problem
from tickets.queries.problems import announcements_for, unresolved
from tickets.rules.problems import STATE_WORDS, ProblemState
from tickets.rules.references import normal_reference


class NewProblemForm(forms.Form):
    """What is known at first."""

    title = line(_("What is the problem?"), most=160, help_text=_("For staff only: no client reads it."))
    cause = paragraph(_("Cause, as far as it is known"), most=4000, rows=4, required=False)


class ProblemForm(NewProblemForm):
    """What is known by now."""

    state = forms.ChoiceField(label=_("State"), choices=[(str(one), words) for one, words in STATE_WORDS.items()])
    announcement = forms.ModelChoiceField(
        label=_("Announcement"), queryset=Announcement.objects.none(), required=False, empty_label=_("None"),
        help_text=_("Its updates can then answer the open requests of this problem too."),
    )  # fmt: skip

    def __init__(self, data: Any, *, problem: Problem) -> None:
        names = ("title", "cause", "state", "announcement")
        super().__init__(data, initial={name: getattr(problem, name) for name in names})
        self.fields["announcement"].queryset = announcements_for(problem)  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        """For the action."""
        return {**self.cleaned_data, "state": ProblemState(self.cleaned_data["state"])}


class AnswerAllForm(forms.Form):
    """Words to every open request of a problem."""

    body = paragraph(
        _("Your answer to all of them"), most=LONGEST_BODY, rows=5,
        help_text=_("Each client reads it as the answer on their own request: name no client in it."),
    )  # fmt: skip
    resolve = forms.BooleanField(label=_("And resolve them"), required=False)


class LinkManyForm(forms.Form):
    """Which requests belong to which problem; `refs` as a word each, however they are separated."""

    problem = forms.ModelChoiceField(label=_("Problem"), queryset=Problem.objects.none())
    refs = forms.CharField(label=_("References"), max_length=4000)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["problem"].queryset = unresolved()  # type: ignore[attr-defined]

    def clean_refs(self) -> list[str]:
        """References as they are stored. A word that is none is named."""
        words = self.cleaned_data["refs"].replace(",", " ").split()
        found = {word: normal_reference(word) for word in words}
        unknown = [word for word, ref in found.items() if ref is None]
        if unknown:
            raise forms.ValidationError(_("%(word)s is no reference.") % {"word": unknown[0][:20]})
        return [ref for ref in found.values() if ref]
