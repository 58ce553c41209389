"""Requests that only Microsoft can solve (HLP-10)."""

from datetime import datetime

from portal.clauses import clause
from portal.worktime import Calendar, deadline
from tickets.rules.states import Target

REMIND_WORKING_DAYS = 2


@clause("HLP-10")
def remind_at(last: datetime, calendar: Calendar) -> datetime:
    """When somebody must ask Microsoft again: two working days after the last time."""
    instant = last
    for _day in range(REMIND_WORKING_DAYS):
        instant = deadline(instant, Target.ONE_DAY, calendar).due
    return instant
