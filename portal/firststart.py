"""Before the first start is finished, every page leads to /setup/."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from portal.queries.supplier import supplier

OPEN = ("/setup/", "/accounts/invitation/", "/healthz", "/readyz", f"/{settings.STATIC_URL.strip('/')}/")
CODE_LENGTH = 32


def setup_code() -> str:
    """The code that the first start asks for. It opens nothing any more once the supplier is recorded."""
    return salted_hmac("portal.firststart", "first start", algorithm="sha256").hexdigest()[:CODE_LENGTH]


def setup_link() -> str:
    """The address that the launcher and the command print."""
    return f"{settings.PORTAL_URL}/setup/?code={setup_code()}"


def is_setup_code(code: str) -> bool:
    return constant_time_compare(code, setup_code())


class FirstStart:
    """Sends everybody to /setup/ while there is no supplier; once there is one, it never asks again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.done = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not self.done and not request.path_info.startswith(OPEN):
            self.done = supplier() is not None
            if not self.done:
                return HttpResponseRedirect(reverse("public:setup"))
        return self.get_response(request)
