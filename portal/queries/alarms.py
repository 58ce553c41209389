"""Reads of alarms and of the numbers beside them in the menu."""

from dataclasses import dataclass

from django.db import connection

from portal.models import Alarm

MOST = 200
COUNTS = """
select (select count(*) from portal_alarm where cleared_at is null),
       (select count(*) from portal_notice where user_id = %s and read_at is null),
       (select xmin || '/' || ctid from portal_supplier where id = 1)
"""


@dataclass(frozen=True, slots=True)
class Unseen:
    """What waits to be seen: open alarms of everybody, unread notices of one person. And whose portal it is: the stamp
    of the supplier's row (portal.queries.supplier), so that the frame of a page costs one query."""

    alarms: int
    notices: int
    supplier_stamp: str | None


def open_alarms() -> list[Alarm]:
    """Alarms that nobody has cleared, the oldest first: they are the worst. Staff's scope."""
    return list(
        Alarm.objects.filter(cleared_at__isnull=True).select_related("client").order_by("raised_at", "id")[:MOST]
    )


def cleared_alarms(limit: int = 20) -> list[Alarm]:
    """The alarms cleared last."""
    return list(Alarm.objects.filter(cleared_at__isnull=False).select_related("client").order_by("-id")[:limit])


def alarm_of(pk: int) -> Alarm | None:
    return Alarm.objects.filter(pk=pk).first()


def unseen(user_id: int) -> Unseen:
    """Both numbers of the staff menu, over two partial indexes, and the supplier's stamp; one query."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, [user_id])
        return Unseen(*cursor.fetchone())
