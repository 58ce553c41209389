"""Evidence: audit events with their payloads and seals, issued documents and how to verify them."""

from django.db import models
from django.db.models import Q

from portal.models.fields import client_key, one_of
from portal.rules.states import ActorKind

SHA256 = r"^[0-9a-f]{64}$"


class AuditEvent(models.Model):
    """A fact, inserted in the same transaction as the fact itself. Only sealed_at is ever set afterwards, by the sealer."""

    client = client_key(null=True, indexed=False)
    at = models.DateTimeField()
    kind = models.CharField(max_length=60)
    actor_kind = models.CharField(max_length=8)
    actor_label = models.CharField(max_length=120)
    actor_user_id = models.BigIntegerField(null=True, blank=True)
    subject_type = models.CharField(max_length=40, default="", blank=True)
    subject_id = models.BigIntegerField(null=True, blank=True)
    client_visible = models.BooleanField(default=False)
    sealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            one_of("actor_kind", ActorKind, "portal_audit_actor_known"),
            models.CheckConstraint(condition=~Q(kind=""), name="portal_audit_names_its_kind"),
        ]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="portal_audit_subject"),
            models.Index(fields=["id"], condition=Q(sealed_at__isnull=True), name="portal_audit_unsealed"),
            models.Index(fields=["client", "-id"], name="portal_audit_client"),
        ]


class AuditPayload(models.Model):
    """What the event says. Apart from it, so that it can be erased while the chain still verifies."""

    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, primary_key=True, related_name="body")
    client = client_key(null=True, indexed=False)
    payload = models.JSONField(null=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True, payload__isnull=False)
                | Q(erased_at__isnull=False, payload__isnull=True),
                name="portal_audit_payload_or_erased",
            )
        ]


class Seal(models.Model):
    """One link of a chain. chain = the client's id, or 0 for the supplier's own chain."""

    chain = models.BigIntegerField()
    seq = models.BigIntegerField()
    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, related_name="seal")
    prev_hash = models.CharField(max_length=64)
    payload_sha256 = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "seq"], name="portal_seal_seq_once"),
            models.UniqueConstraint(fields=["chain", "prev_hash"], name="portal_seal_chain_does_not_fork"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="portal_seal_counts_from_one"),
            models.CheckConstraint(condition=Q(hash__regex=SHA256), name="portal_seal_is_a_hash"),
        ]


class Document(models.Model):
    """An issued document: its frozen snapshot, and both hashes. Never changed once issued; a newer one supersedes it."""

    client = client_key(null=True)
    kind = models.CharField(max_length=40)
    number = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    snapshot = models.JSONField()
    snapshot_sha256 = models.CharField(max_length=64)
    template_version = models.CharField(max_length=64)
    unsigned_sha256 = models.CharField(max_length=64)
    signed_sha256 = models.CharField(max_length=64)
    storage_name = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    pages = models.PositiveSmallIntegerField()
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "kind", "number"], name="portal_document_number_once"),
            models.CheckConstraint(condition=Q(signed_sha256__regex=SHA256), name="portal_document_signed_hash"),
            models.CheckConstraint(condition=Q(unsigned_sha256__regex=SHA256), name="portal_document_unsigned_hash"),
        ]

    def __str__(self) -> str:
        return self.title


class VerificationRecord(models.Model):
    """What /verify/ may answer to anybody: kind, day, genuine, superseded. It never names the client."""

    code_hash = models.CharField(max_length=64)
    signed_sha256 = models.CharField(max_length=64)
    unsigned_sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=40)
    issued_on = models.DateField()
    superseded_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code_hash"], name="portal_verification_code_once"),
            models.UniqueConstraint(fields=["signed_sha256"], name="portal_verification_file_once"),
            models.CheckConstraint(condition=Q(code_hash__regex=SHA256), name="portal_verification_code_is_hashed"),
        ]
        indexes = [models.Index(fields=["unsigned_sha256"], name="portal_verification_unsigned")]
