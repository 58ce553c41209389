"""The response clock: what was promised, by when, and what happened."""

from django.db import models
from django.db.models import F, Q

from portal.models import Terms, WorkingCalendar
from portal.models.fields import client_key, one_of, same_client_key
from tickets.rules.states import Target


class ResponseClock(models.Model):
    """One promise of a first response. It exists only from the acknowledgement on: (client, ticket, started_at) is a
    key into the ticket's (client, id, acknowledged_at), so that the database refuses a clock without one (HLP-5).

    Met and breach are separate facts and are never overwritten. next_at is the next instant at which a sweep must look:
    75 %, 90 %, then the due time; absent when nothing is left to watch.
    """

    client = client_key()
    ticket = models.OneToOneField("tickets.Ticket", on_delete=models.PROTECT, related_name="clock", db_constraint=False)
    target = models.CharField(max_length=2)
    minutes = models.PositiveIntegerField()
    entitlement = same_client_key("portal.Entitlement", null=True)
    terms = models.ForeignKey(Terms, on_delete=models.PROTECT, related_name="+")
    calendar = models.ForeignKey(WorkingCalendar, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    warn75_at = models.DateTimeField()
    warn90_at = models.DateTimeField()
    due_at = models.DateTimeField()
    trail = models.JSONField()
    next_at = models.DateTimeField(null=True, blank=True)
    warned75_at = models.DateTimeField(null=True, blank=True)
    warned90_at = models.DateTimeField(null=True, blank=True)
    met_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(null=True, blank=True)
    answer_seconds = models.PositiveIntegerField(
        null=True, blank=True, help_text="Working time from the start to the answer."
    )
    receipt_seconds = models.PositiveIntegerField(null=True, blank=True, help_text="The same from the receipt (D4).")
    probably_accepted = models.BooleanField(default=False)

    class Meta:
        constraints = [
            one_of("target", Target, "tickets_hlp4_target_known"),
            models.CheckConstraint(
                condition=Q(target=Target.FOUR_HOURS, entitlement__isnull=False) | Q(target=Target.ONE_DAY),
                name="tickets_hlp4_four_hours_need_support",
                violation_error_message="Four working hours are for support subscribers: name the entitlement.",
            ),
            models.CheckConstraint(condition=Q(due_at__gt=F("started_at")), name="tickets_hlp5_due_after_start"),
            models.CheckConstraint(
                condition=Q(warn75_at__lte=F("warn90_at"), warn90_at__lte=F("due_at")),
                name="tickets_clock_warns_in_order",
            ),
            models.CheckConstraint(
                condition=Q(breached_at__isnull=True) | Q(breached_at=F("due_at")),
                name="tickets_breach_is_at_its_due_time",
            ),
            models.CheckConstraint(
                condition=Q(met_at__isnull=True) | Q(met_at__gte=F("started_at")), name="tickets_met_not_before_start"
            ),
            models.CheckConstraint(
                condition=Q(met_at__isnull=True) | Q(next_at__isnull=True), name="tickets_met_clock_rests"
            ),
        ]
        indexes = [
            models.Index(fields=["next_at", "id"], condition=Q(next_at__isnull=False), name="tickets_clock_next"),
            models.Index(fields=["client", "started_at"], name="tickets_clock_client_started"),
        ]
