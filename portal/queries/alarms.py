"""Reads of alarms and of the numbers beside them in the menu."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from portal.models import Alarm

MOST = 200
COUNTS = """
select (select count(*) from portal_alarm where cleared_at is null),
       (select count(*) from portal_notice where user_id = %s and read_at is null)
"""


@dataclass(frozen=True, slots=True)
class Unseen:
    """What waits to be seen: open alarms of everybody, unread notices of one person."""

    alarms: int
    notices: int


def open_alarms() -> list[Alarm]:
    """Alarms that nobody has cleared, the oldest first: they are the worst. Staff's scope."""
    return list(
        Alarm.objects.filter(cleared_at__isnull=True).select_related("client").order_by("raised_at", "id")[:MOST]
    )


def cleared_alarms(limit: int = 20) -> list[Alarm]:
    """The alarms cleared last."""
    return list(Alarm.objects.filter(cleared_at__isnull=False).select_related("client").order_by("-id")[:limit])


def every_alarm() -> QuerySet[Alarm]:
    """All alarms ever, with their client. Staff's scope."""
    return Alarm.objects.select_related("client")


def alarm_of(pk: int) -> Alarm | None:
    return every_alarm().filter(pk=pk).first()


def unseen(user_id: int) -> Unseen:
    """Both numbers of the staff menu in one query over two partial indexes."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, [user_id])
        return Unseen(*cursor.fetchone())
