"""Versions of the working calendar. What a new version means for open promises is the helpdesk's: tickets.actions.calendar."""

from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from portal import audit
from portal.actors import Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.models import WorkingCalendar
from portal.rules.people import Power, require
from portal.worktime import Calendar

LOCK = 7405012


@clause("HLP-3", "HLP-4")
def add_calendar(calendar: Calendar, *, effective_at: datetime, by: Actor, at: datetime) -> WorkingCalendar:
    """Store the next version; `calendar.version` is ignored. Runs in the staff's scope.

    Raises Refused without the power, and for a version that would begin before one that is already decided: the newer one
    would hide the other's changes.
    """
    require(by, Power.CHANGE_CALENDAR)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])
    last = WorkingCalendar.objects.order_by("-version").first()
    if last is not None and effective_at < last.effective_at:
        raise Refused(
            "LOG-1",
            _("Version %(version)s begins later than this one would. Choose a day from then on.")
            % {"version": last.version},
        )
    row = WorkingCalendar.objects.create(
        version=last.version + 1 if last else 1,
        tz=calendar.tz,
        country=calendar.country,
        subdivision=calendar.subdivision,
        hours=[str(interval).split("-") for interval in calendar.hours],
        days=sorted(calendar.days),
        closures=sorted(day.isoformat() for day in calendar.closures),
        effective_at=effective_at,
        made_by=by.label,
    )
    facts = {"version": row.version, "effective_at": effective_at, "hours": row.hours, "days": row.days}
    facts |= {"closures": row.closures, "subdivision": row.subdivision}
    audit.record("calendar changed", by=by, at=at, client_id=None, subject=row, payload=facts)
    return row
