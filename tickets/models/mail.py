"""Mail as it came in: the raw bytes, what became of them, and until when they are kept."""

from django.db import models
from django.db.models import Q

from portal.models.fields import client_key, one_of, same_client_key
from tickets.models.messages import SHA256
from tickets.rules.mail.verdict import RawState, Reason

BECAME_PART = [RawState.TICKETED, RawState.REPLIED]
SET_ASIDE = [RawState.IGNORED, RawState.QUARANTINED]


class RawMail(models.Model):
    """One received mail, stored before anybody reads it. It is the supplier's until it is known whose it is, and no client
    ever sees it. Content is blanked when keep_until has passed; the hash stays (D25).

    source: "command", "smtp", or the mailbox it was fetched from; with a number of its own (uidvalidity, uid) where the
    mailbox gives one. header_id: its Message-ID. content_sha256: what it says, so that a copy that came another way is known.
    """

    client = client_key(null=True)
    source = models.CharField(max_length=80)
    uidvalidity = models.BigIntegerField(null=True, blank=True)
    uid = models.BigIntegerField(null=True, blank=True)
    envelope_from = models.CharField(max_length=320, default="", blank=True)
    envelope_to = models.JSONField(default=list, blank=True)
    raw = models.BinaryField(null=True)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    header_id = models.CharField(max_length=255, default="", blank=True)
    content_sha256 = models.CharField(max_length=64, default="", blank=True)
    sender = models.CharField(max_length=320, default="", blank=True)
    subject = models.CharField(max_length=200, default="", blank=True)
    state = models.CharField(max_length=12, default=RawState.STORED)
    reason = models.CharField(max_length=20, default="", blank=True)
    note = models.CharField(max_length=300, default="", blank=True)
    received_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=120, default="", blank=True)
    keep_until = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    ticket = same_client_key("tickets.Ticket", "raw_mails", null=True)
    message = same_client_key("tickets.Message", "raw_mails", null=True)
    outbox = same_client_key("portal.Outbox", null=True)

    class Meta:
        constraints = [
            one_of("state", RawState, "tickets_mail_state_known"),
            one_of("reason", ["", *Reason], "tickets_mail_reason_known"),
            models.CheckConstraint(condition=Q(sha256__regex=SHA256), name="tickets_mail_is_hashed"),
            models.CheckConstraint(
                condition=Q(state=RawState.STORED, decided_at__isnull=True, keep_until__isnull=True)
                | (~Q(state=RawState.STORED) & Q(decided_at__isnull=False, keep_until__isnull=False)),
                name="tickets_sub1_decided_mail_has_its_instant",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=BECAME_PART) | Q(ticket__isnull=False, message__isnull=False),
                name="tickets_sub1_mail_stands_on_its_request",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=SET_ASIDE) | ~Q(reason=""), name="tickets_sub1_set_aside_for_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(raw__isnull=False, erased_at__isnull=True) | Q(raw__isnull=True, erased_at__isnull=False),
                name="tickets_d25_mail_or_erased",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True)
                | Q(keep_until__isnull=False, erased_at__gte=models.F("keep_until")),
                name="tickets_d25_erased_when_due",
            ),
            models.UniqueConstraint(
                fields=["source", "uidvalidity", "uid"],
                condition=Q(uid__isnull=False),
                name="tickets_mail_fetched_once",
            ),
            models.UniqueConstraint(
                fields=["message"], condition=Q(message__isnull=False), name="tickets_message_of_one_mail"
            ),
        ]
        indexes = [
            models.Index(fields=["sha256"], name="tickets_mail_hash"),
            models.Index(fields=["header_id"], condition=~Q(header_id=""), name="tickets_mail_header_id"),
            models.Index(fields=["id"], condition=Q(state=RawState.STORED), name="tickets_mail_to_read"),
            models.Index(fields=["state", "-id"], condition=Q(state__in=SET_ASIDE), name="tickets_mail_set_aside"),
            models.Index(fields=["keep_until"], condition=Q(erased_at__isnull=True), name="tickets_mail_keep_until"),
            models.Index(fields=["outbox"], condition=Q(outbox__isnull=False), name="tickets_mail_outbox"),
            models.Index(fields=["ticket"], condition=Q(ticket__isnull=False), name="tickets_mail_ticket"),
        ]

    def __str__(self) -> str:
        return f"mail {self.pk} {self.state}"
