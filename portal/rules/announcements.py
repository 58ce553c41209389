"""Announcements: outages, planned work and closures; their states, when a banner stands, and when people are told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.clauses import clause
from portal.errors import Refused
from portal.worktime import Calendar

CLAUSE = "HLP-1"
# Planned work and closures stand as a banner from so long before they begin; whoever was told long before is reminded.
SHOWN_BEFORE = timedelta(days=3)
REMINDED_BEFORE = timedelta(days=1)
LONGEST = timedelta(days=366)


class AnnouncementKind(StrEnum):
    OUTAGE = "outage"
    PLANNED = "planned"
    CLOSURE = "closure"


class AnnouncementState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


MOVES: dict[AnnouncementState, frozenset[AnnouncementState]] = {
    AnnouncementState.DRAFT: frozenset({AnnouncementState.PUBLISHED, AnnouncementState.WITHDRAWN}),
    AnnouncementState.PUBLISHED: frozenset({AnnouncementState.ENDED, AnnouncementState.WITHDRAWN}),
    AnnouncementState.ENDED: frozenset(),
    AnnouncementState.WITHDRAWN: frozenset(),
}


class Stage(StrEnum):
    """How far we are, as an update says it."""

    INVESTIGATING = "investigating"
    FOUND = "found"
    MENDING = "mending"
    MENDED = "mended"
    NEWS = "news"


class Telling(StrEnum):
    """What people are told of, each once; OVER is the end that was foreseen."""

    PUBLISHED = "published"
    UPDATE = "update"
    REMINDER = "reminder"
    OVER = "over"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


KIND_WORDS = {
    AnnouncementKind.OUTAGE: gettext_lazy("Outage"),
    AnnouncementKind.PLANNED: gettext_lazy("Planned work"),
    AnnouncementKind.CLOSURE: gettext_lazy("We are closed"),
}
STATE_WORDS = {
    AnnouncementState.DRAFT: gettext_lazy("draft"),
    AnnouncementState.PUBLISHED: gettext_lazy("published"),
    AnnouncementState.ENDED: gettext_lazy("over"),
    AnnouncementState.WITHDRAWN: gettext_lazy("called off"),
}
STAGE_WORDS = {
    Stage.INVESTIGATING: gettext_lazy("We are looking into it"),
    Stage.FOUND: gettext_lazy("We know the cause"),
    Stage.MENDING: gettext_lazy("We are mending it"),
    Stage.MENDED: gettext_lazy("Mended"),
    Stage.NEWS: gettext_lazy("News"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What an announcement says, and to whom: `clients` are the chosen ones, None is every client."""

    kind: AnnouncementKind
    title: str
    text: str
    starts_at: datetime
    ends_at: datetime | None
    clients: frozenset[int] | None


@clause("HLP-1")
def check_wording(said: Wording) -> None:
    """Refuse an announcement that says nothing, to nobody, or whose times make no sense. An outage may have no end yet."""
    if not said.title.strip() or not said.text.strip():
        raise Refused(CLAUSE, _("Say in a title and in a few words what it is about."))
    if said.clients is not None and not said.clients:
        raise Refused(CLAUSE, _("Choose the clients whom it concerns, or all of them."))
    check_times(said.kind, said.starts_at, said.ends_at)


def check_times(kind: AnnouncementKind, starts_at: datetime, ends_at: datetime | None) -> None:
    """Refuse an end that is missing, not after the start, or years away."""
    if ends_at is None and kind != AnnouncementKind.OUTAGE:
        raise Refused(CLAUSE, _("Say when it ends. Only an outage may have no end yet."))
    if ends_at is not None and ends_at <= starts_at:
        raise Refused(CLAUSE, _("The end must come after the start."))
    if ends_at is not None and ends_at - starts_at > LONGEST:
        raise Refused(CLAUSE, _("A year is the longest."))


@clause("HLP-1")
def check_publishing(said: Wording, calendar: Calendar, at: datetime) -> None:
    """Refuse to publish what is over, and a closure in which the working calendar says that the office is open.

    The promises of answers follow the calendar alone (HLP-3): an announcement closes nothing.
    """
    check_wording(said)
    if said.kind != AnnouncementKind.OUTAGE and said.ends_at is not None and said.ends_at <= at:
        raise Refused(CLAUSE, _("Its end is past already."))
    check_closed(said.kind, said.starts_at, said.ends_at, calendar)


@clause("HLP-3")
def check_closed(kind: AnnouncementKind, starts_at: datetime, ends_at: datetime | None, calendar: Calendar) -> None:
    """Refuse a closure in which the working calendar says that the office is open."""
    if kind != AnnouncementKind.CLOSURE or ends_at is None:
        return
    day = open_day_within(starts_at, ends_at, calendar)
    if day is not None:
        raise Refused(
            "HLP-3",
            _("The working calendar says that we are open on %(day)s. Close that day there first.") % {"day": day},
        )


def open_day_within(starts_at: datetime, ends_at: datetime, calendar: Calendar) -> str | None:
    """The first day on which the office is open for a moment between two instants, written year-month-day."""
    first, last = calendar.local_date(starts_at), calendar.local_date(ends_at)
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if any(opens < ends_at and closes > starts_at for opens, closes in calendar.day(day).windows):
            return day.isoformat()
    return None


@clause("HLP-1")
def check_move(state: AnnouncementState, new: AnnouncementState) -> None:
    """Refuse a move that the table of states does not have."""
    if new not in MOVES[state]:
        raise Refused(CLAUSE, _("This announcement is %(state)s already.") % {"state": STATE_WORDS[state]})


def shown_from(kind: AnnouncementKind, *, starts_at: datetime, published_at: datetime) -> datetime:
    """From when the banner stands: an outage at once, anything else three days before it begins."""
    return published_at if kind == AnnouncementKind.OUTAGE else max(published_at, starts_at - SHOWN_BEFORE)


def reminded_at(kind: AnnouncementKind, *, starts_at: datetime, published_at: datetime) -> datetime | None:
    """When people are reminded: a day before the start, unless they were told within the day before that."""
    due = starts_at - REMINDED_BEFORE
    return due if kind != AnnouncementKind.OUTAGE and published_at + REMINDED_BEFORE <= due else None


def ends_by_itself(kind: AnnouncementKind) -> bool:
    """Whether its foreseen end is its end. Of an outage only a person can say that it is over."""
    return kind != AnnouncementKind.OUTAGE


def told_of(what: Telling, kind: AnnouncementKind) -> bool:
    """Whether clients are told: that an office opens again, which everybody knew, is no news."""
    return what != Telling.OVER and not (what == Telling.ENDED and kind == AnnouncementKind.CLOSURE)


def is_shown(
    state: AnnouncementState,
    kind: AnnouncementKind,
    *,
    from_at: datetime | None,
    ends_at: datetime | None,
    at: datetime,
) -> bool:
    """Whether the banner stands at an instant. A late sweep leaves no banner over work that has ended."""
    if state != AnnouncementState.PUBLISHED or from_at is None or from_at > at:
        return False
    return not ends_by_itself(kind) or ends_at is None or at < ends_at
