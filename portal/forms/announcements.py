"""Forms of announcements: what they say, what followed, and why one is called off."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.forms.fields import InstantField, line, paragraph
from portal.models import Announcement, Client
from portal.rules.announcements import KIND_WORDS, STAGE_WORDS, AnnouncementKind, Stage, Wording
from portal.rules.states import ClientState

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LOCAL = "%Y-%m-%dT%H:%M"
ALL, CHOSEN = "all", "chosen"
LONGEST = 5000


def moment(label: "StrOrPromise", **given: Any) -> InstantField:
    """An instant in the supplier's zone, entered with the browser's own calendar."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL)
    return InstantField(label=label, widget=widget, input_formats=[LOCAL, f"{LOCAL}:%S"], **given)


class AnnouncementForm(forms.Form):
    """A draft. `wording` is what it says, once it is valid."""

    kind = forms.ChoiceField(label=_("What is it?"), choices=[(str(kind), words) for kind, words in KIND_WORDS.items()])
    title = line(_("Title"))
    text = paragraph(
        _("What clients read"),
        most=LONGEST,
        rows=6,
        help_text=_("What does not work, for whom, and what they can do meanwhile."),
    )
    starts_at = moment(_("Begins"), help_text=_("UK time."))
    ends_at = moment(_("Ends"), required=False, help_text=_("UK time. Of an outage only what you expect, or nothing."))
    audience = forms.ChoiceField(
        label=_("For whom"),
        choices=[(ALL, _("All clients")), (CHOSEN, _("Only these"))],
        widget=forms.RadioSelect,
        initial=ALL,
    )
    clients = forms.ModelMultipleChoiceField(
        label=_("Clients"), queryset=Client.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        active = Client.objects.filter(state=ClientState.ACTIVE).order_by("name")
        self.fields["clients"].queryset = active  # type: ignore[attr-defined]

    def wording(self) -> Wording:
        """What was typed, as the rules read it."""
        given = self.cleaned_data
        chosen = frozenset(one.pk for one in given["clients"]) if given["audience"] == CHOSEN else None
        return Wording(
            kind=AnnouncementKind(given["kind"]), title=given["title"], text=given["text"], starts_at=given["starts_at"],
            ends_at=given["ends_at"], clients=chosen,
        )  # fmt: skip


def initial_of(row: Announcement) -> dict[str, Any]:
    """A draft as the form shows it."""
    return {
        "kind": row.kind, "title": row.title, "text": row.text, "starts_at": row.starts_at, "ends_at": row.ends_at,
        "audience": ALL if row.to_all else CHOSEN, "clients": list(row.audience.values_list("client_id", flat=True)),
    }  # fmt: skip


class UpdateForm(forms.Form):
    """What followed, whether it is over, and whether the requests of its problem are answered too."""

    stage = forms.ChoiceField(
        label=_("Where we are"), choices=[(str(one), words) for one, words in STAGE_WORDS.items()]
    )
    body = paragraph(_("What clients read"), most=LONGEST, rows=4)
    ends_at = moment(
        _("Ends, as far as we know now"), required=False, help_text=_("UK time. Leave it empty if nothing changes.")
    )
    over = forms.BooleanField(label=_("It is over: this is the last word"), required=False)
    answer = forms.BooleanField(label=_("Answer the open requests of its problem with these words"), required=False)
    resolve = forms.BooleanField(label=_("And resolve them"), required=False)

    def __init__(self, *args: Any, with_problem: bool, **given: Any) -> None:
        super().__init__(*args, **given)
        if not with_problem:
            del self.fields["answer"], self.fields["resolve"]

    def facts(self) -> dict[str, Any]:
        """For the action."""
        given = self.cleaned_data
        until: datetime | None = given["ends_at"]
        return {
            "stage": Stage(given["stage"]), "body": given["body"], "ends_at": until, "over": given["over"],
            "answer": given.get("answer", False), "resolve": given.get("resolve", False),
        }  # fmt: skip


class CallOffForm(forms.Form):
    """Why."""

    reason = line(_("Why it is called off, for the clients"), most=300, required=False)
