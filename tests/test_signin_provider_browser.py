"""Signing in by an account elsewhere, in a real browser: linked, signed in with, used as a proof, removed. And what the headers allow."""

import pytest

from portal.models import ProviderAccount
from tests.cast import enter, signed_in
from tests.oidcprovider import Provider
from tests.people import overview

BACK = "/accounts/provider/back/"


@pytest.fixture
def provider(site, settings, tolerated):
    """The provider, running beside the site; only its own pages may be opened besides the portal's."""
    with Provider(redirect_uri=site.url + BACK) as running:
        settings.PORTAL_OIDC = running.settings()
        directives = {**settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]}
        directives["form-action"] = [*directives["form-action"], running.base]
        settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": directives}
        tolerated += [f"request to {running.base}"]
        yield running


def there(page, who):
    page.get_by_label("Account").fill(who)
    page.get_by_role("button", name="Sign in").click()


def test_linked_signed_in_with_proved_and_removed(lasting_world, page, provider):
    enter(page, lasting_world.ann)
    page.goto("/accounts/history/")
    page.get_by_role("button", name="Link your Microsoft account").click()
    there(page, "ann-elsewhere")
    page.wait_for_url("**/accounts/history/")
    assert page.get_by_text("ann@private.example signs you in here").is_visible()

    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with Microsoft").click()
    there(page, "ann-elsewhere")
    page.wait_for_url("**/c/alder/")

    session = signed_in(lasting_world.ann, minutes_ago=20).cookies.popitem()[1]
    page.context.add_cookies([{"name": session.key, "value": session.value, "domain": "localhost", "path": "/"}])
    page.goto("/accounts/2fa/totp/activate/")
    page.get_by_role("link", name="Use your Microsoft account").click()
    page.get_by_role("button", name="Go to Microsoft").click()
    there(page, "ann-elsewhere")
    page.wait_for_url("**/accounts/2fa/totp/activate/")

    page.goto("/accounts/history/")
    page.get_by_role("button", name="Remove it").click()
    page.wait_for_url("**/accounts/history/")
    assert page.get_by_role("button", name="Link your Microsoft account").is_visible()
    with overview():
        assert not ProviderAccount.objects.filter(ended_at=None).exists()


def test_a_stranger_reads_what_to_do(lasting_world, page, provider, tolerated):
    tolerated.append("status of 403")
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with Microsoft").click()
    there(page, "stranger")
    assert page.get_by_role("heading", name="Not signed in").is_visible()
    page.get_by_role("link", name="Back to sign in").click()
    page.wait_for_url("**/accounts/login/")
