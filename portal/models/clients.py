"""Clients: the organisations that buy from the supplier, and their Microsoft 365 tenants."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from portal.models.fields import client_key, dates_in_order, no_overlap, one_of
from portal.rules.states import ClientState


class Client(models.Model):
    """An organisation that buys from the supplier. The slug is in its pages' addresses and never changes."""

    slug = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=10, default=ClientState.ACTIVE)
    suspended_reason = models.CharField(max_length=200, default="", blank=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="portal_client_slug_once"),
            models.CheckConstraint(condition=Q(slug=Lower("slug")), name="portal_client_slug_is_lower"),
            models.CheckConstraint(condition=~Q(name=""), name="portal_client_has_a_name"),
            one_of("state", ClientState, "portal_client_state_known"),
        ]

    def __str__(self) -> str:
        return self.name


class ClientName(models.Model):
    """Names a client has had: old documents keep the name of their day."""

    client = client_key("names")
    name = models.CharField(max_length=120)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            no_overlap("portal_client_name_one_at_a_time", ["client"], "The client already has a name on those days."),
            dates_in_order("portal_client_name_dates_in_order"),
        ]


class MicrosoftTenant(models.Model):
    """A client's Microsoft 365 tenant: the only thing that "tenant" means here (ACC-4)."""

    client = client_key("tenants")
    directory_id = models.UUIDField()
    domain = models.CharField(max_length=190)
    label = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "directory_id"], name="portal_tenant_once_per_client"),
            models.CheckConstraint(condition=Q(domain=Lower("domain")), name="portal_tenant_domain_is_lower"),
        ]

    def __str__(self) -> str:
        return self.label
