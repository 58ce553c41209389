"""Forms of the helpdesk. Each says in plain words what is missing and how to mend it."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from portal.files.forms import MultipleFileField
from portal.models import Client, Membership, MicrosoftTenant, Product, Staff
from portal.rules.people import ROLE_WORDS
from portal.rules.states import Role
from tickets.rules.states import BulkKind, Kind, LinkKind, Priority, State, Visibility

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
            "required": gettext("Write something here."),
            "max_length": gettext("Please keep it under 20,000 characters."),
        },
    )


class AskForm(forms.Form):
    """A client's request: one question after the other, in the client's words."""

    subject = forms.CharField(
        label=_("What is wrong, or what do you need?"),
        help_text=_("One line, for example “Shared mailbox stopped receiving mail”."),
        max_length=200,
        error_messages={"required": _("Say in one line what this is about.")},
    )
    body = body_field(
        _("Tell us more"),
        _("What did you do, what did you expect, what happened instead? Error messages help."),
    )
    for_whom = forms.CharField(
        label=_("Who is it for?"),
        help_text=_("Leave it empty if it is for you."),
        max_length=200,
        required=False,
    )
    product = forms.ModelChoiceField(
        Product.objects.none(),
        label=_("Which product is it about?"),
        required=False,
        empty_label=_("I am not sure"),
    )
    tenant = forms.ModelChoiceField(
        MicrosoftTenant.objects.none(),
        label=_("Which Microsoft 365 organisation?"),
        required=False,
        empty_label=_("I am not sure"),
    )
    impact = forms.CharField(
        label=_("How does it hinder you?"),
        help_text=_("For example: “Nobody in accounts can send invoices”, or “It can wait until next week”."),
        max_length=300,
        required=False,
    )
    files = MultipleFileField(label=_("Pictures or files"), required=False)  # type: ignore[assignment]
    confidential = forms.BooleanField(
        label=_("Keep this confidential"),
        help_text=_("Only you, our staff and the people you name below will see it."),
        required=False,
    )
    named = forms.ModelMultipleChoiceField(
        Membership.objects.none(),
        label=_("Who else may see it?"),
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

    body = body_field(_("Your message"), rows=4)
    files = MultipleFileField(label=_("Pictures or files"), required=False)  # type: ignore[assignment]


class StaffMessageForm(forms.Form):
    """The composer of the desk: a reply or an internal note."""

    kind = forms.ChoiceField(choices=[("reply", _("Reply")), ("note", _("Internal note"))])
    body = body_field(_("Message"))
    files = MultipleFileField(label=_("Files"), required=False)  # type: ignore[assignment]
    then = forms.ChoiceField(choices=[("stay", "stay"), ("next", "next")], required=False)
    state = forms.ChoiceField(
        choices=[("", "leave it"), *((str(state), str(state)) for state in State)], required=False
    )
    version = forms.IntegerField(required=False)
    after = forms.IntegerField(required=False)


class AcceptForm(forms.Form):
    """Accepting a request: what kind it is, and which product (LIA-1, HLP-2)."""

    kind = forms.ChoiceField(label=_("What kind of request is it?"), choices=KIND_CHOICES, widget=forms.RadioSelect)
    product = forms.ModelChoiceField(
        Product.objects.none(), label=_("Product"), required=False, empty_label=_("Not said")
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, products: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].queryset = products  # type: ignore[attr-defined]


class AssignForm(forms.Form):
    """Giving a request to a colleague, or to nobody."""

    assignee = forms.ModelChoiceField(
        Staff.objects.none(), label=_("Assign to"), required=False, empty_label=_("Nobody")
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

    subject = forms.CharField(label=_("Subject"), max_length=200)
    visibility = forms.ChoiceField(
        label=_("Who at the client sees it"),
        choices=[
            (str(Visibility.STANDARD), _("The requester and the managers")),
            (str(Visibility.CONFIDENTIAL), _("Only the requester and the people named")),
        ],
    )
    field_order = ("subject", "kind", "product", "visibility", "version")


class WithdrawForm(forms.Form):
    """Taking a message out of the client's view, with the reason that stays on record."""

    reason = forms.CharField(
        label=_("Why is it withdrawn?"),
        help_text=_("The client is not shown the reason; it stays on record."),
        max_length=200,
        error_messages={"required": _("Say why the message is withdrawn.")},
    )


class DeskAskForm(AskForm):
    """A request that staff write down, for example after a call: the acknowledgement goes out and the clock starts then."""

    requester = forms.ModelChoiceField(
        Membership.objects.none(),
        label=_("Who asked?"),
        empty_label=_("Choose a person"),
        help_text=_("The acknowledgement goes to this person, and the clock starts when it is out (HLP-6)."),
        error_messages={"required": _("Choose the person who asked.")},
    )
    field_order = ("requester", "subject", "body", "for_whom", "product", "tenant", "impact", "files")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["requester"].queryset = self.fields["named"].queryset  # type: ignore[attr-defined]
        self.fields["for_whom"].help_text = gettext("Leave it empty if it is for the person who asked.")


def reason_field() -> forms.CharField:
    return forms.CharField(
        label=_("Why?"),
        help_text=_("It stays on record."),
        max_length=200,
        error_messages={"required": _("Say why; it stays on record.")},
    )


class MailReasonForm(forms.Form):
    """Running a mail again, vouching for it, or leaving it."""

    reason = reason_field()


