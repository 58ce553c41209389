"""Reads of the audit trail: a subject's history, pages of events, the heads of the chains."""

from datetime import datetime

from django.db.models import Model, QuerySet

from portal.models import AuditEvent


def history(subject: Model) -> QuerySet[AuditEvent]:
    """Everything that happened to a row, oldest first, payloads included (`event.body.payload`; None once erased).

    In a client's scope the database leaves out what is not meant for the client.
    """
    return (
        AuditEvent.objects.filter(subject_type=subject._meta.model_name, subject_id=subject.pk)
        .select_related("body")
        .order_by("id")
    )


def events_between(client_id: int, start: datetime, end: datetime) -> QuerySet[AuditEvent]:
    """A client's events in a half-open span of instants, oldest first, payloads included; for reports."""
    return AuditEvent.objects.filter(client_id=client_id, at__gte=start, at__lt=end).select_related("body").order_by("id")
