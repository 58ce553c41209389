"""Telling the leads of a new alarm: at any hour, once, in the way that each of them chose."""

from datetime import datetime

from django.urls import reverse

from portal.actions.notices import News, notify_many
from portal.jobs import sweep
from portal.models import Alarm, Staff
from portal.queries.people import contract_day
from portal.queries.staff import on_staff
from portal.rules.noticelist import ALARM, LEADS, MAIL_ALARM

BATCH = 100
# A mail about these would take the way that is broken.
ABOUT_MAIL = frozenset({"outbox", "address"})


@sweep("alarms to tell", every_seconds=10, clause="HLP-5")
def tell_alarms(at: datetime) -> int:
    """Give each lead and admin in office a notice of every alarm that nobody was told of; the alarm itself stays as it is."""
    untold = Alarm.objects.filter(told_at__isnull=True, cleared_at__isnull=True).order_by("id")
    rows = list(untold.select_for_update(of=("self",), skip_locked=True)[:BATCH])
    if not rows:
        return 0
    leads = list(Staff.objects.filter(on_staff(contract_day(at)), grade__in=LEADS).values_list("user_id", flat=True))
    notify_many(_news(row, user_id) for row in rows for user_id in leads)
    Alarm.objects.filter(pk__in=[row.pk for row in rows]).update(told_at=at)
    return len(rows)


def _news(alarm: Alarm, user_id: int) -> News:
    return News(
        kind=MAIL_ALARM if alarm.subject_type in ABOUT_MAIL else ALARM,
        sentence=alarm.sentence[:300],
        url=f"{reverse('desk:alarms')}#alarm-{alarm.pk}",
        client_id=alarm.client_id,
        user_id=user_id,
        key=f"alarm {alarm.pk}",
        at=alarm.raised_at,
    )
