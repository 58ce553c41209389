"""Forms of accesses to client data, additional tasks, cases at Microsoft and redactions. Each act is one form."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.forms.fields import line, paragraph
from portal.models import Membership
from tickets.rules.dataaccess import ACT_WORDS, HOW_WORDS, PROOF_WORDS, VERB_WORDS, How, Proof

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class PersonField(forms.TypedChoiceField):
    """One of a list of the client's people that the page has read once; gives the Membership, or None."""

    def __init__(self, *, people: Sequence[Membership], empty: "StrOrPromise", **given: Any) -> None:
        known = {str(person.pk): person for person in people}
        choices = [("", empty), *((key, person.label) for key, person in known.items())]
        super().__init__(choices=choices, coerce=known.get, empty_value=None, **given)


class DeedForm(forms.Form):
    """One act on the page of accesses. `stands` is its place there, so that it can stand there again with its errors."""

    stands = ""

    def __init__(self, *args: Any, pk: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = f"{self.stands}{pk or ''}_%s"


class AccessForm(DeedForm):
    """What access is asked for, by whom, for what (ACC-5, ODS-4, ODS-6)."""

    stands = "ask"
    verb = forms.ChoiceField(
        label=gettext_lazy("To"), choices=[(str(verb), words) for verb, words in VERB_WORDS.items()]
    )
    whose = forms.ChoiceField(
        label=gettext_lazy("Whose data?"),
        choices=[("other", gettext_lazy("Somebody else’s")), ("own", gettext_lazy("Their own account"))],
    )
    person = line(gettext_lazy("Whose, by name"), required=False, help_text=gettext_lazy("Empty for the own account."))
    place = line(gettext_lazy("Mailbox, site, file or account"), most=200)
    purpose = paragraph(
        gettext_lazy("What is to be done, and why"),
        most=500,
        rows=2,
        help_text=gettext_lazy("For example “Restore the folder Invoices, deleted by mistake on Monday”."),
    )

    def __init__(self, *args: Any, people: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["asked_by"] = PersonField(
            people=people, empty=_("Choose a person"), label=_("Who asks?"),
            error_messages={"required": _("Choose the person who asks.")},
        )  # fmt: skip
        self.order_fields(["asked_by", "verb", "whose", "person", "place", "purpose"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("whose") == "other" and not given.get("person"):
            self.add_error("person", _("Name the person whose data it is."))
        return given


class AllowForm(DeedForm):
    """A manager's word that staff were told (ODS-4)."""

    stands = "allow"
    word = forms.ChoiceField(
        label=gettext_lazy("Their word"), choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]
    )
    how = forms.ChoiceField(
        label=gettext_lazy("How it reached us"),
        choices=[(str(how), words) for how, words in HOW_WORDS.items() if how != How.PORTAL],
    )
    note = line(gettext_lazy("Which known number, or which letter"), most=300)

    def __init__(self, *args: Any, managers: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["manager"] = PersonField(people=managers, empty=_("Choose a manager"), label=_("Which manager?"))
        self.order_fields(["manager", "word", "how", "note"])


class WindowForm(DeedForm):
    """How long a window is open."""

    stands = "window"
    minutes = forms.ChoiceField(
        label=gettext_lazy("Open for"),
        choices=[
            ("30", gettext_lazy("30 minutes")),
            ("60", gettext_lazy("1 hour")),
            ("120", gettext_lazy("2 hours")),
            ("480", gettext_lazy("8 hours")),
        ],
    )


class ChangeForm(DeedForm):
    """One act on one object (ACC-6)."""

    stands = "change"
    act = forms.ChoiceField(
        label=gettext_lazy("What you did"), choices=[(str(act), words) for act, words in ACT_WORDS.items()]
    )
    thing = line(gettext_lazy("Object"), most=300, help_text=gettext_lazy("One entry for each object."))
    before = line(gettext_lazy("Before"), most=1000, required=False)
    after = line(gettext_lazy("After"), most=1000, required=False)


class CloseForm(DeedForm):
    """The end of a window."""

    stands = "close"
    note = line(gettext_lazy("Note"), most=300, required=False)


class CheckForm(DeedForm):
    """How we made sure who asks for a reset (LIA-3)."""

    stands = "check"
    proof = forms.ChoiceField(
        label=gettext_lazy("How"), choices=[(str(proof), words) for proof, words in PROOF_WORDS.items()]
    )
    note = line(gettext_lazy("Which known number, or what was said"), most=300)

    def __init__(self, *args: Any, managers: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["manager"] = PersonField(
            people=managers, empty=_("Nobody: we called back"), label=_("Manager who said yes"), required=False
        )
        self.order_fields(["proof", "manager", "note"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("proof") == Proof.MANAGER and not given.get("manager"):
            self.add_error("manager", _("Choose the manager who said yes."))
        return given


class BreakGlassForm(DeedForm):
    """Why an emergency cannot wait for anybody of the client's."""

    stands = "glass"
    reason = paragraph(gettext_lazy("Why can it not wait for the client?"), most=500, rows=2)


class TaskForm(DeedForm):
    """What is added to a request, and who wants it (ODS-7)."""

    stands = "task"
    what = paragraph(gettext_lazy("What is to be done as well"), most=500, rows=2)
    name = line(gettext_lazy("Or the name of somebody who is not registered"), required=False)

    def __init__(self, *args: Any, people: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"] = PersonField(
            people=people, empty=_("You yourself"), label=_("Who added it?"), required=False
        )
        self.order_fields(["what", "member", "name"])


class StepForm(DeedForm):
    """Which step an additional task takes."""

    stands = "step"
    step = forms.ChoiceField(choices=[("accepted", "accepted"), ("done", "done")])


class EscalateForm(DeedForm):
    """The case at Microsoft (HLP-10)."""

    stands = "escalate"
    case_number = line(gettext_lazy("Number of the case at Microsoft"), most=40)
    reason = line(gettext_lazy("Why it has to go there"), most=300)


class DecideForm(DeedForm):
    """A manager's yes or no in the portal; thing: the object whose deletion is confirmed."""

    stands = "decide"
    word = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])
    thing = line(gettext_lazy("Object to be deleted"), most=300, required=False)


class NameForm(DeedForm):
    """A person whom a manager names for one place (ODS-4)."""

    stands = "name"
    place = line(gettext_lazy("Mailbox, site, file or account"), most=200)
    days = forms.ChoiceField(
        label=gettext_lazy("For"),
        choices=[
            ("30", gettext_lazy("30 days")), ("90", gettext_lazy("90 days")), ("366", gettext_lazy("a year")),
        ],
    )  # fmt: skip

    def __init__(self, *args: Any, people: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["membership"] = PersonField(people=people, empty=_("Choose a person"), label=_("Who may ask?"))
        self.order_fields(["membership", "place", "days"])


class RedactForm(DeedForm):
    """Which words of a message, or areas of a picture, are made unreadable for good."""

    stands = "redact"
    what = forms.CharField(max_length=2000)
    reason = line(gettext_lazy("Why?"), most=200)

    def __init__(self, *args: Any, picture: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        what = self.fields["what"]
        what.widget = forms.Textarea(attrs={"rows": 3})
        what.label = _("Areas, one on each line") if picture else _("The words, exactly as they stand there")
        if picture:
            what.help_text = _("Left, top, right, bottom, in percent of the picture: “10 20 60 30”.")
