"""The supplier: the Microsoft partner that runs this portal. One row."""

from django.db import models
from django.db.models import Q

from portal.models.evidence import SHA256
from portal.models.fields import one_of
from portal.rules.states import DemoState

# A logo this many times wider than high is taken to carry the name; pages show every logo so many pixels high.
WIDE, SHOWN_HEIGHT = 1.6, 28


class Supplier(models.Model):
    """Who promises. Everything here is data, so that any partner can run the portal under its own name."""

    name = models.CharField(max_length=120)
    company_number = models.CharField(max_length=20, default="", blank=True)
    vat_number = models.CharField(
        max_length=20, default="", blank=True, help_text="Empty means not registered for VAT."
    )
    address = models.TextField(default="", blank=True)
    bank_details = models.TextField(default="", blank=True)
    sender_name = models.CharField(max_length=120)
    sender_email = models.EmailField()
    signature = models.TextField(default="", blank=True)
    accent = models.CharField(max_length=7, default="#0b6166")
    # The logo's hash and measures, "" and 0 without one. No key: a restart of the demo keeps this row and empties the rest.
    logo = models.CharField(max_length=64, default="", blank=True)
    logo_width = models.PositiveSmallIntegerField(default=0)
    logo_height = models.PositiveSmallIntegerField(default=0)
    demo_state = models.CharField(max_length=8, default=DemoState.NONE)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="portal_supplier_is_one"),
            models.CheckConstraint(
                condition=Q(accent__regex=r"^#[0-9a-f]{6}$"), name="portal_supplier_accent_is_a_colour"
            ),
            models.CheckConstraint(
                condition=Q(logo="", logo_width=0, logo_height=0)
                | Q(logo__regex=SHA256, logo_width__gt=0, logo_height__gt=0),
                name="portal_supplier_logo_is_whole",
            ),
            one_of("demo_state", DemoState, "portal_supplier_demo_state_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def logo_is_wide(self) -> bool:
        """Whether the logo carries the name itself, so that pages do not write it beside it again."""
        return self.logo_width >= WIDE * self.logo_height

    @property
    def shown_width(self) -> int:
        """The logo's width on pages, in pixels; its height there is SHOWN_HEIGHT."""
        return max(1, round(self.logo_width * SHOWN_HEIGHT / self.logo_height)) if self.logo_height else 0


class Logo(models.Model):
    """A logo as it was drawn anew: PNG, and the square icon made of it. Never changed; looks of the past keep theirs."""

    sha256 = models.CharField(max_length=64)
    data = models.BinaryField()
    icon = models.BinaryField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    added_by = models.CharField(max_length=120)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sha256"], name="portal_logo_kept_once"),
            models.CheckConstraint(condition=Q(sha256__regex=SHA256), name="portal_logo_is_hashed"),
        ]

    def __str__(self) -> str:
        return f"logo {self.sha256[:12]}"


class Look(models.Model):
    """What the portal showed of its supplier from an instant on: colour, logo, sender, signature. A change is a new row."""

    accent = models.CharField(max_length=7)
    logo = models.CharField(max_length=64, default="", blank=True)
    sender_name = models.CharField(max_length=120)
    sender_email = models.EmailField()
    signature = models.TextField(default="", blank=True)
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"look {self.pk}"
