"""Scope rulings, charges that the client approves, and worked time."""

from django.db import models
from django.db.models import F, Q

from portal.models import Product, RateCard, Staff
from portal.models.fields import client_key, one_of, same_client_key
from tickets.rules.charge import Answer, Form, Source
from tickets.rules.scope import Area, Outcome
from tickets.rules.states import Kind


class ScopeRuling(models.Model):
    """How staff ruled a request, with what the rules proposed and the facts it rests on. Never changed: the newest counts.

    quote_for: what the quote of a professional service should cover; the quote itself is made from it.
    """

    client = client_key()
    ticket = same_client_key("tickets.Ticket", "rulings")
    outcome = models.CharField(max_length=8)
    clause = models.CharField(max_length=8)
    proposed = models.CharField(max_length=8)
    reason = models.CharField(max_length=300, default="", blank=True)
    kind = models.CharField(max_length=10)
    area = models.CharField(max_length=8)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    entitlement = same_client_key("portal.Entitlement", null=True)
    waived = models.BooleanField(default=False)
    quote_for = models.CharField(max_length=1000, default="", blank=True)
    ruled_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    ruled_by_label = models.CharField(max_length=120)
    ruled_at = models.DateTimeField()

    class Meta:
        constraints = [
            one_of("outcome", Outcome, "tickets_hlp8_ruling_known"),
            one_of("proposed", Outcome, "tickets_hlp8_proposal_known"),
            one_of("area", Area, "tickets_lia3_area_known"),
            one_of("kind", Kind, "tickets_lia1_ruled_kind_known"),
            models.CheckConstraint(
                condition=Q(outcome=F("proposed")) | ~Q(reason=""),
                name="tickets_lia2_own_ruling_says_why",
                violation_error_message="A ruling that differs from the proposal needs its reason.",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.PROJECT) | ~Q(quote_for=""),
                name="tickets_lia4_project_asks_for_a_quote",
                violation_error_message="Say what the quote of a professional service should cover.",
            ),
        ]
        indexes = [models.Index(fields=["client", "ticket", "-id"], name="tickets_ruling_newest")]


class ChargeApproval(models.Model):
    """A charge that the client was asked to approve, and what it answered. approved_at is the instant of a yes and absent
    otherwise: time entries carry it in their key, so that the database knows what was worked too early (HLP-8).
    """

    client = client_key()
    ticket = same_client_key("tickets.Ticket", "charges")
    ruling = same_client_key("tickets.ScopeRuling")
    form = models.CharField(max_length=6)
    work = models.CharField(max_length=1000)
    rate_card = models.ForeignKey(RateCard, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    hourly_rate = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    step_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    estimate_minutes = models.PositiveIntegerField(null=True, blank=True)
    fixed_price = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    asked_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    asked_by_label = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=8, default=Answer.ASKED)
    answered_by = same_client_key("portal.Membership", null=True)
    answered_by_label = models.CharField(max_length=120, default="", blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answer_note = models.CharField(max_length=300, default="", blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            one_of("form", Form, "tickets_hlp8_charge_form_known"),
            one_of("answer", Answer, "tickets_hlp8_answer_known"),
            models.CheckConstraint(
                condition=Q(
                    form=Form.HOURLY, rate_card__isnull=False, hourly_rate__gt=0, step_minutes__gte=1,
                    estimate_minutes__gte=1, fixed_price__isnull=True,
                    hourly_rate__isnull=False, step_minutes__isnull=False, estimate_minutes__isnull=False,
                )
                | Q(
                    form=Form.FIXED, fixed_price__gt=0, fixed_price__isnull=False, rate_card__isnull=True,
                    hourly_rate__isnull=True, step_minutes__isnull=True, estimate_minutes__isnull=True,
                ),
                name="tickets_hlp8_charge_names_its_price",
            ),
            models.CheckConstraint(
                condition=Q(answer=Answer.YES, approved_at__isnull=False, approved_at=F("answered_at"))
                | (~Q(answer=Answer.YES) & Q(approved_at__isnull=True)),
                name="tickets_hlp8_yes_has_its_instant",
            ),
            models.CheckConstraint(
                condition=Q(answer__in=[Answer.YES, Answer.NO], answered_by__isnull=False, answered_at__isnull=False)
                | Q(answer__in=[Answer.ASKED, Answer.REPLACED], answered_by__isnull=True, answered_at__isnull=True),
                name="tickets_hlp8_answered_by_a_person",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(answered_at__gte=F("asked_at")),
                name="tickets_hlp8_answer_after_question",
            ),
            models.UniqueConstraint(
                fields=["client", "ticket"], condition=Q(answer=Answer.ASKED), name="tickets_hlp8_one_open_question"
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["client", "ticket", "-id"], name="tickets_charge_newest")]


class TimeEntry(models.Model):
    """Worked time, in seconds. Never changed: a correction is a row of its own with negative seconds that names its original.

    day is the date in the working calendar's zone. A charged entry names an approval of this very ticket and the instant of
    its yes, and may not have begun before it (HLP-8).
    """

    client = client_key()
    ticket = same_client_key("tickets.Ticket", "time")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    staff_label = models.CharField(max_length=120)
    day = models.DateField()
    started_at = models.DateTimeField()
    seconds = models.IntegerField()
    work = models.CharField(max_length=300)
    source = models.CharField(max_length=6)
    billable = models.BooleanField()
    approval = same_client_key("tickets.ChargeApproval", "time", null=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, default="", blank=True, help_text="Why it is not charged, or reversed.")
    reverses = same_client_key("tickets.TimeEntry", null=True)
    recorded_by_label = models.CharField(max_length=120)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            one_of("source", Source, "tickets_time_source_known"),
            models.CheckConstraint(
                condition=Q(billable=True, approval__isnull=False, approved_at__isnull=False)
                | Q(billable=False, approval__isnull=True, approved_at__isnull=True),
                name="tickets_hlp8_charged_time_is_approved",
                violation_error_message="Chargeable time needs the client’s recorded yes.",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True) | Q(started_at__gte=F("approved_at")),
                name="tickets_hlp8_no_time_before_the_yes",
                violation_error_message="That time began before the client said yes.",
            ),
            models.CheckConstraint(
                condition=Q(billable=True) | ~Q(reason=""),
                name="tickets_hlp8_uncharged_time_says_why",
            ),
            models.CheckConstraint(
                condition=Q(reverses__isnull=True, seconds__gt=0)
                | (Q(reverses__isnull=False, seconds__lt=0) & ~Q(reason="")),
                name="tickets_hlp8_correction_is_a_reversal",
            ),
            models.UniqueConstraint(fields=["client", "reverses"], name="tickets_hlp8_reversed_once"),
        ]
        indexes = [
            models.Index(fields=["client", "ticket", "day"], name="tickets_time_ticket"),
            models.Index(fields=["staff", "-day", "-id"], name="tickets_time_person"),
            models.Index(fields=["-day", "-id"], name="tickets_time_day"),
        ]


class Timer(models.Model):
    """A person's running timer: the one row that is removed, when it becomes a time entry."""

    client = client_key()
    ticket = same_client_key("tickets.Ticket", "timers")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["staff"],
                name="tickets_one_timer_a_person",
                violation_error_message="A timer of yours runs already.",
            )
        ]
        indexes = [models.Index(fields=["client", "ticket"], name="tickets_timer_ticket")]
