"""The contract as data: terms versions, clause texts, working calendars, products, entitlements."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from portal.models.fields import client_key, dates_in_order, no_overlap, one_of
from portal.rules.states import EntitlementKind


class Terms(models.Model):
    """One published version of the terms, with every parameter D1-D26. Never changed: a new version is a new row (LOG-1)."""

    version = models.PositiveIntegerField()
    published_at = models.DateTimeField()
    summary = models.TextField()
    parameters = models.JSONField()
    published_by = models.CharField(max_length=120)
    # Until this day managers are asked to accept the version; None when it simply holds.
    reaccept_by = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version"], name="portal_log1_terms_version_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="portal_log1_terms_version_counts"),
        ]

    def __str__(self) -> str:
        return f"version {self.version}"


class ClauseText(models.Model):
    """A clause's wording in one version of the terms, with its hash (DOC-1)."""

    terms = models.ForeignKey(Terms, on_delete=models.PROTECT, related_name="clauses")
    clause = models.CharField(max_length=8)
    text = models.TextField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["terms", "clause"], name="portal_doc1_clause_once_per_version"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="portal_doc1_clause_is_hashed"),
        ]


class WorkingCalendar(models.Model):
    """One version of the working hours (D1). hours: [["09:00", "17:30"], ...]; days: [0-6], Monday 0; closures: ISO dates."""

    version = models.PositiveIntegerField()
    tz = models.CharField(max_length=60, default="Europe/London")
    country = models.CharField(max_length=2, default="GB")
    subdivision = models.CharField(max_length=6, default="ENG", blank=True)
    hours = models.JSONField()
    days = models.JSONField()
    closures = models.JSONField(default=list)
    effective_at = models.DateTimeField()
    made_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version"], name="portal_calendar_version_once"),
            models.CheckConstraint(condition=~Q(hours=[]) & ~Q(days=[]), name="portal_calendar_opens_at_all"),
        ]

    def __str__(self) -> str:
        return f"version {self.version}"


class Product(models.Model):
    """Something the supplier sells or supports. in_scope: one of the subscribed Microsoft products (HLP-2)."""

    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)
    in_scope = models.BooleanField(default=True)
    has_exchange = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], name="portal_product_code_once"),
            models.CheckConstraint(condition=~Q(name=""), name="portal_product_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Entitlement(models.Model):
    """Dated contract state of a client that lower floors must know; upper floors write it, with its source."""

    client = client_key("entitlements")
    kind = models.CharField(max_length=16)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    subjects = models.JSONField(default=list, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=120)
    recorded_by = models.CharField(max_length=120)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            one_of("kind", EntitlementKind, "portal_entitlement_kind_known"),
            dates_in_order("portal_entitlement_dates_in_order"),
            models.CheckConstraint(
                condition=Q(kind=EntitlementKind.PRODUCT_HELD, product__isnull=False)
                | (~Q(kind=EntitlementKind.PRODUCT_HELD) & Q(product__isnull=True)),
                name="portal_entitlement_product_named",
            ),
            # An absent product would equal nothing, so that two support periods could overlap: 0 stands for it.
            no_overlap(
                "portal_entitlement_one_at_a_time",
                ["client", "kind", Coalesce("product", 0)],
                "It is already recorded for those days.",
            ),
        ]
