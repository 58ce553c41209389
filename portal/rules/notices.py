"""Notices: what kinds there are, how a person may be told, and when. Pure: values in, values out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.worktime import Calendar, is_open, next_opening

Words = str | Promise


class Way(StrEnum):
    """How somebody is told, from the loudest to none; every way but the last keeps the line in the portal's inbox."""

    MAIL = "mail"
    DIGEST = "digest"
    PORTAL = "portal"
    OFF = "off"


class Side(StrEnum):
    """Whose inbox a kind belongs to."""

    CLIENT = "client"
    STAFF = "staff"


WAY_WORDS: Mapping[Way, Words] = {
    Way.MAIL: _("In the portal and by mail at once"),
    Way.DIGEST: _("In the portal and in the daily mail"),
    Way.PORTAL: _("In the portal only"),
    Way.OFF: _("Not at all"),
}
EVERY_WAY = tuple(Way)
# What a person reads in the portal within this time is not mailed to them as well.
GRACE = timedelta(minutes=2)
SEARCHED_DAYS = 3660


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of notice. `when` says who is told of what; the first of `ways` is the loudest that may be chosen.

    `urgent` is sent outside working hours too. `clause` names why it cannot be switched off. `roles` empty: for everybody of
    that side; else the roles at the client, or the grades.
    """

    name: str
    side: Side
    label: Words
    when: Words
    default: Way
    ways: tuple[Way, ...] = EVERY_WAY
    urgent: bool = False
    clause: str = ""
    roles: frozenset[str] = frozenset()

    def way(self, chosen: str) -> Way:
        """How a person is told who chose this ("" is nothing): a choice that the kind no longer offers is its default."""
        return Way(chosen) if chosen in self.ways else self.default


@dataclass(frozen=True, slots=True)
class Always:
    """A mail that nobody can switch off, and why."""

    side: Side
    label: Words
    why: Words
    clause: str = ""


def mail_due(at: datetime, kind: Kind, calendar: Calendar) -> datetime:
    """When a mail of its own may leave: staff are left in peace outside working hours, except by alarms."""
    if kind.urgent:
        return at
    due = at + GRACE
    return next_opening(due, calendar) if kind.side == Side.STAFF else due


def is_quiet(at: datetime, kind: Kind, calendar: Calendar) -> bool:
    """Whether a mail that is due must wait, because the office has closed meanwhile."""
    return kind.side == Side.STAFF and not kind.urgent and not is_open(at, calendar)


def digest_due(at: datetime, calendar: Calendar) -> datetime:
    """The next opening of a working day after an instant: a break at noon is no new day. ValueError when none follows for years."""
    first = calendar.local_date(at)
    for number in range(SEARCHED_DAYS):
        windows = calendar.day(first + timedelta(days=number)).windows
        if windows and windows[0][0] > at:
            return windows[0][0]
    raise ValueError("The calendar has no working day in the ten years that follow.")
