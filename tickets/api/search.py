"""Search for programmes: over subjects, messages, people and references, as the pages search."""

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from portal.api.resource import Invalid
from portal.api.shapes import checked_data
from portal.api.verbs import CURSOR_PARAMETER, described, next_address, page_of, place_of
from tickets.api.resource import TicketResource
from tickets.api.shown import one_of
from tickets.queries.search import Answer, Found, search_for_client, search_for_staff
from tickets.rules.searching import LONGEST, PROBLEMS, wanted
from tickets.rules.states import State


class SearchQuery(serializers.Serializer):
    """What is looked for."""

    q = serializers.CharField(
        max_length=LONGEST,
        help_text="Words, “quoted phrases”, -words to leave out, the beginning of a reference, or an address.",
    )


class PlacedQuery(SearchQuery):
    """The same from a place on."""

    cursor = serializers.CharField(required=False)


class FoundOut(serializers.Serializer):
    """A request with the words that were looked for."""

    ref = serializers.CharField(source="ticket.ref")
    client = serializers.SerializerMethodField(help_text="Told to staff only: a client’s own token names it.")
    subject = serializers.CharField(source="ticket.subject")
    state = one_of(State, source="ticket.state")
    received_at = serializers.DateTimeField(source="ticket.received_at")
    message = serializers.IntegerField(allow_null=True, help_text="The newest message with the words.")
    author = serializers.CharField(allow_blank=True)
    written_at = serializers.DateTimeField(source="at", allow_null=True)
    excerpt = serializers.SerializerMethodField(help_text="A part of that message.")

    def get_client(self, row: Found) -> str | None:
        return row.ticket.client.slug if self.context["request"].actor.is_staff else None

    def get_excerpt(self, row: Found) -> str:
        return "".join(text for text, _ in row.excerpt)


class Search(TicketResource):
    """The search."""

    def get(self, request: Request) -> Response:
        """Twenty-five at a time, newest first. A client’s own people find what they may see and read."""
        checked_data(PlacedQuery, request.query_params)
        answer = self.answer(request, place_of(request))
        if answer.problem:
            raise Invalid([{"field": "q", "detail": str(PROBLEMS[answer.problem])}])
        results = FoundOut(answer.rows, many=True, context={"request": request}).data
        return Response({"results": results, "next": next_address(request, answer.older)})

    def answer(self, request: Request, before: int | None) -> Answer:
        """What the page of this side would find."""
        asked = wanted(request.query_params["q"])
        if request.actor.is_staff:
            return search_for_staff(asked, before=before)
        return search_for_client(asked, actor=request.actor, before=before)

    get = described(
        get, summary="Search requests", responses=page_of(FoundOut), parameters=[SearchQuery, CURSOR_PARAMETER]
    )
