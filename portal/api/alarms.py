"""Alarms, for programmes of the staff."""

from django.db.models import QuerySet
from django.http import Http404
from django_filters import BooleanFilter, FilterSet
from rest_framework import serializers
from rest_framework.request import Request

from portal import clock
from portal.actions.alarms import dismiss_alarm
from portal.api.resource import Resource
from portal.api.verbs import lists, reads, writes
from portal.models import Alarm
from portal.queries.alarms import alarm_of, every_alarm
from portal.rules.tokens import Scope


class AlarmOut(serializers.Serializer):
    """Something that staff must look at."""

    id = serializers.IntegerField(source="pk")
    client = serializers.CharField(source="client.slug", allow_null=True, default=None)
    kind = serializers.CharField()
    clause = serializers.CharField(allow_blank=True)
    sentence = serializers.CharField()
    cure = serializers.CharField(allow_blank=True)
    page = serializers.CharField(source="url", allow_blank=True)
    raised_at = serializers.DateTimeField()
    cleared_at = serializers.DateTimeField(allow_null=True)
    cleared_by = serializers.CharField(allow_blank=True)


class AlarmFilter(FilterSet):
    """Open ones, or those that are cleared."""

    open = BooleanFilter("cleared_at", "isnull", label="true: nobody has cleared it yet.")


class Alarms(Resource):
    """The alarms."""

    scopes = {"GET": Scope.ALARMS_READ}
    only = "staff"

    @lists(AlarmOut, about="Alarms", filters=AlarmFilter)
    def get(self, request: Request) -> QuerySet[Alarm]:
        return every_alarm()


class OneAlarm(Resource):
    """One alarm."""

    scopes = {"GET": Scope.ALARMS_READ}
    only = "staff"

    @reads(AlarmOut, about="One alarm")
    def get(self, request: Request, pk: int) -> Alarm:
        return found(pk)


class ClearAlarm(Resource):
    """Saying that somebody has looked."""

    scopes = {"POST": Scope.ALARMS_WRITE}
    only = "staff"

    @writes("alarm cleared", about="Clear an alarm", answers=AlarmOut)
    def post(self, request: Request, given: dict[str, object], pk: int) -> Alarm:
        """It comes back by itself if its reason is still there."""
        dismiss_alarm(found(pk), by=request.actor, at=clock.now())
        return found(pk)


def found(pk: int) -> Alarm:
    """The alarm. Raises Http404."""
    alarm = alarm_of(pk)
    if alarm is None:
        raise Http404
    return alarm
