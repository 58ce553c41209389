"""Signed documents about one request: its proof sheet, and the request as the client sees it."""

from django.db import models
from django.db.models import Q

from portal.models import Document
from portal.models.fields import one_of, same_client_key
from portal.models.making import Making
from portal.rules.making import UNMADE, MakingState
from tickets.rules.papers import Paper


class TicketDocument(Making):
    """A request for a document about a ticket, and the document once it is made. One of a kind is made at a time.

    Whoever may see the ticket may fetch it. One made before a message was withdrawn is kept, but handed out no more.
    """

    ticket = same_client_key("tickets.Ticket", "documents")
    kind = models.CharField(max_length=10)
    document = models.OneToOneField(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )

    class Meta:
        constraints = [
            one_of("kind", Paper, "tickets_document_kind_known"),
            one_of("state", MakingState, "tickets_document_state_known"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="tickets_document_progress_is_a_share"),
            models.CheckConstraint(
                condition=Q(state__in=list(UNMADE)) | Q(done_at__isnull=False), name="tickets_document_done_when"
            ),
            models.CheckConstraint(
                condition=~Q(state=MakingState.READY) | Q(document__isnull=False),
                name="tickets_document_ready_is_there",
            ),
            models.UniqueConstraint(
                fields=["client", "ticket", "kind"],
                condition=Q(state__in=list(UNMADE)),
                name="tickets_document_one_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["client", "ticket", "-id"], name="tickets_document_ticket"),
            models.Index(
                fields=["requested_at", "id"], condition=Q(state__in=list(UNMADE)), name="tickets_document_due"
            ),
        ]
