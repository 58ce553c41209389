"""Requests that wait for Microsoft (HLP-10)."""

from django.db import models
from django.db.models import F, Q

from portal.models.fields import client_key, same_client_key


class Escalation(models.Model):
    """One time with Microsoft: their case, why, since when, until when. remind_at: when somebody must ask them again;
    absent once it is over. The response clock knows nothing of it (D6)."""

    client = client_key()
    ticket = same_client_key("tickets.Ticket", "escalations")
    case_number = models.CharField(max_length=40)
    reason = models.CharField(max_length=300)
    since = models.DateTimeField()
    remind_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    reminders = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    escalated_by = models.CharField(max_length=120)
    client_visible = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(case_number="") & ~Q(reason=""), name="tickets_hlp10_case_and_reason"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("since"), remind_at__isnull=True),
                name="tickets_hlp10_ends_after_it_began",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=False) | Q(remind_at__gt=F("since")), name="tickets_hlp10_open_is_reminded"
            ),
            models.UniqueConstraint(
                fields=["client", "ticket"], condition=Q(ended_at__isnull=True), name="tickets_hlp10_open_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["remind_at", "id"], condition=Q(remind_at__isnull=False), name="tickets_escalation_due"
            ),
            models.Index(fields=["client", "ticket"], name="tickets_escalation_ticket"),
        ]
