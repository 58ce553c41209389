"""Alarms: what staff must look at, with its cure. One open alarm per kind and subject; cleared, never deleted."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from django.db.models import Model
from django.utils.translation import gettext as _

from portal import alarmholds, audit
from portal.actors import SYSTEM, Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.models import Alarm

FAILURES_IN_A_ROW = 3
MOST_HOURS_AWAY = 72


def raise_alarm(
    *,
    kind: str,
    sentence: str,
    at: datetime,
    cure: str = "",
    url: str = "",
    clause: str = "",
    client_id: int | None = None,
    subject: Model | None = None,
    subject_type: str = "",
    subject_id: int = 0,
) -> None:
    """Raise an alarm about a row, or about something named by `subject_type` and `subject_id`. Open already: nothing happens.

    `cure` says in a sentence what to do; `url` is the page where. Works in every scope that may write.
    """
    alarm = Alarm(
        client_id=client_id,
        kind=kind,
        subject_type=subject_type or type_of(subject),
        subject_id=subject.pk if subject is not None else subject_id,
        clause=clause,
        sentence=sentence,
        cure=cure,
        url=url,
        raised_at=at,
    )
    Alarm.objects.bulk_create([alarm], ignore_conflicts=True)


def raise_alarms(alarms: Iterable[Alarm]) -> None:
    """Raise many alarms in one statement, for batches of a sweep; those open already stay as they are."""
    Alarm.objects.bulk_create(list(alarms), ignore_conflicts=True)


def clear_alarm(
    *,
    kind: str,
    at: datetime,
    by: Actor,
    subject: Model | None = None,
    subject_type: str = "",
    subject_id: int = 0,
) -> int:
    """Clear the open alarm of a kind about a subject, because its reason has gone. Returns 1, or 0 when none was open."""
    return Alarm.objects.filter(
        kind=kind,
        subject_type=subject_type or type_of(subject),
        subject_id=subject.pk if subject is not None else subject_id,
        cleared_at__isnull=True,
    ).update(cleared_at=at, cleared_by=by.label)


def dismiss_alarm(alarm: Alarm, *, by: Actor, at: datetime) -> bool:
    """A person has looked and says that it is done. False when it was cleared already. Raises Refused while it is held."""
    _refuse_held(alarm)
    return _change(alarm, "alarm cleared", by=by, at=at, cleared_at=at, cleared_by=by.label)


def take_alarm(alarm: Alarm, *, by: Actor, at: datetime) -> bool:
    """A person has it in hand: colleagues see who. Somebody else may take it over. False when it was cleared meanwhile."""
    return _change(alarm, "alarm taken in hand", by=by, at=at, taken_at=at, taken_by=by.label)


@clause("HLP-3", "HLP-4", "HLP-5")
def snooze_alarm(alarm: Alarm, *, hours: int, by: Actor, at: datetime) -> bool:
    """Put an alarm away for some hours (1 to 72); then it comes back by itself. Raises Refused while a clock runs under it."""
    if not 1 <= hours <= MOST_HOURS_AWAY:
        raise Refused(
            "HLP-5",
            _("An alarm can be put away for 1 to %(MOST_HOURS_AWAY)s hours.") % {"MOST_HOURS_AWAY": MOST_HOURS_AWAY},
        )
    _refuse_held(alarm)
    until = at + timedelta(hours=hours)
    return _change(alarm, "alarm put away", by=by, at=at, snoozed_until=until, snoozed_by=by.label)


def wake_alarm(alarm: Alarm, *, by: Actor, at: datetime) -> bool:
    """Bring an alarm back that was put away. False when it was cleared meanwhile."""
    return _change(alarm, "alarm brought back", by=by, at=at, snoozed_until=None, snoozed_by="")


def _refuse_held(alarm: Alarm) -> None:
    held = alarmholds.holds_on([alarm])
    if held:
        raise Refused(alarm.clause or "HLP-5", held[alarm.pk])


def _change(alarm: Alarm, event: str, *, by: Actor, at: datetime, **columns: Any) -> bool:
    """Change an open alarm and keep who did it; one that is cleared stays as it is, and False is the answer."""
    changed = Alarm.objects.filter(pk=alarm.pk, cleared_at__isnull=True).update(**columns)
    if changed:
        facts = {"kind": alarm.kind, "sentence": alarm.sentence, "raised_at": alarm.raised_at}
        until = columns.get("snoozed_until")
        more = {"until": until} if until else {}
        audit.record(event, by=by, at=at, client_id=alarm.client_id, subject=alarm, payload=facts | more)
    return bool(changed)


def type_of(subject: Model | None) -> str:
    return str(subject._meta.model_name) if subject is not None else ""


def tell_failed_sweep(*, name: str, clause: str, failures: int, error: str, at: datetime) -> None:
    """A sweep that fails three times in a row does not mend itself."""
    if failures < FAILURES_IN_A_ROW:
        return
    raise_alarm(
        kind="sweep failing",
        subject_type="sweep",
        subject_id=crc32(name.encode()),
        clause=clause,
        sentence=_("The job “%(name)s” has failed %(failures)s times in a row: %(error)s")
        % {"name": name, "failures": failures, "error": error[:300]},
        cure=_("Read the error on the jobs page and mend its cause; the job goes on by itself and does what waited."),
        url="/desk/jobs/",
        at=at,
    )


def clear_failed_sweep(*, name: str, at: datetime) -> None:
    clear_alarm(kind="sweep failing", subject_type="sweep", subject_id=crc32(name.encode()), by=SYSTEM, at=at)
