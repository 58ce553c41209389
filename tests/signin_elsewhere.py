"""What the tests about sign-in by an account elsewhere share: going there and back, and the accounts that are bound."""

import re
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from portal.models import ProviderAccount
from tests.cast import MORNING
from tests.oidcprovider import Provider
from tests.people import overview

BEGIN, LOGIN, HISTORY = "/accounts/provider/", "/accounts/login/", "/accounts/history/"
BACK, CONFIRM = f"{BEGIN}back/", f"{BEGIN}confirm/"
REDIRECT = "http://localhost:8000" + BACK


@pytest.fixture(scope="module")
def provider():
    with Provider(redirect_uri=REDIRECT, stands_at=MORNING.timestamp()) as running:
        yield running


@pytest.fixture(autouse=True)
def set_up(frozen, provider, settings):
    frozen(MORNING)
    settings.PORTAL_URL = "http://localhost:8000"
    settings.PORTAL_OIDC = provider.settings()


def there(answer, who):
    """What happens on the provider's own pages: the address that the browser is sent back to."""
    where = answer.headers["Location"]
    assert httpx.get(where).status_code == 200
    asked = {name: values[0] for name, values in parse_qs(urlsplit(where).query).items()}
    back = httpx.post(where.partition("?")[0], data={**asked, "who": who})
    assert back.status_code == 302, back.text
    return back.headers["Location"].removeprefix("http://localhost:8000")


def sign_in(browser, who, **more):
    return browser.get(there(browser.post(BEGIN, more), who))


def body(answer):
    """The page without what is drawn by lot for each answer."""
    return re.sub(rb"[A-Za-z0-9]{64}", b"", answer.content)


def is_in(browser):
    return browser.get("/").headers.get("Location") not in (None, LOGIN)


def bound(person):
    with overview():
        return list(ProviderAccount.objects.filter(user=person.user, bound_at__isnull=False, ended_at=None))


def bind(person, subject, issuer):
    with overview():
        return ProviderAccount.objects.create(
            user=person.user, issuer=issuer, subject=subject, email=person.user.email, email_verified=True,
            asked_at=MORNING, bound_at=MORNING, bound_by="Ada Ashby",
        )  # fmt: skip
