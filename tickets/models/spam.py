"""Reported mails and blocked senders (EML-6)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from portal.models import Staff
from portal.models.fields import client_key, one_of, same_client_key
from tickets.models.messages import SHA256
from tickets.rules.spam import BlockKind, BlockPlace, Harm, Verdict


class SpamReport(models.Model):
    """A mail that the client reported, as the guarded reader saw it: plain, bounded text, none of it believed.

    One for a request at most. attachment: the mail itself, None where it was not kept (left_out says why). claims: its
    Authentication-Results as they stood there. links: [words, target, misleads]. verdict "" until staff have judged it.
    """

    client = client_key()
    ticket = same_client_key("tickets.Ticket", "spam_reports")
    attachment = same_client_key("tickets.Attachment", null=True)
    left_out = models.CharField(max_length=300, default="", blank=True)
    sha256 = models.CharField(max_length=64)
    recipient = models.CharField(max_length=200)
    harm = models.CharField(max_length=8)
    sender_name = models.CharField(max_length=200, default="", blank=True)
    sender = models.CharField(max_length=320, default="", blank=True)
    sender_domain = models.CharField(max_length=320, default="", blank=True)
    reply_to = models.CharField(max_length=500, default="", blank=True)
    return_path = models.CharField(max_length=320, default="", blank=True)
    subject = models.CharField(max_length=300, default="", blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    claims = ArrayField(models.CharField(max_length=500), default=list, blank=True)
    links = models.JSONField(default=list, blank=True)
    words = models.TextField(default="", blank=True)
    files = ArrayField(models.CharField(max_length=180), default=list, blank=True)
    unreadable = models.CharField(max_length=300, default="", blank=True)
    reported_at = models.DateTimeField()
    verdict = models.CharField(max_length=8, default="", blank=True)
    verdict_words = models.CharField(max_length=1000, default="", blank=True)
    judged_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    judged_by_label = models.CharField(max_length=120, default="", blank=True)
    judged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "ticket"], name="tickets_eml6_one_report_a_request"),
            one_of("harm", Harm, "tickets_eml6_harm_known"),
            one_of("verdict", ["", *Verdict], "tickets_eml6_verdict_known"),
            models.CheckConstraint(
                condition=Q(verdict="", judged_at__isnull=True, judged_by__isnull=True, verdict_words="")
                | (~Q(verdict="") & Q(judged_at__isnull=False, judged_by__isnull=False) & ~Q(verdict_words="")),
                name="tickets_eml6_verdict_by_someone",
                violation_error_message="A verdict names who judged, when, and why.",
            ),
            models.CheckConstraint(
                condition=Q(judged_at__isnull=True) | Q(judged_at__gte=F("reported_at")),
                name="tickets_eml6_judged_after_the_report",
            ),
            models.CheckConstraint(
                condition=Q(attachment__isnull=False) | ~Q(left_out=""), name="tickets_eml6_mail_kept_or_said_why"
            ),
            models.CheckConstraint(condition=Q(sha256__regex=SHA256), name="tickets_eml6_mail_is_hashed"),
        ]
        indexes = [
            models.Index(fields=["client", "reported_at"], name="tickets_spam_client"),
            models.Index(fields=["reported_at"], name="tickets_spam_reported"),
            models.Index(fields=["-id"], condition=Q(verdict=""), name="tickets_spam_to_judge"),
            models.Index(fields=["sender"], condition=~Q(sender=""), name="tickets_spam_sender"),
            models.Index(fields=["sender_domain"], condition=~Q(sender_domain=""), name="tickets_spam_domain"),
        ]

    def __str__(self) -> str:
        return f"report {self.pk} {self.verdict}"


class SenderBlock(models.Model):
    """A sender whom we blocked for a client, recorded by hand: what, where, who, when and why, and how it ended.

    In the client's own Microsoft 365 a block is a change of the client's data, and so is its end: each points to the row
    of the access in which it was made (ACC-6).
    """

    client = client_key()
    ticket = same_client_key("tickets.Ticket", "sender_blocks")
    kind = models.CharField(max_length=7)
    value = models.CharField(max_length=254)
    place = models.CharField(max_length=6)
    reason = models.CharField(max_length=300)
    blocked_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    blocked_by_label = models.CharField(max_length=120)
    blocked_at = models.DateTimeField()
    change = same_client_key("tickets.DataChange", null=True)
    lifted_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    lifted_by_label = models.CharField(max_length=120, default="", blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lift_reason = models.CharField(max_length=300, default="", blank=True)
    lift_change = same_client_key("tickets.DataChange", null=True)

    class Meta:
        constraints = [
            one_of("kind", BlockKind, "tickets_eml6_block_kind_known"),
            one_of("place", BlockPlace, "tickets_eml6_block_place_known"),
            models.CheckConstraint(condition=~Q(value="") & ~Q(reason=""), name="tickets_eml6_block_says_what_and_why"),
            models.CheckConstraint(
                condition=~Q(place=BlockPlace.TENANT)
                | (Q(change__isnull=False) & (Q(lifted_at__isnull=True) | Q(lift_change__isnull=False))),
                name="tickets_acc6_block_in_tenant_is_a_change",
                violation_error_message="In the client's Microsoft 365 a block needs an open access on this request.",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, lift_reason="", lift_change__isnull=True)
                | (Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lift_reason="")),
                name="tickets_eml6_lifted_by_someone",
                violation_error_message="The end of a block names who, when and why.",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True) | Q(lifted_at__gte=F("blocked_at")),
                name="tickets_eml6_lifted_after_the_block",
            ),
            models.UniqueConstraint(
                fields=["client", "value", "place"],
                condition=Q(lifted_at__isnull=True),
                name="tickets_eml6_blocked_once",
                violation_error_message="This sender is blocked there already.",
            ),
        ]
        indexes = [models.Index(fields=["client", "-id"], name="tickets_block_newest")]

    def __str__(self) -> str:
        return f"{self.value} {self.place}"
