"""How second factors are kept: the secrets of authenticator apps and of recovery codes only encrypted."""

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import InvalidToken
from django.forms import ValidationError
from django.utils.translation import gettext_lazy, gettext_noop

from portal.secrecy import key_for

PURPOSE = "portal.second-factor"
UNREADABLE = gettext_noop("This second step cannot be checked any more; ask our team for a new one.")


class SecondFactorAdapter(DefaultMFAAdapter):
    """MFA_ADAPTER."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("That code is not right. Codes change every 30 seconds: type the newest one."),
    }

    def encrypt(self, text: str) -> str:
        """The secret as it stands in the database."""
        return key_for(PURPOSE).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again. Raises ValidationError when it was encrypted under another PORTAL_SECRET_KEY, or not at all."""
        try:
            return key_for(PURPOSE).decrypt(encrypted_text.encode()).decode()
        except InvalidToken as error:
            raise ValidationError(UNREADABLE) from error
