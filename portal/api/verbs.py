"""What a resource's methods are: one thing read, a list read page by page, or a write that is done once.

    @lists(TicketOut, filters=TicketFilter)
    def get(self, request): return tickets_seen_by(request.actor)

    @writes("ticket accepted", given=AcceptShape, answers=TicketOut)
    def post(self, request, given, ref): ...

Each also describes itself in the schema, so that a method is written down in one place only.
"""

import base64
import binascii
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from portal.api.resource import Invalid, Resource
from portal.api.shapes import Nothing, Shape, checked, checked_data, serializer_of, shape_of_filters
from portal.idempotency import HEADER, LONGEST, Answer, answer_once
from portal.queries.paging import key_of, newest_first

Method = Callable[..., Any]
Filters = Any
CURSOR = "cursor"
CURSOR_PARAMETER = OpenApiParameter(CURSOR, str, description="The place to go on from: take it from `next`.")
KEY_PARAMETER = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[!-~]+$"},
    OpenApiParameter.HEADER,
    required=True,
    description="Yours to choose, once for each write. The same key with the same content gets the same answer for a week.",
)
WITHOUT_KEY: Any = [
    {"field": HEADER, "detail": "Send a key of your own with each write, so that it is never done twice."}
]


def reads(answers: Shape, *, about: str, many: bool = False) -> Callable[[Method], Method]:
    """A GET of one thing, or, with `many`, of a short list that is always whole."""

    def decorate(method: Method) -> Method:
        @wraps(method)
        def guarded(self: Resource, request: Request, **kwargs: Any) -> Response:
            ask_nothing(request)
            found = method(self, request, **kwargs)
            if many:
                return Response(answers(found, many=True, context={"request": request}).data)
            return Response(shown(answers, found, request))

        return described(guarded, summary=about, responses=answers(many=True) if many else answers)

    return decorate


def sends(media_type: str, *, about: str) -> Callable[[Method], Method]:
    """A GET of a stored file."""
    return lambda method: described(method, summary=about, responses={(200, media_type): OpenApiTypes.BINARY})


def described(method: Method, **words: Any) -> Method:
    """The method with its part of the schema."""
    return extend_schema(filters=False, **words)(method)


def lists(
    answers: Shape, *, about: str, filters: Filters | None = None, members: Filters | None = None
) -> Callable[[Method], Method]:
    """A GET of many: fifty at a time, newest first, by key and never by number. `members`: their filters, where staff have more."""

    def decorate(method: Method) -> Method:
        @wraps(method)
        def guarded(self: Resource, request: Request, **kwargs: Any) -> Response:
            mine = members if members is not None and request.actor.is_member else filters
            rows = narrowed(request, method(self, request, **kwargs), mine)
            page = newest_first(rows, before=place_of(request))
            results = answers(page.rows, many=True, context={"request": request}).data
            return Response({"results": results, "next": next_address(request, page.older)})

        parameters = [CURSOR_PARAMETER, *([shape_of_filters(filters)] if filters else [])]
        return described(guarded, summary=about, responses=page_of(answers), parameters=parameters)

    return decorate


@lru_cache(maxsize=64)
def page_of(answers: Shape) -> Shape:
    """The form of one page of a list."""
    fields = {
        "results": answers(many=True),
        "next": serializers.CharField(allow_null=True, help_text=_("The address of the next page; null on the last.")),
    }
    return type(f"{answers.__name__}Page", (serializers.Serializer,), fields)


def narrowed(request: Request, rows: QuerySet[Any], filters: Filters | None) -> QuerySet[Any]:
    """The rows that the address asks for. Raises Invalid for a filter that is unknown or makes no sense."""
    checked_data(shape_of_filters(filters, CURSOR), request.query_params)
    if filters is None:
        return rows
    found = filters(data=request.query_params, queryset=rows, request=request)
    if not found.is_valid():
        raise Invalid([{"field": name, "detail": str(one)} for name, each in found.form.errors.items() for one in each])
    return found.qs


def ask_nothing(request: Request) -> None:
    """Raises Invalid for a word in the address that means nothing here, instead of answering another question."""
    if request.query_params:
        checked_data(Nothing, request.query_params)


def place_of(request: Request) -> int | None:
    """The row to go on from. Raises Invalid for a cursor that is none of ours."""
    cursor = request.query_params.get(CURSOR)
    if cursor is None:
        return None
    try:
        place = key_of(base64.urlsafe_b64decode(f"{cursor}===").decode("ascii"))
    except (ValueError, binascii.Error):
        place = None
    if place is None:
        raise Invalid([{"field": CURSOR, "detail": _("This place in the list is damaged. Begin again without it.")}])
    return place


def next_address(request: Request, older: int | None) -> str | None:
    """The same question, from behind the last row on."""
    if older is None:
        return None
    query = request.query_params.copy()
    query[CURSOR] = base64.urlsafe_b64encode(str(older).encode()).decode().rstrip("=")
    return str(request.build_absolute_uri(f"{request.path}?{query.urlencode()}"))


def writes(
    action: str,
    *,
    about: str,
    answers: Shape,
    given: Shape = Nothing,
    members: Shape | None = None,
    status: int = 200,
    at: Callable[[Any], str] | None = None,
) -> Callable[[Method], Method]:
    """A POST that is done once for its key. The method gets what was given and answers with a row.

    `members`: their shape, where staff may say more. `at` gives the address at which the row is shown.
    """

    def decorate(method: Method) -> Method:
        @wraps(method)
        def guarded(self: Resource, request: Request, **kwargs: Any) -> HttpResponse:
            ask_nothing(request)
            key = request.headers.get(HEADER, "").strip()
            if not key:
                raise Invalid(WITHOUT_KEY)
            shape = members if members is not None and request.actor.is_member else given
            said = checked(shape, request)

            def act() -> Answer:
                made = method(self, request, said, **kwargs)
                body = JSONRenderer().render(shown(answers, made, request)).decode()
                return Answer(status, body, at(made) if at else "")

            return written(answer_once(request._request, f"api {action}", key, act))

        request = None if given is Nothing else given
        return described(
            guarded, summary=about, request=request, responses={status: answers}, parameters=[KEY_PARAMETER]
        )

    return decorate


def shown(answers: Shape, thing: Any, request: Request) -> Any:
    """One thing in its shape."""
    serializer = serializer_of(answers)
    serializer._context = {"request": request}
    return serializer.to_representation(thing)


def written(answer: Answer) -> HttpResponse:
    """The answer as it was given the first time, to the letter."""
    response = HttpResponse(answer.body, status=answer.status, content_type="application/json")
    if answer.location:
        response["Location"] = answer.location
    return response
