"""When a response falls due next, for the demo's clock, and which alarms stand over a clock that runs."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from portal.models import Alarm
from tickets.models import ResponseClock


def next_due(at: datetime) -> datetime | None:
    """The first due time after an instant that no answer has met."""
    rows = ResponseClock.objects.filter(met_at__isnull=True, due_at__gt=at)
    return rows.order_by("due_at").values_list("due_at", flat=True).first()


def running_clock(alarms: Sequence[Alarm]) -> dict[int, str]:
    """Alarms about a request whose answer is still owed (HLP-3, HLP-4): the client waits while they are looked at."""
    tickets = {alarm.subject_id for alarm in alarms if alarm.subject_type == "ticket"}
    if not tickets:
        return {}
    running = ResponseClock.objects.filter(ticket_id__in=tickets, met_at__isnull=True)
    owed = set(running.values_list("ticket_id", flat=True))
    sentence = _("The response clock of this request runs. Answer it; then the alarm clears by itself.")
    return {one.pk: sentence for one in alarms if one.subject_type == "ticket" and one.subject_id in owed}
