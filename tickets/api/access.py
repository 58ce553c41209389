"""Accesses to a client's data under a request, and its cases at Microsoft, for programmes (ACC-5, ACC-6, ODS-4, HLP-10)."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request

from portal import clock
from portal.api.shapes import judged, key_field, shape_of
from portal.api.verbs import lists, writes
from portal.queries.people import contract_day
from tickets.actions import dataaccess, escalation
from tickets.api.resource import ForStaffToWrite, TicketResource, found
from tickets.api.shown import one_of
from tickets.forms.access import AccessForm, ChangeForm, CloseForm, DecideForm, EscalateForm, WindowForm
from tickets.models import AccessRequest, DataAccess, Escalation
from tickets.queries.dataaccess import requests_seen, windows_seen
from tickets.queries.escalations import every_escalation
from tickets.queries.people import members_on
from tickets.rules.dataaccess import About, Act, Basis, How, Proof, Verb

NewWindow = shape_of(WindowForm, "NewWindow")
NewChange = shape_of(ChangeForm, "NewChange")
Closing = shape_of(CloseForm, "Closing")
Decision = shape_of(DecideForm, "Decision")
NewEscalation = shape_of(EscalateForm, "NewEscalation")


class NewAccess(shape_of(AccessForm, "NewAccessFields")):  # type: ignore[misc]
    """What access is asked for, by whom, for what."""

    asked_by = key_field(help_text="The number of the person of the client who asks.")


class DataChangeOut(serializers.Serializer):
    """One act on one object."""

    id = serializers.IntegerField(source="pk")
    act = one_of(Act)
    thing = serializers.CharField()
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)
    by = serializers.CharField(source="staff_label")
    at = serializers.DateTimeField()


class WindowOut(serializers.Serializer):
    """A window in which one member of staff may touch what was asked for."""

    id = serializers.IntegerField(source="pk")
    request = serializers.IntegerField(source="request_id")
    by = serializers.CharField(source="staff_label")
    basis = one_of(Basis)
    begins_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(source="closing.closed_at", allow_null=True, default=None)
    closed_by = serializers.CharField(source="closing.closed_by", allow_null=True, default=None)
    changes = DataChangeOut(many=True)


class AccessDecisionOut(serializers.Serializer):
    """A manager's yes or no, to the access or to the deletion of one object."""

    about = one_of(About)
    thing = serializers.CharField(allow_blank=True)
    yes = serializers.BooleanField()
    by = serializers.CharField(source="decided_by_label")
    how = one_of(How)
    at = serializers.DateTimeField(source="decided_at")


class CheckOut(serializers.Serializer):
    """How we made sure who asks for a reset."""

    proof = one_of(Proof)
    by = serializers.CharField(source="staff_label")
    at = serializers.DateTimeField(source="checked_at")


class EmergencyOut(serializers.Serializer):
    """An emergency, with our two people."""

    reason = serializers.CharField()
    proposed_by = serializers.CharField(source="proposed_by_label")
    confirmed_by = serializers.CharField(source="confirmed_by_label")
    at = serializers.DateTimeField(source="confirmed_at")


class AccessOut(serializers.Serializer):
    """What was asked, who allowed it, and what was done."""

    id = serializers.IntegerField(source="pk")
    verb = one_of(Verb)
    person = serializers.CharField(help_text="Whose data it is.")
    own_data = serializers.BooleanField()
    place = serializers.CharField()
    purpose = serializers.CharField()
    asked_by = serializers.CharField(source="asked_by_label")
    asked_at = serializers.DateTimeField()
    written_by = serializers.CharField()
    decisions = AccessDecisionOut(many=True)
    identity_checks = CheckOut(many=True)
    emergencies = EmergencyOut(many=True)
    windows = WindowOut(many=True)


class EscalationOut(serializers.Serializer):
    """A time with Microsoft; the response clock runs on (HLP-10)."""

    id = serializers.IntegerField(source="pk")
    case_number = serializers.CharField()
    reason = serializers.CharField()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(source="ended_at", allow_null=True)
    reminders = serializers.IntegerField()
    by = serializers.CharField(source="escalated_by")


