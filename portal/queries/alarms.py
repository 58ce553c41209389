"""Reads of alarms and of the numbers beside them in the menu."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from portal import alarmholds
from portal.models import Alarm
from portal.prepared import Prepared
from portal.queries.paging import Page, newest_first
from portal.rules.mail import LATE

MOST = 200
# One look at the end of an index, and two partial indexes.
PULSE = """
select (select count(*) from portal_alarm where cleared_at is null and (snoozed_until is null or snoozed_until <= %s)),
       (select count(*) from portal_notice where user_id = %s and membership_id is null and read_at is null),
       (select coalesce(max(id), 0) from portal_auditevent){more}
"""
# Numbers of upper floors beside the menu's entries, each one look along an index, for staff who may see content.
_more: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Pulse:
    """What waits to be seen: open alarms of everybody, unread notices of one person. `newest` changes with every act."""

    alarms: int
    notices: int
    newest: int
    more: dict[str, int]


@dataclass(frozen=True, slots=True)
class OpenAlarm:
    """An alarm that nobody has cleared. `hold` says why it cannot be put away, `asleep` that it is put away at present."""

    alarm: Alarm
    hold: str
    asleep: bool


def open_alarms(at: datetime, *, may_act: bool) -> list[OpenAlarm]:
    """Alarms that nobody has cleared, the oldest first: they are the worst. Those put away stand last. Staff's scope.

    may_act: the person has a valid NDA; without one nothing can be done here, and the clocks below cannot be read.
    """
    open_now = Alarm.objects.filter(cleared_at__isnull=True).select_related("client")
    rows = list(open_now.order_by("raised_at", "id")[:MOST])
    holds = alarmholds.holds_on(rows) if may_act else {}
    lines = [OpenAlarm(row, holds.get(row.pk, ""), is_asleep(row, at)) for row in rows]
    return sorted(lines, key=lambda line: line.asleep)


def is_asleep(alarm: Alarm, at: datetime) -> bool:
    return alarm.snoozed_until is not None and alarm.snoozed_until > at


def cleared_alarms(kind: str = "", *, before: int | None = None, after: int | None = None) -> Page[Alarm]:
    """The history: alarms that were cleared, the newest first, of one kind or all."""
    cleared = Alarm.objects.filter(Q(kind=kind) if kind else Q(), cleared_at__isnull=False)
    return newest_first(cleared.select_related("client"), before=before, after=after)


def every_alarm() -> QuerySet[Alarm]:
    """All alarms ever, with their client. Staff's scope."""
    return Alarm.objects.select_related("client")


def alarm_of(pk: int) -> Alarm | None:
    return every_alarm().filter(pk=pk).first()


def no_clock_yet(alarms: Sequence[Alarm]) -> dict[int, str]:
    """Alarms about an acknowledgement that has not left (HLP-5, D4): the client waits, and no clock can start."""
    sentence = _(
        "The acknowledgement has not left, so the client waits and no clock runs. The alarm clears when it leaves."
    )
    return {one.pk: sentence for one in alarms if one.kind == LATE}


def count_too(name: str, statement: str) -> None:
    """Let the pulse count more: a select of one number, without parameters; `Pulse.more` has it by its name."""
    _more[name] = statement


def pulse(user_id: int, at: datetime, *, content: bool = False) -> Pulse:
    """The numbers of the staff menu and the sign of the newest act, in one query. content: the reader has an NDA."""
    names = tuple(_more) if content else ()
    with connection.cursor() as cursor:
        _pulse(names).run(cursor, [at, user_id])
        alarms, notices, newest, *more = cursor.fetchone()
    return Pulse(alarms, notices, newest, dict(zip(names, more, strict=True)))


@cache
def _pulse(names: tuple[str, ...]) -> Prepared:
    return Prepared(PULSE.format(more="".join(f", ({_more[name]})" for name in names)))
