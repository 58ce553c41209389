"""Passkeys: adding one, and what a browser says it has signed. What is no credential is a wrong one, never a fault."""

from collections.abc import Callable
from struct import error as CutShort
from typing import Any, TypeVar

from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Read = TypeVar("Read")
# What the library raises over parts that are missing, of another kind, or cut short.
MALFORMED = (KeyError, IndexError, TypeError, AttributeError, ValueError, CutShort)


def understood(read: Callable[[], Read]) -> Read:
    """What `read` makes of a credential. Raises ValidationError for one that nobody's device has made."""
    try:
        return read()
    except forms.ValidationError:
        raise
    except MALFORMED as error:
        raise forms.ValidationError(_("The passkey did not work. Please try again.")) from error


class PasskeyForm(AddWebAuthnForm):
    """A key with a name; ticked by default, it signs the person in without a password (MFA_FORMS)."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("So that you recognise it, for example “Work laptop”."),
    )
    passwordless = forms.BooleanField(
        label=gettext_lazy("Sign in with it alone, without a password"),
        required=False,
        initial=True,
        help_text=gettext_lazy(
            "Your device then asks for your finger, your face or its PIN. Leave it out for a plain security key."
        ),
    )

    def clean(self) -> dict[str, Any]:
        return understood(super().clean)


class SecondStepForm(AuthenticateWebAuthnForm):
    """A key as the second step of signing in."""

    def clean_credential(self) -> Any:
        return understood(super().clean_credential)


class SignInForm(LoginWebAuthnForm):
    """A key instead of a password."""

    def clean_credential(self) -> Any:
        return understood(super().clean_credential)


class ProofForm(ReauthenticateWebAuthnForm):
    """A key as a fresh proof."""

    def clean_credential(self) -> Any:
        return understood(super().clean_credential)
