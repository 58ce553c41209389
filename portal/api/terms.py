"""The contract, for programmes: the clauses, the versions of the terms, the products, the working calendar."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from portal import clock
from portal.api.resource import Resource
from portal.api.verbs import reads
from portal.clauses import CLAUSES, Clause
from portal.models import Product, WorkingCalendar
from portal.queries.contract import calendar_at, products, terms_at
from portal.queries.terms import LogEntry, change_log, parameters_of
from portal.rules.tokens import Scope
from portal.terms import decisions

READ_TERMS = {"GET": Scope.TERMS_READ}


class ClauseOut(serializers.Serializer):
    """A clause in the portal’s words."""

    id = serializers.CharField()
    heading = serializers.CharField()
    line = serializers.CharField()
    kept = serializers.CharField(help_text="How the portal keeps it.")
    binds = serializers.CharField(source="bound")


class DecisionOut(serializers.Serializer):
    """What the terms decide where the contract is silent."""

    number = serializers.CharField()
    question = serializers.CharField()
    sentence = serializers.CharField()


class TermsOut(serializers.Serializer):
    """The terms in force."""

    version = serializers.IntegerField()
    published_at = serializers.DateTimeField()
    summary = serializers.CharField()
    decisions = DecisionOut(many=True)


class ChangeOut(serializers.Serializer):
    """A decision that a version changed."""

    number = serializers.CharField()
    question = serializers.CharField()
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField()


class VersionOut(serializers.Serializer):
    """A version of the terms, with what it changed."""

    version = serializers.IntegerField(source="terms.version")
    published_at = serializers.DateTimeField(source="terms.published_at")
    summary = serializers.CharField(source="terms.summary")
    changes = ChangeOut(many=True)
    clauses = serializers.ListField(child=serializers.CharField(), help_text="Clauses with a new wording.")


class ProductOut(serializers.Serializer):
    """Something that a request can be about."""

    code = serializers.CharField()
    name = serializers.CharField()
    in_scope = serializers.BooleanField(help_text="One of the subscribed Microsoft products (HLP-2).")


class CalendarOut(serializers.Serializer):
    """The working calendar by which promises are reckoned."""

    version = serializers.IntegerField()
    zone = serializers.CharField(source="tz")
    country = serializers.CharField()
    subdivision = serializers.CharField(allow_blank=True)
    days = serializers.ListField(child=serializers.IntegerField(), help_text="Monday is 0.")
    hours = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    closures = serializers.ListField(child=serializers.CharField(), help_text="Days off besides the public holidays.")
    effective_at = serializers.DateTimeField()


class Clauses(Resource):
    """The register of clauses."""

    scopes = READ_TERMS

    @reads(ClauseOut, about="Every clause, and how it is kept", many=True)
    def get(self, request: Request) -> list[Clause]:
        return list(CLAUSES.values())


class TermsInForce(Resource):
    """The terms as they stand."""

    scopes = READ_TERMS

    @reads(TermsOut, about="The terms in force")
    def get(self, request: Request) -> dict[str, Any]:
        terms = terms_at(clock.now())
        said = [one._asdict() for one in decisions(parameters_of(terms))]
        return {
            "version": terms.version, "published_at": terms.published_at, "summary": terms.summary, "decisions": said,
        }  # fmt: skip


class Versions(Resource):
    """The terms' own history (LOG-1)."""

    scopes = READ_TERMS

    @reads(VersionOut, about="Every version of the terms, newest first", many=True)
    def get(self, request: Request) -> list[LogEntry]:
        return change_log()


class Products(Resource):
    """The products."""

    scopes = READ_TERMS

    @reads(ProductOut, about="What a request can be about", many=True)
    def get(self, request: Request) -> list[Product]:
        return products()


class CalendarInForce(Resource):
    """The working calendar."""

    scopes = READ_TERMS

    @reads(CalendarOut, about="The working calendar in force")
    def get(self, request: Request) -> WorkingCalendar:
        return calendar_at(clock.now())
