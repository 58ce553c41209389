"""The header that says what a page may load: django-csp's, whose text is made once and not with each answer."""

from functools import cache

from csp.constants import HEADER
from csp.utils import build_policy
from django.http import HttpRequest, HttpResponseBase
from django.utils.deprecation import MiddlewareMixin


class PolicyMiddleware(MiddlewareMixin):
    """One policy for every page; none has words of its own in it."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response.headers.setdefault(HEADER, policy())
        return response


@cache
def policy() -> str:
    return build_policy()
