"""How the interface says no: problem documents (RFC 9457), the same form for every error, also for those of the frame."""

from collections.abc import Sequence
from typing import TypedDict

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext_noop

ROOT = "/api/v1/"
CONTENT_TYPE = "application/problem+json"
# With every 503: what is too busy, or away, is so for seconds.
RETRY_SOON = {"Retry-After": "10"}
# What is not there and what is somebody else's are told in the same words.
NOT_THERE = gettext_noop("There is nothing here, or it is not yours to see.")

# status -> (the anchor on the page /api/ that explains it, title)
KINDS = {
    400: ("invalid", gettext_noop("The request is not in order")),
    401: ("token", gettext_noop("A token is needed")),
    403: ("forbidden", gettext_noop("This is not allowed")),
    404: ("missing", gettext_noop("Not found")),
    405: ("method", gettext_noop("This cannot be done here")),
    409: ("conflict", gettext_noop("Something else came first")),
    413: ("too-large", gettext_noop("This is too large")),
    415: ("media-type", gettext_noop("This kind of content is not read here")),
    422: ("refused", gettext_noop("The contract says no")),
    429: ("too-many", gettext_noop("Too many requests")),
    500: ("fault", gettext_noop("Something went wrong here")),
    503: ("busy", gettext_noop("The portal is busy")),
    507: ("no-room", gettext_noop("There is no room for files")),
}
STEP_UP = ("proof", gettext_noop("A fresh proof of who you are is needed"))


class Fault(TypedDict):
    """What is wrong with one field."""

    field: str
    detail: str


def is_api(request: HttpRequest) -> bool:
    """Whether a programme asks: then every answer is JSON."""
    return request.path_info.startswith(ROOT)


def problem(
    status: int, detail: str, *, clause: str = "", errors: Sequence[Fault] = (), page: str = ""
) -> JsonResponse:
    """The answer: `clause` of the contract that says no, what is wrong with each field, the `page` where it can be done."""
    anchor, title = STEP_UP if page else KINDS[status]
    said: dict[str, object] = {"type": f"/api/#{anchor}", "title": title, "status": status, "detail": detail}
    optional = {"clause": clause, "errors": list(errors), "page": page}
    said |= {name: value for name, value in optional.items() if value}
    soon = RETRY_SOON if status == 503 else {}
    return JsonResponse(said, status=status, content_type=CONTENT_TYPE, headers=soon)
