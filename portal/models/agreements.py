"""Agreements as files, by version, and who accepted which (DOC-2, DOC-3)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from portal.models.evidence import SHA256
from portal.models.fields import client_key, one_of, same_client_key
from portal.rules.agreements import KIND_NAMES, AgreementKind, Basis, CheckResult


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

    @property
    def file_name(self) -> str:
        """What the copy is called when it is fetched."""
        return f"{self.kind}-{self.version}.pdf".replace(" ", "-").replace("/", "-")


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


class TermsAcceptance(models.Model):
    """A client's manager accepted a version of the terms whose publication asked for it. The hash is of what was accepted."""

    client = client_key("terms_acceptances")
    terms = models.ForeignKey("portal.Terms", on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    membership = same_client_key("portal.Membership")
    accepted_by = models.CharField(max_length=120)
    accepted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "terms"], name="portal_log1_accepted_once"),
            models.CheckConstraint(condition=Q(sha256__regex=SHA256), name="portal_log1_acceptance_is_hashed"),
            models.CheckConstraint(condition=~Q(accepted_by=""), name="portal_log1_accepted_by_someone"),
        ]


class AgreementCheck(models.Model):
    """Once a month a person looks whether Microsoft has a new version of an agreement: when it is due, who looked, what they found."""

    kind = models.CharField(max_length=16)
    due_on = models.DateField()
    told_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=120, default="", blank=True)
    result = models.CharField(max_length=8, default="", blank=True)
    source = models.CharField(max_length=300, default="", blank=True)
    document = models.ForeignKey(AgreementDocument, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(done_at__isnull=True), name="portal_doc2_one_check_open"
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by="", result="", source="", document__isnull=True)
                | (
                    Q(done_at__isnull=False)
                    & ~Q(done_by="")
                    & ~Q(source="")
                    & (
                        Q(result=str(CheckResult.SAME), document__isnull=True)
                        | Q(result=str(CheckResult.NEW), document__isnull=False)
                    )
                ),
                name="portal_doc2_check_has_its_result",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(done_at__isnull=True), name="portal_doc2_checks_due"),
        ]

    def __str__(self) -> str:
        return f"check of {KIND_NAMES[AgreementKind(self.kind)]}, due {self.due_on}"