class MailGiveForm(forms.Form):
    """Making a request of a mail in a registered person's name."""

    email = forms.EmailField(
        label=_("Whose request is it?"),
        help_text=_("The address of a registered person. The acknowledgement goes there (HLP-5)."),
        error_messages={"required": _("Name the person by their address.")},
    )
    client = forms.ModelChoiceField(
        Client.objects.none(),
        label=_("For which client?"),
        required=False,
        empty_label=_("The person’s only one"),
    )
    is_home = forms.BooleanField(label=_("From now on this person’s mail is for that client"), required=False)
    reason = reason_field()

    def __init__(self, *args: Any, clients: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client"].queryset = clients  # type: ignore[attr-defined]


class MailRegisterForm(forms.Form):
    """Registering the sender of a mail as a person of a client, then running the mail again."""

    name = forms.CharField(
        label=_("The person’s name"),
        max_length=120,
        error_messages={"required": _("Say who writes.")},
    )
    client = forms.ModelChoiceField(
        Client.objects.none(),
        label=_("Which client do they belong to?"),
        empty_label=_("Choose a client"),
        error_messages={"required": _("Choose the client.")},
    )
    role = forms.ChoiceField(
        label=_("What may they do?"),
        choices=[(str(role), ROLE_WORDS[role].capitalize()) for role in (Role.AUTHOR, Role.BILLING)],
    )
    reason = reason_field()

    def __init__(self, *args: Any, clients: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client"].queryset = clients  # type: ignore[attr-defined]


class SeenForm(forms.Form):
    """A form on a ticket: the version that its reader saw."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class SnoozeForm(SeenForm):
    """How long it can wait, and why: some days, or an instant of the office's zone."""

    days = forms.TypedChoiceField(
        label=_("Until"),
        choices=[("", ""), ("1", "1"), ("3", "3"), ("7", "7")],
        coerce=int,
        required=False,
    )
    until = forms.DateTimeField(label=_("Until"), required=False, input_formats=["%Y-%m-%dT%H:%M"])
    reason = forms.CharField(label=_("Why"), max_length=200, error_messages={"required": _("Say why it can wait.")})

    def clean(self) -> dict[str, Any]:
        """One of the two says until when."""
        given = super().clean() or {}
        if not given.get("days") and not given.get("until") and not self.errors:
            self.add_error("until", _("Choose until when."))
        return given


class MarkForm(SeenForm):
    """Priority and tags."""

    priority = forms.ChoiceField(label=_("Priority"), choices=[(str(one), str(one)) for one in Priority])
    tags = forms.CharField(label=_("Tags"), max_length=330, required=False)


class MergeForm(SeenForm):
    """Into which request."""

    ref = forms.CharField(
        label=_("Reference"), max_length=20, error_messages={"required": _("Which request? Give its reference.")}
    )


class LinkForm(MergeForm):
    """What it has to do with which request."""

    kind = forms.ChoiceField(label=_("It is"), choices=[(str(one), str(one)) for one in LinkKind])


class DeclineForm(SeenForm):
    """The sentence that the client reads."""

    sentence = forms.CharField(
        label=_("Why not"),
        max_length=LONGEST_BODY,
        error_messages={"required": _("Write to the client why you cannot take it on.")},
    )


class SplitForm(SeenForm):
    """Which messages become a request of its own, and what it is called."""

    subject = forms.CharField(
        label=_("Subject"), max_length=200, error_messages={"required": _("Say in one line what the new one is about.")}
    )
    messages = forms.TypedMultipleChoiceField(
        label=_("Messages"), coerce=int, error_messages={"required": _("Choose at least one message.")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The action says which messages may be chosen; here only whole numbers are let through."""
        super().__init__(*args, **kwargs)
        said = self.data.getlist("messages") if hasattr(self.data, "getlist") else []
        self.fields["messages"].choices = [(one, one) for one in said if one.isdecimal() and len(one) < 19]  # type: ignore[attr-defined]


class DraftForm(forms.Form):
    """What stands in the composer; empty words wipe the draft out."""

    kind = forms.ChoiceField(choices=[("reply", "reply"), ("note", "note")])
    body = forms.CharField(max_length=LONGEST_BODY, required=False, strip=False)


class SavedAnswerForm(forms.Form):
    """A saved answer: its name, its words, and who may use it."""

    label = forms.CharField(label=_("Name"), max_length=80)
    body = forms.CharField(
        label=_("Words"),
        help_text=_("{client}, {person}, {first_name}, {reference}, {subject}, {me} and {supplier} are filled in."),
        max_length=LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    shared = forms.BooleanField(label=_("Everybody may use it"), required=False)


class SavedViewForm(forms.Form):
    """Filters of the queue and the name to keep them under."""

    label = forms.CharField(max_length=40, error_messages={"required": _("Give the view a name.")})
    name = forms.ChoiceField(choices=[(name, name) for name in ("open", "mine", "unassigned", "waiting", "done")])
    client = forms.CharField(max_length=60, required=False)
    tag = forms.CharField(max_length=30, required=False)
    shared = forms.BooleanField(required=False)


class BulkForm(forms.Form):
    """One act on the chosen rows of the queue, with the value that belongs to it."""

    act = forms.ChoiceField(choices=[(str(one), str(one)) for one in BulkKind])
    assignee = forms.ModelChoiceField(Staff.objects.none(), required=False)
    priority = forms.ChoiceField(choices=[(str(one), str(one)) for one in Priority], required=False)
    tag = forms.CharField(max_length=30, required=False)

    def __init__(self, *args: Any, staff: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = staff  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A tag or a priority must be given for its act; nobody is somebody to assign to."""
        given = super().clean() or {}
        if given.get("act") in (BulkKind.TAG, BulkKind.PRIORITY) and not given.get(given["act"]):
            self.add_error(given["act"], _("Say which."))
        return given

    def value(self) -> str:
        """What the act takes: a staff key, a priority or a tag."""
        given = self.cleaned_data
        if given["act"] == BulkKind.ASSIGN:
            return str(given["assignee"].pk) if given["assignee"] else ""
        return str(given[given["act"]])
