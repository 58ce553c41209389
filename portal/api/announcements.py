"""Announcements, for programmes: what the token's client may read, or for staff whatever was published."""

from django.db.models import QuerySet
from django.http import Http404
from django_filters import ChoiceFilter, FilterSet
from rest_framework import serializers
from rest_framework.request import Request

from portal.api.resource import Resource
from portal.api.verbs import lists, reads
from portal.models import Announcement
from portal.queries.announcements import seen_by_client, with_updates
from portal.rules.announcements import AnnouncementKind, AnnouncementState, Stage
from portal.rules.tokens import Scope

PUBLISHED = [one for one in AnnouncementState if one != AnnouncementState.DRAFT]


class UpdateOut(serializers.Serializer):
    """What followed."""

    stage = serializers.ChoiceField(choices=[str(one) for one in Stage])
    text = serializers.CharField(source="body")
    at = serializers.DateTimeField(source="made_at")


class AnnouncementOut(serializers.Serializer):
    """An outage, planned work, or a day on which the office is closed."""

    id = serializers.IntegerField(source="pk")
    kind = serializers.ChoiceField(choices=[str(one) for one in AnnouncementKind])
    state = serializers.ChoiceField(choices=[str(one) for one in PUBLISHED])
    title = serializers.CharField()
    text = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True, help_text="Of an outage only what is expected.")
    published_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True, help_text="When it ended or was called off.")
    close_note = serializers.CharField(allow_blank=True, help_text="Why it was called off.")
    updates = UpdateOut(many=True, help_text="What followed, newest first.")


class AnnouncementFilter(FilterSet):
    """By kind or state."""

    kind = ChoiceFilter(choices=[(str(one), str(one)) for one in AnnouncementKind])
    state = ChoiceFilter(choices=[(str(one), str(one)) for one in PUBLISHED])


class Announcements(Resource):
    """The announcements."""

    scopes = {"GET": Scope.ANNOUNCEMENTS_READ}

    @lists(AnnouncementOut, about="Announcements", filters=AnnouncementFilter)
    def get(self, request: Request) -> QuerySet[Announcement]:
        """Those to all clients and those to the token’s own; for staff every one that was published."""
        return with_updates(seen_by_client())


class OneAnnouncement(Resource):
    """One announcement."""

    scopes = {"GET": Scope.ANNOUNCEMENTS_READ}

    @reads(AnnouncementOut, about="One announcement")
    def get(self, request: Request, pk: int) -> Announcement:
        row = with_updates(seen_by_client()).filter(pk=pk).first()
        if row is None:
            raise Http404
        return row
