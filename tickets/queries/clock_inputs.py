"""What the response clock needs to know at its start."""

from datetime import datetime

from django.db import connection

from portal.models import WorkingCalendar
from portal.prepared import Prepared, Write
from portal.queries.contract import calendar_at, entitlements_on, worktime_of
from portal.rules.states import EntitlementKind
from portal.worktime import Calendar
from tickets.models import Ticket
from tickets.rules.promise import SupportHeld, support_counts

# As entitlements_on says it. By hand, because each new request asks, and Django needs an eighth of its time to write it.
HELD = Prepared("""
select exists (select from portal_entitlement e where e.client_id = %s and e.kind = %s and e.recorded_at <= %s
               and daterange(e.valid_from, e.valid_to) @> %s::date)
""")


def support_of(ticket: Ticket, *, started_at: datetime, calendar: WorkingCalendar) -> SupportHeld | None:
    """The support package that gives this ticket its four hours, or None (D7)."""
    zone = worktime_of(calendar).zone
    received_on, started_on = (instant.astimezone(zone).date() for instant in (ticket.received_at, started_at))
    for row in entitlements_on(ticket.client_id, EntitlementKind.SUPPORT, started_on):
        held = SupportHeld(row.id, row.valid_from, row.valid_to, row.recorded_at)
        if support_counts(held, received_at=ticket.received_at, received_on=received_on, started_on=started_on):
            return held
    return None


def promise_ahead(client_id: int, at: datetime, calendar: Calendar | None = None) -> bool:
    """Whether a request made now would get the four hours of a support subscriber (HLP-4).

    calendar: the one in force, where it is at hand already.
    """
    statement, values = promise_question(client_id, at, calendar or worktime_of(calendar_at(at)))
    with connection.cursor() as cursor:
        statement.run(cursor, values)
        return bool(cursor.fetchone()[0])


def promise_question(client_id: int, at: datetime, calendar: Calendar) -> Write:
    """The same as a question that is still to be asked."""
    return Write(HELD, [client_id, EntitlementKind.SUPPORT, at, calendar.local_date(at)])
