"""How a response clock is shown: what is left, in working time, and how loudly."""

from dataclasses import dataclass
from datetime import datetime

from portal.clauses import clause
from portal.worktime import Calendar, is_open, next_closing, working_seconds_between
from tickets.rules.promise import TARGET_CLAUSE, TARGET_WORDS, promise_sentence
from tickets.rules.states import Target

HOUR = 3600


@dataclass(frozen=True, slots=True)
class Running:
    """A clock's stored facts."""

    target: Target
    started_at: datetime
    due_at: datetime
    met_at: datetime | None
    breached_at: datetime | None
    minutes: int


@dataclass(frozen=True, slots=True)
class Face:
    """What a page shows of a clock. Working seconds; `left` is negative when it is past; `runs_for` is how long the office
    is still open now, so that the page can count by itself; percent is the share of the time that is left."""

    tone: str
    left: int
    total: int
    percent: int
    runs_for: int
    is_met: bool


@clause("HLP-3", "HLP-4", "HLP-5")
def face(clock: Running, *, at: datetime, calendar: Calendar) -> Face:
    """Read a clock at an instant. It never pauses: what stands still is only the time outside working hours (D6)."""
    total = clock.minutes * 60
    if clock.met_at is not None:
        late = clock.breached_at is not None
        return Face("late" if late else "met", 0, total, 0, 0, True)
    past = at > clock.due_at
    span = working_seconds_between(*((clock.due_at, at) if past else (at, clock.due_at)), calendar)
    left = -round(span) if past else round(span)
    open_for = round((next_closing(at, calendar) - at).total_seconds()) if is_open(at, calendar) else 0
    percent = max(0, min(100, round(100 * left / total)))
    tone = "over" if past else "warn" if left <= HOUR else "good"
    return Face(tone, left, total, percent, 0 if past else min(open_for, left), False)


def words_of_target(target: Target) -> tuple[str, str, str]:
    """The promise as words, its clause, and its sentence."""
    return TARGET_WORDS[target], TARGET_CLAUSE[target], promise_sentence(target)
