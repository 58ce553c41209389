"""Forms of knowledge articles."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.forms.fields import PRINTABLE, day, line, paragraph
from portal.models import Client, Staff
from tickets.rules.articles import (
    AUDIENCE_WORDS,
    CATEGORY_WORDS,
    LONGEST_BODY,
    LONGEST_KEYWORDS,
    Audience,
    names_left,
    plain_keywords,
)


class ArticleForm(forms.Form):
    """The editor. `names` are those of the client whose answer it began with, now or once: they may stay only if somebody says so."""

    title = line(gettext_lazy("Title"), help_text=gettext_lazy("As a person would ask for it."))
    body = paragraph(
        gettext_lazy("Text"),
        most=LONGEST_BODY,
        rows=16,
        help_text=gettext_lazy(
            "A line with # is a heading, - a list, 1. a step, > a note. **Bold**, `code`, [words](https://…)."
        ),
    )
    category = forms.ChoiceField(label=gettext_lazy("Category"))
    keywords = forms.CharField(
        label=gettext_lazy("Tags"),
        max_length=LONGEST_KEYWORDS,
        required=False,
        validators=[PRINTABLE],
        help_text=gettext_lazy("Other words that people use for it, with commas between. Suggestions look here too."),
    )
    audience = forms.ChoiceField(label=gettext_lazy("Who may read it"), widget=forms.RadioSelect)
    clients = forms.ModelMultipleChoiceField(
        Client.objects.none(),
        label=gettext_lazy("Chosen clients"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 5}),
    )
    owner = forms.ModelChoiceField(Staff.objects.none(), label=gettext_lazy("Owner"), empty_label=None)
    review_on = day(gettext_lazy("Review by"), required=False, help_text=gettext_lazy("The owner is told on that day."))
    note = line(gettext_lazy("What did you change?"), most=200, required=False)
    cleared = forms.BooleanField(label=gettext_lazy("These names may stand in the article"), required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, clients: Any, staff: Any, names: tuple[str, ...] = (), **given: Any) -> None:
        super().__init__(*args, **given)
        self.names = names
        self.fields["category"].choices = [(str(one), _(word)) for one, word in CATEGORY_WORDS.items()]  # type: ignore[attr-defined]
        self.fields["audience"].choices = [(str(one), _(word)) for one, word in AUDIENCE_WORDS.items()]  # type: ignore[attr-defined]
        self.fields["clients"].queryset = clients  # type: ignore[attr-defined]
        self.fields["owner"].queryset = staff  # type: ignore[attr-defined]
        if not names:
            del self.fields["cleared"]

    def clean_keywords(self) -> str:
        """In the form in which they are kept."""
        return plain_keywords(self.cleaned_data["keywords"])

    def clean(self) -> dict[str, Any]:
        """Chosen clients are named; names of the client whose request it came from do not slip in."""
        given = super().clean() or {}
        if given.get("audience") == Audience.CHOSEN and not given.get("clients"):
            self.add_error("clients", _("Choose at least one client, or let all clients read it."))
        left = names_left(
            f"{given.get('title', '')}\n{given.get('body', '')}\n{given.get('keywords', '')}\n{given.get('note', '')}",
            self.names,
        )
        if left and not given.get("cleared"):
            self.add_error("cleared", _("Still there: %(names)s.") % {"names": ", ".join(left)})
        return given


class ArticleDraftForm(forms.Form):
    """What stands in the editor, kept while somebody writes."""

    title = forms.CharField(max_length=120, required=False)
    body = forms.CharField(max_length=LONGEST_BODY, required=False, strip=False)


class VoteForm(forms.Form):
    """Did this help?"""

    helped = forms.TypedChoiceField(choices=[("yes", "yes"), ("no", "no")], coerce=lambda said: said == "yes")


class SolvedForm(forms.Form):
    """Which article made the request unnecessary."""

    article = forms.IntegerField(min_value=1, max_value=2**62)
