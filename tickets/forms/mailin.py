"""Forms about mail that was set aside."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.models import Client
from portal.rules.people import ROLE_WORDS
from portal.rules.states import Role

if TYPE_CHECKING:
    pass


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
