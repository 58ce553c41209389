"""Reads of files: those of one ticket, and which stored files have a row."""

from django.db.models import QuerySet

from portal.models import Document
from portal.queries.agreements import agreement_files
from tickets.models import Attachment, Ticket


def attachments_of(ticket: Ticket) -> QuerySet[Attachment]:
    """The files of a ticket that the caller has already been allowed to see."""
    return Attachment.objects.filter(client_id=ticket.client_id, ticket_id=ticket.pk)


def with_a_row(storage_names: list[str]) -> set[str]:
    """Which of these stored files belong to a message or are an issued document or an agreement."""
    issued = Document.objects.filter(storage_name__in=storage_names).values_list("storage_name", flat=True)
    return attached(storage_names) | set(issued) | agreement_files(storage_names)


def attached(storage_names: list[str]) -> set[str]:
    """Which of these stored files have a row. For the orphan sweep run as staff: a client sees only its own rows."""
    return set(Attachment.objects.filter(storage_name__in=storage_names).values_list("storage_name", flat=True))
