"""The header that says what a page may load: django-csp's, whose text is made once and not with each answer."""

from typing import NamedTuple

from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.deprecation import MiddlewareMixin


class Made(NamedTuple):
    """A text, and the setting that it was made of."""

    of: object = None
    text: str = ""


class PolicyMiddleware(MiddlewareMixin):
    """One policy for every page; none has words of its own in it."""

    made = Made()

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if self.made.of is not settings.CONTENT_SECURITY_POLICY:
            self.made = Made(settings.CONTENT_SECURITY_POLICY, build_policy())
        response.headers.setdefault(HEADER, self.made.text)
        return response
