"""The second step of signing in: left out where the provider's own stands for it (PORTAL_OIDC_SECOND_FACTOR)."""

from allauth.account.authentication import get_authentication_records
from allauth.mfa.stages import AuthenticateStage
from django.http import HttpResponse

from portal.adapter import PROVIDER


class SecondStepStage(AuthenticateStage):
    """In the place of the library's stage (portal.adapter.AccountAdapter.get_login_stages)."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        proofs = get_authentication_records(self.request, self.login.user)
        if any((proof.get("method"), proof.get("type")) == ("mfa", PROVIDER) for proof in proofs):
            return None, True
        response, goes_on = super().handle()
        return response, goes_on
