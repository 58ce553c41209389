"""Clients and their people, for programmes."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django_filters import CharFilter, FilterSet
from rest_framework import serializers
from rest_framework.request import Request

from portal import clock
from portal.api.resource import Resource
from portal.api.verbs import lists
from portal.models import Client, Membership
from portal.queries.people import contract_day, memberships_seen_by, standing_of
from portal.rules.people import MANAGERS_ONLY, manages
from portal.rules.states import Role
from portal.rules.tokens import Scope


class PersonOut(serializers.Serializer):
    """A person's place at a client."""

    id = serializers.IntegerField(source="pk")
    client = serializers.CharField(source="client.slug")
    name = serializers.CharField(source="label")
    email = serializers.CharField()
    role = serializers.ChoiceField(choices=[str(role) for role in Role])
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True, help_text="The first day without this role.")
    standing = serializers.SerializerMethodField(help_text="Active, Invited, Standing in, Not yet or Left.")

    def get_standing(self, row: Membership) -> str:
        """As on the page of people."""
        context = self.context
        if "day" not in context:
            context["day"] = contract_day(clock.now())
        return standing_of(row, context["day"])[0]


class ClientOut(serializers.Serializer):
    """A client."""

    slug = serializers.CharField(help_text="The short name by which resources name it.")
    name = serializers.CharField()
    state = serializers.CharField()


class PeopleOfAClient(FilterSet):
    """Staff look at one client or at all."""

    client = CharFilter("client__slug", label="The short name of a client.", max_length=60)


class NoFilter(FilterSet):
    """A manager sees the own organisation and nothing else."""


class People(Resource):
    """Who belongs to a client."""

    scopes = {"GET": Scope.PEOPLE_READ}

    @lists(PersonOut, about="People of clients", filters=PeopleOfAClient, members=NoFilter)
    def get(self, request: Request) -> QuerySet[Membership]:
        """A manager’s own organisation; for staff every client, or the one named."""
        actor = request.actor
        if actor.is_member and not manages(actor, actor.client_id or 0):
            raise PermissionDenied(MANAGERS_ONLY)
        return memberships_seen_by(actor)


class Clients(Resource):
    """The clients, for staff."""

    scopes = {"GET": Scope.PEOPLE_READ}
    only = "staff"

    @lists(ClientOut, about="Clients")
    def get(self, request: Request) -> QuerySet[Any]:
        return Client.objects.all()
