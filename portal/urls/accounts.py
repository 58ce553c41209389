"""Sign-in, invitations, passwords, second factors and sessions. Only those of the sign-in library's pages that we want:
nobody signs up, and addresses are changed by those who registered them."""

from allauth.account import views as account
from django.urls import include, path, re_path

from portal.sametime import same_time
from portal.views import accounts, emails, identity, lostfactors, providers, stepup, tokens

urlpatterns = [
    path("login/", accounts.SignIn.as_view(), name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("signup/", accounts.no_sign_up, name="account_signup"),
    path("reauthenticate/", accounts.ProofByPassword.as_view(), name="account_reauthenticate"),
    path("confirm-email/", account.email_verification_sent, name="account_email_verification_sent"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/reset/", same_time(account.password_reset), name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    path("password/reset/key/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    # Before the library's own pages of those addresses: wrong codes are noted, and few.
    path("2fa/reauthenticate/", accounts.ProofByCode.as_view(), name="mfa_reauthenticate"),
    path("2fa/authenticate/", accounts.SecondStep.as_view(), name="mfa_authenticate"),
    path("2fa/", include("allauth.mfa.urls")),
    path("email/", emails.change, name="accounts_email"),
    path("email/confirm/<str:token>/", emails.confirm, name="accounts_email_confirm"),
    path("email/stop/<str:token>/", emails.stop, name="accounts_email_stop"),
    path("lost/", lostfactors.ask, name="accounts_lost"),
    path("history/", identity.history, name="accounts_history"),
    path("history/end-others/", identity.end_others, name="accounts_sessions_end"),
    path("history/<int:pk>/end/", identity.end_session, name="accounts_session_end"),
    path("tokens/", tokens.index, name="accounts_tokens"),
    path("tokens/<int:pk>/revoke/", tokens.revoke, name="accounts_token_revoke"),
    path("provider/", providers.begin, name="accounts_provider"),
    path("provider/back/", providers.back, name="accounts_provider_back"),
    path("provider/confirm/", providers.confirm, name="accounts_provider_confirm"),
    path("provider/link/", providers.link, name="accounts_provider_link"),
    path("provider/unlink/", providers.unlink, name="accounts_provider_unlink"),
    path("confirm/", stepup.confirm, name="accounts_confirm"),
    path("confirm/go-on/", stepup.go_on, name="accounts_go_on"),
    path("welcome/", accounts.advice, name="accounts_advice"),
    path("invitation/<str:token>/", accounts.invitation, name="accounts_invitation"),
    path("invitation/<str:token>/again/", accounts.invitation_again, name="accounts_invitation_again"),
]
