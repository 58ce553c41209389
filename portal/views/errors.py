"""Django's own refusals: pages for people, problem documents for programmes."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views import defaults

from portal.problems import NOT_THERE, is_api, problem


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request itself is malformed or suspicious."""
    if is_api(request):
        return problem(400, _("The request is malformed."))
    return defaults.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403, with the sentence that says why."""
    if is_api(request):
        return problem(403, str(exception) or _("Your role does not include this."))
    return defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no such address."""
    return problem(404, NOT_THERE) if is_api(request) else defaults.page_not_found(request, exception)


def fault(request: HttpRequest) -> HttpResponse:
    """500: a fault of the program, which stands in the log."""
    if is_api(request):
        return problem(500, _("Something went wrong on our side. Nothing was changed. Please try again later."))
    return defaults.server_error(request)
