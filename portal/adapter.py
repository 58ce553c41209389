"""How the sign-in library behaves in this portal: by invitation only, own paths only, mails through the outbox."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.forms import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock, oidc, outbox, stepup
from portal.actions.sessions import note_attempt
from portal.actors import VISITOR
from portal.addresses import client_ip
from portal.queries.people import address_of, is_staff_person
from portal.queries.providers import own_account
from portal.rules.states import SignInWay
from portal.sessions import begin_session

# What proofs by an account elsewhere are called in the session.
PROVIDER = "provider"
# The library's sentences, in ours: what is wrong and what to do, and never whether the address is known.
SENTENCES = {
    "account_inactive": gettext_lazy("This account is switched off. Ask a manager of your organisation, or our team."),
    "email_password_mismatch": gettext_lazy("The address and the password do not match. Check both and try again."),
    "enter_current_password": gettext_lazy("Please type the password that you use now."),
    "incorrect_password": gettext_lazy("That is not your password. Please try again."),
    "invalid_password_reset": gettext_lazy("This link no longer works. Ask for a new one."),
    "rate_limited": gettext_lazy("That was too often in a short time. Please wait a minute and try again."),
    "same_as_current": gettext_lazy("That is the one you have now. Choose another."),
}
LINKS = ("password_reset_url", "activate_url")


def way_of(proofs: list[dict[str, Any]]) -> SignInWay | None:
    """How a sign-in was completed; None when the sign-in page has noted it already, or nothing was proved."""
    last = proofs[-1] if proofs else {}
    if PROVIDER in (last.get("method"), last.get("type")):
        return SignInWay.PROVIDER
    if last.get("method") != "mfa":
        return None
    return SignInWay.PASSKEY if last.get("passwordless") else SignInWay.SECOND_STEP


class AccountAdapter(DefaultAccountAdapter):
    """ACCOUNT_ADAPTER."""

    error_messages = DefaultAccountAdapter.error_messages | SENTENCES

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes an account: people are invited."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Tries are counted in PostgreSQL by the sign-in page itself, not in the cache."""

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        begin_session(request, staff=is_staff_person(user.pk, clock.now()))
        way = way_of(get_authentication_records(request, user))
        if way is not None:
            now = clock.real_now()
            note_attempt(email=user.get_username(), ip=client_ip(request), succeeded=True, at=now, way=way)

    def is_safe_url(self, url: str | None) -> bool:
        """Only paths of this portal: no host, no scheme, nothing that a browser reads as one."""
        if not url or not url.startswith("/") or not url.isprintable() or "\\" in url:
            return False
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """A proof counts for 15 minutes, and signing in is one: nobody types a password twice in a row."""
        return not stepup.is_fresh(self.request)

    def get_login_stages(self) -> list[str]:
        """The library's, with our own second step in the place of its."""
        ours = {"allauth.mfa.stages.AuthenticateStage": "portal.signinstages.SecondStepStage"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[dict[str, Any]]:
        """The library's own, and the person's linked account elsewhere."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        known = oidc.provider()
        if known is not None and user.pk is not None and own_account(user.pk) is not None:
            words = _("Use your %(name)s account") % {"name": known.name}
            methods.append({"id": PROVIDER, "description": words, "url": reverse("accounts_provider_confirm")})
        return methods

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("public:home")

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_ip(request)

    def clean_password(self, password: str, user: AbstractBaseUser | None = None) -> str:
        if "\x00" in password:
            raise ValidationError(_("Please leave out hidden or unusual characters."))
        return super().clean_password(password, user)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the mail, its link kept encrypted until it leaves. Nothing goes to addresses that we do not know."""
        to = address_of(email)
        if to is None:
            return
        link = next((context[name] for name in LINKS if context.get(name)), "")
        hidden = {name: outbox.SECRET_LINK for name in LINKS if context.get(name)}
        message = self.render_mail(
            template_prefix, email, {"email": email, "request": self.request, **context, **hidden}
        )
        outbox.queue(
            to=outbox.Recipient(to.pk, to.email),
            kind="account",
            subject=outbox.one_line(str(message.subject)),
            text=str(message.body),
            client_id=None,
            at=clock.now(),
            by=VISITOR,
            secret_link=link,
        )

    def format_email_subject(self, subject: str) -> str:
        return subject

    def get_from_email(self) -> str:
        """Never sent by this library: the outbox knows the sender."""
        return "support@localhost"
