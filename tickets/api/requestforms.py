"""Ready-made forms for programmes: what is offered, one of them, and a request raised with one."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from portal import clock
from portal.api.resource import Invalid, Resource
from portal.api.shapes import judged
from portal.api.verbs import reads, writes
from portal.queries.people import contract_day
from portal.rules.tokens import Scope
from tickets.actions.filledforms import NOT_CONFIDENTIAL, raise_with_form
from tickets.api.shown import TicketOut, one_of, ticket_address
from tickets.forms.requestforms import PREFIX, FillForm
from tickets.models import FormVersion, Ticket
from tickets.queries.people import members_on
from tickets.queries.requestforms import offered_form, offered_forms
from tickets.rules.requestforms import LONGEST_TEXT, MOST_FIELDS, Asks, Field, Leads, names_of, with_needed
from tickets.rules.states import Channel, Kind

CHANGED = "The form has another version now. Read it again."


class QuestionOut(serializers.Serializer):
    """One question."""

    key = serializers.CharField()
    label = serializers.CharField()
    asks = one_of(Asks, help_text="How it is answered.")
    help = serializers.CharField(allow_blank=True)
    required = serializers.BooleanField()
    most = serializers.IntegerField(source="limit", help_text="The most characters of an answer.")
    choices = serializers.ListField(child=serializers.CharField())
    send = serializers.SerializerMethodField(
        help_text="The names in `answers`: a person by number, or by `…_name`; a change in `…_before` and `…_after`."
    )

    def get_send(self, one: Field) -> list[str]:
        return names_of(one)


class FormOut(serializers.Serializer):
    """A ready-made form as it is offered now."""

    code = serializers.CharField(source="form.code")
    version = serializers.IntegerField(source="number")
    name = serializers.CharField()
    summary = serializers.CharField()
    notice = serializers.CharField(allow_blank=True)
    kind = one_of(Kind, help_text="The kind of request that it leads to (LIA-1).")
    clause = serializers.CharField(help_text="The clause that it rests on.")
    why = serializers.CharField()
    managers_only = serializers.BooleanField()
    questions = serializers.SerializerMethodField()

    def get_questions(self, version: FormVersion) -> list[dict[str, Any]]:
        return [dict(QuestionOut(one).data) for one in with_needed(version.definition()).fields]


class FilledIn(serializers.Serializer):
    """A form filled in."""

    version = serializers.IntegerField(min_value=1, max_value=32_000, help_text="The one that was read.")
    answers = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=LONGEST_TEXT),
        help_text="Texts by the names in `send`: dates as 2026-12-01, “yes” or “no”, “true” for what is agreed to.",
    )
    confidential = serializers.BooleanField(required=False, help_text="Only the requester and staff see the request.")


def found(code: str) -> FormVersion:
    """The present version of a form on offer. Raises Http404."""
    try:
        return offered_form(code)
    except FormVersion.DoesNotExist:
        raise Http404 from None


class Forms(Resource):
    """The ready-made forms."""

    scopes = {"GET": Scope.TICKETS_READ}

    @reads(FormOut, about="The ready-made forms on offer, in their order", many=True)
    def get(self, request: Request) -> list[FormVersion]:
        return list(offered_forms())


class OneForm(Resource):
    """One form."""

    scopes = {"GET": Scope.TICKETS_READ}

    @reads(FormOut, about="One ready-made form with its questions")
    def get(self, request: Request, code: str) -> FormVersion:
        return found(code)


class FormTickets(Resource):
    """Requests by a form."""

    scopes = {"POST": Scope.TICKETS_WRITE}
    only = "member"

    @writes(
        "form sent", about="Raise a request with a ready-made form", given=FilledIn, answers=TicketOut, status=201,
        at=ticket_address,
    )  # fmt: skip
    def post(self, request: Request, given: dict[str, Any], code: str) -> Ticket:
        """The page’s own form judges the answers; errors name them as `answers.…`."""
        version, at = found(code), clock.now()
        if given["version"] != version.number:
            raise Invalid([{"field": "version", "detail": CHANGED}])
        if given.get("confidential") and version.leads != Leads.NOTHING:
            raise Invalid([{"field": "confidential", "detail": _(NOT_CONFIDENTIAL)}])
        form = form_of(request, version, given)
        judge(form)
        ticket = raise_with_form(
            version, form.answers(), requester=request.membership, by=request.actor, at=at,
            confidential=given.get("confidential", False), channel=Channel.API,
        )  # fmt: skip
        ticket.client = request.client
        return ticket


def form_of(request: Request, version: FormVersion, given: dict[str, Any]) -> FillForm:
    """The page's form, bound to what was given. Raises Invalid for a name that the form does not ask for."""
    definition, today = version.definition(), contract_day(clock.now())
    known = {name for one in definition.fields for name in names_of(one)}
    strange = [name for name in given["answers"] if name not in known][: 2 * MOST_FIELDS]
    if strange:
        raise Invalid([{"field": f"answers.{name}", "detail": "This form does not ask that."} for name in strange])
    data = {PREFIX + name: value for name, value in given["answers"].items()}
    people = list(members_on(request.client.pk, today))
    return FillForm(data, {}, definition=definition, people=people, today=today)


def judge(form: FillForm) -> None:
    """Raises Invalid with the page's sentences, each at its answer."""
    try:
        judged(form)
    except Invalid as wrong:
        for fault in wrong.errors:
            name = fault["field"]
            fault["field"] = f"answers.{name.removeprefix(PREFIX)}" if name else ""
        raise
