"""Compliance: requests for reports, and the reports made from them (CMP-10)."""

from django.db import models
from django.db.models import F, Q

from compliance.rules import RequestState
from portal.models import Document
from portal.models.fields import client_key, one_of, same_client_key


class ReportRequest(models.Model):
    """A manager's request for a compliance report over a period. A worker makes it and tells how far it is."""

    client = client_key()
    kind = models.CharField(max_length=20, default="compliance")
    period_from = models.DateField()
    period_to = models.DateField(help_text="The last day of the period.")
    requested_by = same_client_key("portal.Membership", null=True)
    requested_by_label = models.CharField(max_length=120)
    requested_at = models.DateTimeField()
    state = models.CharField(max_length=8, default=RequestState.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0)
    progress_says = models.CharField(max_length=120, default="", blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            one_of("state", RequestState, "compliance_request_state_known"),
            models.CheckConstraint(
                condition=Q(period_to__gte=F("period_from")), name="compliance_cmp10_period_in_order"
            ),
            models.CheckConstraint(condition=Q(progress__lte=100), name="compliance_request_progress_is_a_share"),
            models.CheckConstraint(
                condition=Q(state__in=[RequestState.QUEUED, RequestState.RUNNING]) | Q(done_at__isnull=False),
                name="compliance_request_done_when",
            ),
        ]
        indexes = [
            models.Index(
                fields=["requested_at", "id"],
                condition=Q(state__in=[RequestState.QUEUED, RequestState.RUNNING]),
                name="compliance_request_due",
            )
        ]


class Report(models.Model):
    """A finished report: its document, and the report before it in the same client's line."""

    client = client_key()
    request = models.OneToOneField(ReportRequest, on_delete=models.PROTECT, related_name="report", db_constraint=False)
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="report", db_constraint=False)
    number = models.CharField(max_length=40)
    previous = same_client_key("compliance.Report", null=True)
    counts = models.JSONField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "number"], name="compliance_report_number_once"),
            models.CheckConstraint(condition=~Q(number=""), name="compliance_report_has_a_number"),
        ]
