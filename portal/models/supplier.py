"""The supplier: the Microsoft partner that runs this portal. One row."""

from django.db import models
from django.db.models import Q

from portal.models.fields import one_of
from portal.rules.states import DemoState


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
    logo = models.CharField(max_length=80, default="", blank=True)
    demo_state = models.CharField(max_length=8, default=DemoState.NONE)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="portal_supplier_is_one"),
            models.CheckConstraint(
                condition=Q(accent__regex=r"^#[0-9a-f]{6}$"), name="portal_supplier_accent_is_a_colour"
            ),
            one_of("demo_state", DemoState, "portal_supplier_demo_state_known"),
        ]

    def __str__(self) -> str:
        return self.name
