"""Who gets copies of the answers on a request, for programmes."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request

from portal import clock
from portal.api.shapes import judged, shape_of
from portal.api.verbs import lists, writes
from portal.queries.people import contract_day
from tickets.actions.watching import unwatch, watch
from tickets.api.resource import TicketResource, found
from tickets.forms.watching import WatcherForm
from tickets.models import TicketWatcher
from tickets.queries.watching import addable, watchers_of

NewWatcher = shape_of(WatcherForm, "NewWatcher")


class WatcherOut(serializers.Serializer):
    """Somebody of the client who gets a copy of each answer."""

    id = serializers.IntegerField(source="pk")
    person = serializers.IntegerField(source="membership_id")
    name = serializers.CharField(source="membership.label")
    by_mail = serializers.BooleanField()
    added_by = serializers.CharField()
    added_at = serializers.DateTimeField()


class Watchers(TicketResource):
    """Who gets copies of the answers on a request."""

    @lists(WatcherOut, about="Who gets copies of the answers")
    def get(self, request: Request, ref: str) -> QuerySet[TicketWatcher]:
        return watchers_of(found(request, ref))

    @writes("watcher added", about="Give somebody copies", given=NewWatcher, answers=WatcherOut, status=201)
    def post(self, request: Request, given: dict[str, Any], ref: str) -> TicketWatcher:
        """`person` is the number of somebody of the client who may see the request; its requester may add every colleague."""
        ticket, at = found(request, ref), clock.now()
        said = judged(WatcherForm(given, people=addable(ticket, request.actor, contract_day(at))))
        return watch(ticket.pk, person_id=said["person"].pk, by_mail=said["by_mail"], by=request.actor, at=at)


class EndWatching(TicketResource):
    """No more copies."""

    @writes("watcher removed", about="End somebody’s copies, or one’s own", answers=WatcherOut)
    def post(self, request: Request, given: dict[str, Any], ref: str, pk: int) -> TicketWatcher:
        """Everybody leaves by themselves; the requester, a manager and staff take others off."""
        ticket = found(request, ref)
        row = watchers_of(ticket).filter(pk=pk).first()
        if row is None:
            raise Http404
        unwatch(ticket.pk, watcher_id=pk, by=request.actor, at=clock.now())
        return row
