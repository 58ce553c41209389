"""Compliance: requests for reports, and the reports made from them (CMP-10)."""

from django.db import models
from django.db.models import F, Q

from portal.models import Document
from portal.models.fields import client_key, one_of, same_client_key
from portal.models.making import Making
from portal.rules.making import UNMADE, MakingState


class ReportRequest(Making):
    """A manager's request for a compliance report over a period. A worker makes it and tells how far it is."""

    kind = models.CharField(max_length=20, default="compliance")
    period_from = models.DateField()
    period_to = models.DateField(help_text="The last day of the period.")
    requested_by = same_client_key("portal.Membership", null=True)

    class Meta:
        constraints = [
            one_of("state", MakingState, "compliance_request_state_known"),
            models.CheckConstraint(
                condition=Q(period_to__gte=F("period_from")), name="compliance_cmp10_period_in_order"
            ),
            models.CheckConstraint(condition=Q(progress__lte=100), name="compliance_request_progress_is_a_share"),
            models.CheckConstraint(
                condition=Q(state__in=list(UNMADE)) | Q(done_at__isnull=False),
                name="compliance_request_done_when",
            ),
        ]
        indexes = [
            models.Index(
                fields=["requested_at", "id"],
                condition=Q(state__in=list(UNMADE)),
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
