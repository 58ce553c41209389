"""Compliance reports, for programmes: asked for and watched here, fetched on their page."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request

from compliance.actions import requests as actions
from compliance.forms import ReportForm
from compliance.models import ReportRequest
from compliance.queries import request_of, requests_of
from compliance.rules import MANAGERS_ONLY
from portal import clock
from portal.api.resource import NeedsProof, Resource
from portal.api.shapes import judged, shape_of
from portal.api.verbs import lists, reads, sends, writes
from portal.rules.agreements import PDF
from portal.rules.making import MakingState
from portal.rules.states import Role
from portal.rules.tokens import Scope

Period = shape_of(ReportForm, "Period")


class ReportOut(serializers.Serializer):
    """A report that was asked for."""

    id = serializers.IntegerField(source="pk")
    state = serializers.ChoiceField(choices=[str(state) for state in MakingState])
    period_from = serializers.DateField()
    period_to = serializers.DateField(help_text="The last day, included.")
    requested_by = serializers.CharField(source="requested_by_label")
    requested_at = serializers.DateTimeField()
    progress = serializers.IntegerField(help_text="Per cent.")
    progress_says = serializers.CharField(allow_blank=True)
    number = serializers.CharField(source="report.number", allow_null=True, default=None)


class ReportResource(Resource):
    """Reports are for client managers (CMP-10)."""

    scopes = {"GET": Scope.DOCUMENTS_READ, "POST": Scope.DOCUMENTS_WRITE}
    only = "member"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Raises PermissionDenied for everybody but a manager."""
        super().initial(request, *args, **kwargs)
        if request.actor.role != Role.MANAGER:
            raise PermissionDenied(MANAGERS_ONLY)

    def found(self, request: Request, pk: int) -> ReportRequest:
        """One of the client's. Raises Http404."""
        try:
            return request_of(request.actor.client_id, pk)
        except ReportRequest.DoesNotExist:
            raise Http404 from None


class Reports(ReportResource):
    """The reports of a client."""

    @lists(ReportOut, about="Compliance reports")
    def get(self, request: Request) -> QuerySet[ReportRequest]:
        return requests_of(request.actor.client_id)

    @writes(
        "report requested", about="Ask for a compliance report", given=Period, answers=ReportOut, status=201,
        at=lambda row: reverse("api:report", args=[row.pk]),
    )  # fmt: skip
    def post(self, request: Request, given: dict[str, Any]) -> ReportRequest:
        """A worker makes it; look again until it is ready."""
        said = judged(ReportForm(given))
        return actions.request_report(**said, membership=request.membership, by=request.actor, at=clock.now())


class OneReport(ReportResource):
    """One report."""

    @reads(ReportOut, about="One compliance report")
    def get(self, request: Request, pk: int) -> ReportRequest:
        return self.found(request, pk)


class ReportAgain(ReportResource):
    """A report that failed."""

    @writes("report again", about="Try a failed report again", answers=ReportOut)
    def post(self, request: Request, given: dict[str, Any], pk: int) -> ReportRequest:
        return actions.try_again(self.found(request, pk).pk, by=request.actor, at=clock.now())


class ReportFile(ReportResource):
    """The signed PDF."""

    @sends(PDF, about="The signed report")
    def get(self, request: Request, pk: int) -> HttpResponse:
        """An export, so it asks for a fresh proof of the person: 403 with the address of the page that hands it out."""
        row = self.found(request, pk)
        if row.state != MakingState.READY:
            raise Http404
        raise NeedsProof(settings.PORTAL_URL + reverse("client:report_download", args=[request.client.slug, row.pk]))
