"""How long an answer took, in working time: from the clock's start, and from the receipt of the request (D4)."""

from dataclasses import dataclass
from datetime import datetime

from portal.clauses import clause
from portal.worktime import Calendar, working_seconds_between

HOUR = 3600


@dataclass(frozen=True, slots=True)
class AnswerTimes:
    """Whole working seconds. An answer before the acknowledgement took none from the clock's start."""

    answer_seconds: int
    receipt_seconds: int


@clause("HLP-3", "HLP-4", "HLP-5")
def answer_times(
    *, received_at: datetime, started_at: datetime, replied_at: datetime, calendar: Calendar
) -> AnswerTimes:
    """Counted on the clock's own calendar, so that a late acknowledgement cannot flatter the supplier."""
    return AnswerTimes(
        round(working_seconds_between(started_at, max(replied_at, started_at), calendar)),
        round(working_seconds_between(received_at, max(replied_at, received_at), calendar)),
    )
