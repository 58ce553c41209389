"""When a planned follow-up comes, and what may not be planned or sent any more (D5, HLP-5)."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _

from portal.clauses import clause
from portal.errors import Refused
from portal.worktime import Calendar

LONGEST = timedelta(days=180)
MOST_PLANNED = 5
# Working days from today, at the opening.
PRESETS = (1, 2, 5, 10)


class Plan(StrEnum):
    """What happens when it is due."""

    REMINDER = "reminder"
    MESSAGE = "message"


class PlanState(StrEnum):
    """A plan waits, or it ended in one of three ways."""

    PLANNED = "planned"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"


def opening_in(at: datetime, days: int, calendar: Calendar) -> datetime:
    """The opening of the so many-th working day after the one of `at`; at least one day."""
    day: date = calendar.local_date(at)
    for _step in range(days):
        day += timedelta(days=1)
        while not calendar.day(day).windows:
            day += timedelta(days=1)
    return calendar.day(day).windows[0][0]


@clause("HLP-5")
def check_plan(plan: Plan, *, due_at: datetime, at: datetime, ended: bool, clock_runs: bool, planned: int) -> None:
    """Refuse what cannot come true. A message is never planned while a promise runs or before the acknowledgement: what is
    sent by itself later would meet the clock in a person's name (D5); a person answers now, and plans what comes after."""
    if ended:
        raise Refused("HLP-5", _("A finished request has no follow-up. Open it again first."))
    if not at < due_at <= at + LONGEST:
        raise Refused("HLP-5", _("Choose a time between now and half a year from now."))
    if planned >= MOST_PLANNED:
        raise Refused("HLP-5", _("At most %(most)s follow-ups wait on one request.") % {"most": MOST_PLANNED})
    if plan == Plan.MESSAGE and clock_runs:
        raise Refused(
            "HLP-5", _("The promised answer is still owed. Answer now; a planned message never counts as the answer.")
        )


@clause("HLP-5")
def why_not_sent(
    *, ended: bool, clock_runs: bool, client_wrote: bool, colleague_answered: bool, author_left: bool
) -> str:
    """Why a planned message would be wrong now; "" when it may go out."""
    if ended:
        return _("the request is finished")
    if client_wrote:
        return _("the client has written since")
    if colleague_answered:
        return _("a colleague has answered since")
    if clock_runs:
        return _("an answer is owed now, and a planned message never counts as one")
    return _("its author works here no longer, or has no valid NDA") if author_left else ""
