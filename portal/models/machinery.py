"""Machinery that every floor uses: repeated posts, sweeps, and acts that need a second person."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q

from portal.models.fields import client_key, one_of
from portal.models.people import Staff, User
from portal.rules.states import ApprovalForm, ApprovalState


class Idempotency(models.Model):
    """A post that was done, under the key its form carried: the same key again gets the same answer."""

    client = client_key(null=True, indexed=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    key = models.CharField(max_length=64)
    action = models.CharField(max_length=80)
    request_sha256 = models.CharField(max_length=64)
    location = models.CharField(max_length=300, default="", blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], nulls_distinct=False, name="portal_idempotency_key_once"),
            models.CheckConstraint(condition=~Q(key=""), name="portal_idempotency_has_a_key"),
        ]


class KeptAnswer(models.Model):
    """What the interface answered to a post, word for word: the same post again gets it once more.

    Apart from its key, because it may hold what a client wrote, which staff without an NDA may not read (CMP-6).
    """

    key = models.OneToOneField(Idempotency, on_delete=models.CASCADE, primary_key=True, related_name="answer")
    client = client_key(null=True, indexed=False)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__gte=200, status__lt=300), name="portal_kept_answer_is_a_success"
            ),
            models.CheckConstraint(condition=~Q(body=""), name="portal_kept_answer_says_something"),
        ]


class SweepRun(models.Model):
    """How a sweep is doing: one row a sweep, shown on the jobs page."""

    name = models.CharField(max_length=60, primary_key=True)
    started_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    rows = models.PositiveIntegerField(default=0)
    runs = models.PositiveBigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    failed_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(default="", blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="portal_sweep_has_a_name")]


class Approval(models.Model):
    """An act that needs two people, or one person and 24 hours (DESIGN.md, second person)."""

    client = client_key(null=True)
    kind = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField(null=True, blank=True)
    details = models.JSONField(default=dict)
    form = models.CharField(max_length=8, default=ApprovalForm.REQUIRED)
    state = models.CharField(max_length=10, default=ApprovalState.PROPOSED)
    reason = models.TextField()
    proposed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            one_of("form", ApprovalForm, "portal_approval_form_known"),
            one_of("state", ApprovalState, "portal_approval_state_known"),
            models.CheckConstraint(
                condition=~Q(state=ApprovalState.CONFIRMED) | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="portal_approval_confirmed_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True)
                | (Q(form=ApprovalForm.REQUIRED) & ~Q(confirmed_by=F("proposed_by")))
                | Q(form=ApprovalForm.WAITING, confirmed_at__gte=F("proposed_at") + timedelta(hours=24)),
                name="portal_approval_two_people_or_a_day",
                violation_error_message="A second person must confirm this, or the same person after 24 hours.",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="portal_approval_has_a_reason"),
            models.UniqueConstraint(
                fields=["kind", "subject_type", "subject_id"],
                condition=Q(state=ApprovalState.PROPOSED),
                name="portal_approval_open_once",
            ),
        ]
