"""Forms of the helpdesk. Each says in plain words what is missing and how to mend it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from portal.files.forms import MultipleFileField
from portal.forms.fields import line, paragraph
from portal.models import Membership, MicrosoftTenant, Product, Staff
from tickets.rules.dataaccess import ACT_WORDS, HOW_WORDS, PROOF_WORDS, VERB_WORDS, How, Proof
from tickets.rules.states import Kind, State, Visibility

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

KIND_LABELS = {
    Kind.FAULT: gettext_noop("Fault: something does not work"),
    Kind.ALTERATION: gettext_noop("Alteration: change something"),
    Kind.REMOVAL: gettext_noop("Removal: take something away"),
    Kind.ADDITION: gettext_noop("Addition: set something up"),
    Kind.QUESTION: gettext_noop("Question"),
    Kind.FEEDBACK: gettext_noop("Feedback on the terms"),
}
KIND_CHOICES = [(str(kind), label) for kind, label in KIND_LABELS.items()]
LONGEST_BODY = 20_000


def body_field(label: "StrOrPromise", help_text: "StrOrPromise" = "", rows: int = 6) -> forms.CharField:
    """A message's text: needed, at most 20,000 characters."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={
            "required": _("Write something here."),
            "max_length": _("Please keep it under 20,000 characters."),
        },
    )


class AskForm(forms.Form):
    """A client's request: one question after the other, in the client's words."""

    subject = forms.CharField(
        label=gettext_lazy("What is wrong, or what do you need?"),
        help_text=gettext_lazy("One line, for example “Shared mailbox stopped receiving mail”."),
        max_length=200,
        error_messages={"required": gettext_lazy("Say in one line what this is about.")},
    )
    body = body_field(
        gettext_lazy("Tell us more"),
        gettext_lazy("What did you do, what did you expect, what happened instead? Error messages help."),
    )
    for_whom = forms.CharField(
        label=gettext_lazy("Who is it for?"),
        help_text=gettext_lazy("Leave it empty if it is for you."),
        max_length=200,
        required=False,
    )
    product = forms.ModelChoiceField(
        Product.objects.none(),
        label=gettext_lazy("Which product is it about?"),
        required=False,
        empty_label=gettext_lazy("I am not sure"),
    )
    tenant = forms.ModelChoiceField(
        MicrosoftTenant.objects.none(),
        label=gettext_lazy("Which Microsoft 365 organisation?"),
        required=False,
        empty_label=gettext_lazy("I am not sure"),
    )
    impact = forms.CharField(
        label=gettext_lazy("How does it hinder you?"),
        help_text=gettext_lazy(
            "For example: “Nobody in accounts can send invoices”, or “It can wait until next week”."
        ),
        max_length=300,
        required=False,
    )
    files = MultipleFileField(label=gettext_lazy("Pictures or files"), required=False)  # type: ignore[assignment]
    confidential = forms.BooleanField(
        label=gettext_lazy("Keep this confidential"),
        help_text=gettext_lazy("Only you, our staff and the people you name below will see it."),
        required=False,
    )
    named = forms.ModelMultipleChoiceField(
        Membership.objects.none(),
        label=gettext_lazy("Who else may see it?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, products: Any, tenants: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].queryset = products  # type: ignore[attr-defined]
        self.fields["named"].queryset = colleagues  # type: ignore[attr-defined]
        if len(tenants) > 1:
            self.fields["tenant"].queryset = tenants  # type: ignore[attr-defined]
        else:
            del self.fields["tenant"]

    def clean_subject(self) -> str:
        """One line without control characters."""
        return " ".join(str(self.cleaned_data["subject"]).split())


class ClientReplyForm(forms.Form):
    """The client's answer on a request."""

    body = body_field(gettext_lazy("Your message"), rows=4)
    files = MultipleFileField(label=gettext_lazy("Pictures or files"), required=False)  # type: ignore[assignment]


class StaffMessageForm(forms.Form):
    """The composer of the desk: a reply or an internal note."""

    kind = forms.ChoiceField(choices=[("reply", gettext_lazy("Reply")), ("note", gettext_lazy("Internal note"))])
    body = body_field(gettext_lazy("Message"))
    files = MultipleFileField(label=gettext_lazy("Files"), required=False)  # type: ignore[assignment]
    then = forms.ChoiceField(choices=[("stay", "stay"), ("next", "next")], required=False)
    state = forms.ChoiceField(
        choices=[("", "leave it"), *((str(state), str(state)) for state in State)], required=False
    )
    version = forms.IntegerField(required=False)
    after = forms.IntegerField(required=False)


class AcceptForm(forms.Form):
    """Accepting a request: what kind it is, and which product (LIA-1, HLP-2)."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What kind of request is it?"), choices=KIND_CHOICES, widget=forms.RadioSelect
    )
    product = forms.ModelChoiceField(
        Product.objects.none(), label=gettext_lazy("Product"), required=False, empty_label=gettext_lazy("Not said")
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, products: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].queryset = products  # type: ignore[attr-defined]


class AssignForm(forms.Form):
    """Giving a request to a colleague, or to nobody."""

    assignee = forms.ModelChoiceField(
        Staff.objects.none(), label=gettext_lazy("Assign to"), required=False, empty_label=gettext_lazy("Nobody")
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, staff: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = staff  # type: ignore[attr-defined]


class MoveForm(forms.Form):
    """Moving a request to another state."""

    state = forms.ChoiceField(choices=[(str(state), str(state)) for state in State])
    note = forms.CharField(max_length=300, required=False)
    version = forms.IntegerField(required=False)


class CorrectForm(AcceptForm):
    """Correcting what a request says about itself."""

    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=200)
    visibility = forms.ChoiceField(
        label=gettext_lazy("Who at the client sees it"),
        choices=[
            (str(Visibility.STANDARD), gettext_lazy("The requester and the managers")),
            (str(Visibility.CONFIDENTIAL), gettext_lazy("Only the requester and the people named")),
        ],
    )
    field_order = ("subject", "kind", "product", "visibility", "version")


class WithdrawForm(forms.Form):
    """Taking a message out of the client's view, with the reason that stays on record."""

    reason = forms.CharField(
        label=gettext_lazy("Why is it withdrawn?"),
        help_text=gettext_lazy("The client is not shown the reason; it stays on record."),
        max_length=200,
        error_messages={"required": gettext_lazy("Say why the message is withdrawn.")},
    )


class DeskAskForm(AskForm):
    """A request that staff write down, for example after a call: the acknowledgement goes out and the clock starts then."""

    requester = forms.ModelChoiceField(
        Membership.objects.none(),
        label=gettext_lazy("Who asked?"),
        empty_label=gettext_lazy("Choose a person"),
        help_text=gettext_lazy("The acknowledgement goes to this person, and the clock starts when it is out (HLP-6)."),
        error_messages={"required": gettext_lazy("Choose the person who asked.")},
    )
    field_order = ("requester", "subject", "body", "for_whom", "product", "tenant", "impact", "files")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["requester"].queryset = self.fields["named"].queryset  # type: ignore[attr-defined]
        self.fields["for_whom"].help_text = _("Leave it empty if it is for the person who asked.")


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
