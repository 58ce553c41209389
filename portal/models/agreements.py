"""Agreements as files, by version, and who accepted which (DOC-2, DOC-3)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from portal.models.evidence import SHA256
from portal.models.fields import client_key, one_of, same_client_key
from portal.rules.agreements import KIND_NAMES, AgreementKind, Basis


class AgreementDocument(models.Model):
    """Our own copy of one version of an agreement: Microsoft's links expire. Never changed: a new version is a new row."""

    kind = models.CharField(max_length=16)
    version = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    effective_from = models.DateField()
    source = models.CharField(max_length=300)
    storage_name = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    added_by = models.CharField(max_length=120)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            one_of("kind", AgreementKind, "portal_doc2_kind_known"),
            models.UniqueConstraint(fields=["kind", "version"], name="portal_doc2_version_once"),
            models.UniqueConstraint(fields=["kind", "effective_from"], name="portal_doc2_day_once"),
            models.UniqueConstraint(fields=["storage_name"], name="portal_doc2_file_once"),
            models.CheckConstraint(condition=Q(sha256__regex=SHA256), name="portal_doc2_is_hashed"),
            models.CheckConstraint(condition=~Q(source="") & ~Q(version=""), name="portal_doc2_source_said"),
        ]

    def __str__(self) -> str:
        return _("%(title)s, version %(version)s") % {"title": self.title, "version": self.version}

    @property
    def title(self) -> str:
        return KIND_NAMES[AgreementKind(self.kind)]


class Acceptance(models.Model):
    """A client accepted a version. It stays with the organisation when the person leaves, so it carries their name."""

    client = client_key("acceptances")
    document = models.ForeignKey(AgreementDocument, on_delete=models.PROTECT, related_name="+")
    basis = models.CharField(max_length=8)
    membership = same_client_key("portal.Membership", null=True)
    accepted_by = models.CharField(max_length=120)
    accepted_at = models.DateTimeField()
    evidence = models.CharField(max_length=300, default="", blank=True)
    recorded_by = models.CharField(max_length=120)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            one_of("basis", Basis, "portal_doc3_basis_known"),
            models.UniqueConstraint(fields=["client", "document"], name="portal_doc3_accepted_once"),
            models.CheckConstraint(condition=~Q(accepted_by=""), name="portal_doc3_accepted_by_someone"),
            models.CheckConstraint(
                condition=Q(basis=str(Basis.PORTAL), membership__isnull=False)
                | (Q(basis=str(Basis.RECORDED)) & ~Q(evidence="")),
                name="portal_doc3_person_or_evidence",
            ),
        ]
