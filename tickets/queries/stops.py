"""When a response falls due next, for the demo's clock."""

from datetime import datetime

from tickets.models import ResponseClock


def next_due(at: datetime) -> datetime | None:
    """The first due time after an instant that no answer has met."""
    rows = ResponseClock.objects.filter(met_at__isnull=True, due_at__gt=at)
    return rows.order_by("due_at").values_list("due_at", flat=True).first()