class Accesses(ForStaffToWrite):
    """The accesses of a request."""

    @lists(AccessOut, about="Accesses to data under a request")
    def get(self, request: Request, ref: str) -> QuerySet[AccessRequest]:
        return requests_seen(found(request, ref))

    @writes("access asked", about="Write down what access is asked for", given=NewAccess, answers=AccessOut, status=201)
    def post(self, request: Request, given: dict[str, Any], ref: str) -> AccessRequest:
        """Whose data and for what; a manager is asked where one must say yes (ODS-4, ODS-6)."""
        ticket, at = found(request, ref), clock.now()
        said = judged(AccessForm(given, people=list(members_on(ticket.client_id, contract_day(at)))))
        asked = dataaccess.Asked(
            Verb(said["verb"]), said["person"], said["whose"] == "own", said["place"], said["purpose"]
        )
        row = dataaccess.ask_access(ticket.pk, asked, asked_by=said["asked_by"], by=request.actor, at=at)
        return requests_seen(ticket).get(pk=row.pk)


class OpenWindow(TicketResource):
    """The window of an allowed access."""

    only = "staff"

    @writes("access opened", about="Open a window", given=NewWindow, answers=WindowOut, status=201)
    def post(self, request: Request, given: dict[str, Any], ref: str, pk: int) -> DataAccess:
        """By the person who accepted the request, on the word of somebody entitled (ACC-6, ODS-4)."""
        asked, said = access_request_of(request, ref, pk), judged(WindowForm(given))
        row = dataaccess.open_access(asked.pk, minutes=int(said["minutes"]), by=request.actor, at=clock.now())
        return windows_seen(asked.ticket).get(pk=row.pk)


class Decide(TicketResource):
    """A manager's word."""

    only = "member"

    @writes("access decided", about="Say yes or no to an access", given=Decision, answers=AccessOut)
    def post(self, request: Request, given: dict[str, Any], ref: str, pk: int) -> AccessRequest:
        """`thing` names one object whose deletion is confirmed (ACC-5)."""
        asked, said = access_request_of(request, ref, pk), judged(DecideForm(given))
        dataaccess.decide(
            asked.pk, yes=said["word"] == "yes", thing=said["thing"], manager=request.membership, by=request.actor,
            at=clock.now(),
        )  # fmt: skip
        return access_request_of(request, ref, pk)


class Change(TicketResource):
    """What was done."""

    only = "staff"

    @writes("data changed", about="Record one act on one object", given=NewChange, answers=WindowOut, status=201)
    def post(self, request: Request, given: dict[str, Any], ref: str, pk: int) -> DataAccess:
        """Inside the open window; answers with the window (ACC-6)."""
        row, said = window_of(request, ref, pk), judged(ChangeForm(given))
        done = dataaccess.Done(Act(said["act"]), said["thing"], said["before"], said["after"])
        dataaccess.record_change(row.pk, done, by=request.actor, at=clock.now())
        return window_of(request, ref, pk)


class CloseWindow(TicketResource):
    """The end of a window before its time."""

    only = "staff"

    @writes("access closed", about="Close a window", given=Closing, answers=WindowOut)
    def post(self, request: Request, given: dict[str, Any], ref: str, pk: int) -> DataAccess:
        row, said = window_of(request, ref, pk), judged(CloseForm(given))
        dataaccess.close_access(row.pk, note=said["note"], by=request.actor, at=clock.now())
        return window_of(request, ref, pk)


class Escalations(ForStaffToWrite):
    """The cases of a request at Microsoft."""

    @lists(EscalationOut, about="Cases at Microsoft")
    def get(self, request: Request, ref: str) -> QuerySet[Escalation]:
        return every_escalation(found(request, ref))

    @writes("escalated", about="Pass a request to Microsoft", given=NewEscalation, answers=EscalationOut, status=201)
    def post(self, request: Request, given: dict[str, Any], ref: str) -> Escalation:
        """Under their case number; the response clock is untouched (HLP-10)."""
        ticket, said = found(request, ref), judged(EscalateForm(given))
        return escalation.escalate(ticket.pk, **said, by=request.actor, at=clock.now())


def access_request_of(request: Request, ref: str, pk: int) -> AccessRequest:
    """An access of this very request. Raises Http404."""
    row = requests_seen(found(request, ref)).select_related("ticket").filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def window_of(request: Request, ref: str, pk: int) -> DataAccess:
    """A window of this very request. Raises Http404."""
    row = windows_seen(found(request, ref)).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row
