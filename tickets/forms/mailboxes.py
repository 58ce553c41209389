"""Forms about mailboxes from which mail is fetched."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tickets.rules.mailboxes import SECURITY_WORDS, WAY_WORDS, Security, Way


def secret_field() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Password, or the application’s secret"),
        max_length=2000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Kept encrypted, and never shown again."),
    )


class SecretForm(forms.Form):
    """Another secret."""

    secret = secret_field()


class MailboxForm(forms.Form):
    """A new mailbox."""

    label = forms.CharField(label=gettext_lazy("What do you call it?"), max_length=60)
    host = forms.ChoiceField(
        label=gettext_lazy("Server"), help_text=gettext_lazy("Those that PORTAL_MAILBOX_HOSTS names.")
    )
    security = forms.ChoiceField(label=gettext_lazy("How the line is secured"))
    port = forms.IntegerField(label=gettext_lazy("Port"), min_value=1, max_value=65535, initial=993)
    user = forms.CharField(label=gettext_lazy("User name"), max_length=254)
    folder = forms.CharField(label=gettext_lazy("Folder to read"), max_length=120, initial="INBOX")
    done_folder = forms.CharField(
        label=gettext_lazy("Folder for what we have"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Left empty, mails stay where they are and are marked as seen."),
    )
    way = forms.ChoiceField(label=gettext_lazy("How the portal signs in"))
    tenant = forms.RegexField(
        r"^[A-Za-z0-9][A-Za-z0-9.-]*$",
        label=gettext_lazy("Microsoft tenant"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Only for Microsoft 365: its id or domain."),
    )
    application = forms.CharField(
        label=gettext_lazy("Application id"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Only for Microsoft 365."),
    )
    secret = secret_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, list[tuple[str, str]]] = {
            "host": [(host, host) for host in settings.PORTAL_MAILBOX_HOSTS],
            "security": [(str(one), _(SECURITY_WORDS[one])) for one in Security],
            "way": [(str(one), _(WAY_WORDS[one])) for one in Way],
        }
        for name, values in choices.items():
            self.fields[name].choices = values  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("way") == Way.MICROSOFT:
            for name in ("tenant", "application"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, _("Microsoft 365 needs this."))
        if given.get("done_folder") and given.get("done_folder") == given.get("folder"):
            self.add_error("done_folder", _("Name another folder than the one to read."))
        return given
