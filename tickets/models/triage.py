"""What staff put round a ticket: tags that they use, and links between the requests of one client."""

from django.db import models
from django.db.models import F, Q

from portal.models.fields import client_key, one_of, same_client_key
from tickets.rules.states import LinkKind


class Tag(models.Model):
    """A word that staff put on tickets, offered again while they type. The tickets hold the words themselves."""

    label = models.CharField(max_length=30)
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["label"], name="tickets_tag_once"),
            models.CheckConstraint(condition=Q(label__regex=r"^[a-z0-9][a-z0-9 -]*$"), name="tickets_tag_is_plain"),
        ]


class TicketLink(models.Model):
    """One request has to do with another of the same client: `ticket` is related to, a duplicate of or caused by `other`."""

    client = client_key()
    ticket = same_client_key("tickets.Ticket", "links")
    other = same_client_key("tickets.Ticket", "linked_from")
    kind = models.CharField(max_length=9)
    added_by = models.CharField(max_length=120)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            one_of("kind", LinkKind, "tickets_link_kind_known"),
            models.UniqueConstraint(fields=["client", "ticket", "other"], name="tickets_linked_once"),
            models.CheckConstraint(condition=~Q(ticket=F("other")), name="tickets_not_linked_to_itself"),
        ]
        indexes = [models.Index(fields=["client", "other"], name="tickets_link_other")]
