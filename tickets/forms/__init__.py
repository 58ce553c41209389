"""Forms of the helpdesk. Each says in plain words what is missing and how to mend it."""

from typing import TYPE_CHECKING, Any, Self

from django import forms
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from portal.files.forms import MultipleFileField
from portal.models import Membership, MicrosoftTenant, Product, Staff
from tickets.actions.intake import Request
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
    # What may be chosen is set for each form: a query set here would be copied for each, and copied again.
    product: "forms.ModelChoiceField[Product]" = forms.ModelChoiceField(
        None,
        label=_("Which product is it about?"),
        required=False,
        empty_label=_("I am not sure"),
    )
    tenant: "forms.ModelChoiceField[MicrosoftTenant]" = forms.ModelChoiceField(
        None,
        label=_("Which Microsoft 365 organisation?"),
        required=False,
        empty_label=_("I am not sure"),
    )
    impact = forms.CharField(
        label=_("How does it affect your work?"),
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
    named: "forms.ModelMultipleChoiceField[Membership]" = forms.ModelMultipleChoiceField(
        None,
        label=_("Who else may see it?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, products: Any, tenants: Any, colleagues: Any, **kwargs: Any) -> None:
        """products, tenants, colleagues: what may be chosen; of a post, as far as it names some."""
        super().__init__(*args, **kwargs)
        self.offer(products=products, tenants=tenants, colleagues=colleagues)
        if self.data.get("tenant"):
            self.leave_out_lone_tenant()

    def offer(self, *, products: Any, tenants: Any, colleagues: Any) -> None:
        """Set what may be chosen."""
        choices = {"product": products, "tenant": tenants, "named": colleagues, "requester": colleagues}
        for name in choices.keys() & self.fields.keys():
            self.fields[name].queryset = choices[name]  # type: ignore[attr-defined]

    def leave_out_lone_tenant(self) -> None:
        """Where a client has but one, there is nothing to ask."""
        if "tenant" in self.fields and len(self.fields["tenant"].queryset) < 2:  # type: ignore[attr-defined]
            del self.fields["tenant"]

    def drawn(self, **choices: Any) -> Self:
        """The form with everything that may be chosen, for its page."""
        self.offer(**choices)
        self.leave_out_lone_tenant()
        return self

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
        self.fields["for_whom"].help_text = gettext("Leave it empty if it is for the person who asked.")


def asked(given: dict[str, Any]) -> Request:
    """The form's answers as the action takes them."""
    named: list[Membership] = list(given["named"]) if given["confidential"] else []
    return Request(
        subject=given["subject"],
        body=given["body"],
        for_whom=given["for_whom"],
        product=given["product"],
        tenant=given.get("tenant"),
        impact=given["impact"],
        confidential=given["confidential"],
        named=named,
        files=given["files"] or (),
    )
