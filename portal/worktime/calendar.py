"""The working calendar: which instants are working time. Values in, values out; times of day are minutes since midnight.

Wall clock times become instants like this (D1, "Rule" under the clock examples of the contract):
- an opening or closing that the clock skips in spring is the instant of the skip;
- an opening or closing that happens twice in autumn is the first of the two.
So a window's length is always the real time between its ends, and two intervals never overlap.
"""

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

import holidays

MINUTES_A_DAY = 1440
ONE_DAY = timedelta(days=1)
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SHORT_DAYS = {name[:3].lower(): number for number, name in enumerate(DAY_NAMES)}
GB_SUBDIVISIONS = ("ENG", "WLS", "SCT", "NIR")
# Eleven years of days: longer than the longest search, and small enough for many calendars in one process.
KEPT_DAYS = 4000
TIME_OF_DAY = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)


class WorktimeError(ValueError):
    """Something cannot be reckoned; `field` names what is at fault, `sentence` says it to a person."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
        self.sentence = sentence


class Interval(NamedTuple):
    """Working time of a day, half-open: minutes since midnight by the wall clock, closing at most 1440 (24:00)."""

    opens: int
    closes: int

    def __str__(self) -> str:
        return f"{clock_face(self.opens)}-{clock_face(self.closes)}"


class TrailStep(NamedTuple):
    """One counted interval, or one local day that was passed over and why. Instants in UTC."""

    day: date
    begins: datetime
    ends: datetime
    seconds: float
    reason: str = ""

    @property
    def counted(self) -> bool:
        return not self.reason


class Day(NamedTuple):
    """What a calendar says about one local date: its windows as instants, or the step that says why it has none."""

    windows: tuple[tuple[datetime, datetime], ...]
    closed: TrailStep | None


@dataclass(frozen=True)
class Calendar:
    """Working hours of a supplier. `days` are weekdays, Monday 0; `own_hours` are weekdays with hours of their own."""

    tz: str
    hours: tuple[Interval, ...]
    days: frozenset[int]
    country: str = "GB"
    subdivision: str = "ENG"
    closures: frozenset[date] = frozenset()
    version: int = 1
    own_hours: tuple[tuple[int, tuple[Interval, ...]], ...] = ()
    zone: ZoneInfo = field(init=False, repr=False, compare=False)
    _known: dict[date, Day] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Raise WorktimeError when the calendar cannot be used."""
        object.__setattr__(self, "zone", zone_named(self.tz))
        object.__setattr__(self, "hours", checked_hours(self.hours))
        if not self.days:
            raise WorktimeError("days", "The calendar has no working days.")
        if not self.days <= frozenset(range(7)):
            raise WorktimeError("days", "Working days are numbers from 0 (Monday) to 6 (Sunday).")
        if not {weekday for weekday, _ in self.own_hours} <= self.days:
            raise WorktimeError("days", "Only a working day can have hours of its own.")
        own = tuple((weekday, checked_hours(hours)) for weekday, hours in self.own_hours)
        object.__setattr__(self, "own_hours", own)
        check_place(self.country, self.subdivision)

    @classmethod
    def parse(
        cls,
        *,
        tz: str = "Europe/London",
        hours: str = "09:00-17:30",
        days: str = "Mon-Fri",
        country: str = "GB",
        subdivision: str = "ENG",
        closures: Iterable[date] = (),
        version: int = 1,
        own_hours: Mapping[int, str] | None = None,
    ) -> "Calendar":
        """A calendar from its written form, for example hours "09:00-12:30,13:30-17:30" and days "Mon-Fri"."""
        own = tuple(sorted((weekday, parse_hours(text)) for weekday, text in (own_hours or {}).items()))
        return cls(tz, parse_hours(hours), parse_days(days), country, subdivision, frozenset(closures), version, own)

    def intervals_on(self, weekday: int) -> tuple[Interval, ...]:
        if weekday not in self.days:
            return ()
        return dict(self.own_hours).get(weekday, self.hours)

    def local_date(self, instant: datetime) -> date:
        return instant.astimezone(self.zone).date()

    def day(self, day: date) -> Day:
        """The windows of a local date. OverflowError at the ends of the reckonable years (1 and 9999)."""
        known = self._known.get(day)
        if known is None:
            known = self._reckon(day)
            if len(self._known) >= KEPT_DAYS:
                self._known.clear()
            self._known[day] = known
        return known

    def why_closed(self, day: date) -> str:
        """Why nobody works on a local date, or "" when it is a working day."""
        if day.weekday() not in self.days:
            return "weekend" if day.weekday() >= 5 else f"no working day ({DAY_NAMES[day.weekday()]})"
        if name := holidays_of(self.country, self.subdivision, day.year).get(day):
            return f"bank holiday ({name})"
        return "closed on this day" if day in self.closures else ""

    def _reckon(self, day: date) -> Day:
        reason = self.why_closed(day)
        windows = () if reason else self._windows(day)
        if windows:
            return Day(windows, None)
        begins, ends = (instant_of(day, minute, self.zone) for minute in (0, MINUTES_A_DAY))
        return Day((), TrailStep(day, begins, ends, 0.0, reason or "the hours are skipped by the change of clocks"))

    def _windows(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        ends = (
            (instant_of(day, interval.opens, self.zone), instant_of(day, interval.closes, self.zone))
            for interval in self.intervals_on(day.weekday())
        )
        return tuple((opens, closes) for opens, closes in ends if opens < closes)


def instant_of(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """The UTC instant of a wall clock time; 1440 is the midnight that ends the day."""
    if minute == MINUTES_A_DAY:
        day, minute = day + ONE_DAY, 0
    wall = datetime.combine(day, time(minute // 60, minute % 60))
    instant = wall.replace(tzinfo=zone).astimezone(UTC)
    if reading(instant, zone) == wall:
        return instant
    return end_of_gap(wall, instant, zone)


def end_of_gap(wall: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant of the spring change that skips this wall clock time, to the second."""
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    low, high = 0, int((after - before).total_seconds())
    while low < high:
        middle = (low + high) // 2
        if reading(before + timedelta(seconds=middle), zone) >= wall:
            high = middle
        else:
            low = middle + 1
    return before + timedelta(seconds=low)


def reading(instant: datetime, zone: ZoneInfo) -> datetime:
    """What a clock on the wall shows."""
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def clock_face(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def parse_hours(text: str) -> tuple[Interval, ...]:
    """Intervals from "09:00-12:30,13:30-17:30"; "24:00" is the end of the day."""
    return checked_hours(tuple(parse_interval(part.strip()) for part in text.split(",")))


def parse_interval(text: str) -> Interval:
    opens, dash, closes = text.partition("-")
    if not dash:
        raise WorktimeError("hours", f"Working hours read like 09:00-17:30, not {quoted(text)}.")
    return Interval(parse_minute(opens.strip()), parse_minute(closes.strip()))


def parse_minute(text: str) -> int:
    match = TIME_OF_DAY.fullmatch(text)
    if match is None:
        raise WorktimeError("hours", f"A time of day reads like 09:00, not {quoted(text)}.")
    hour, minute = int(match[1]), int(match[2])
    if minute > 59 or hour * 60 + minute > MINUTES_A_DAY:
        raise WorktimeError("hours", f"There is no time of day {text}; the day runs from 00:00 to 24:00.")
    return hour * 60 + minute


def checked_hours(hours: Iterable[Interval]) -> tuple[Interval, ...]:
    """The intervals in the order of the day, or WorktimeError when they are empty, reversed or overlap."""
    ordered = tuple(sorted(hours))
    if not ordered:
        raise WorktimeError("hours", "The calendar has no working hours.")
    for interval in ordered:
        check_interval(interval)
    for earlier, later in pairwise(ordered):
        if later.opens < earlier.closes:
            raise WorktimeError("hours", f"The working hours {earlier} and {later} overlap.")
    return ordered


def check_interval(interval: Interval) -> None:
    if not (0 <= interval.opens <= MINUTES_A_DAY and 0 <= interval.closes <= MINUTES_A_DAY):
        raise WorktimeError("hours", "Working hours lie between 00:00 and 24:00.")
    if interval.closes == interval.opens:
        raise WorktimeError("hours", f"The working hours {interval} are empty.")
    if interval.closes < interval.opens:
        raise WorktimeError(
            "hours",
            f"The working hours {interval} end before they begin; hours do not run over midnight (24:00 ends a day).",
        )


def parse_days(text: str) -> frozenset[int]:
    """Weekdays from "Mon-Fri", "Mon,Wed,Fri" or "Sun-Thu"; a range may run over the weekend."""
    found: list[int] = []
    for part in text.split(","):
        first, dash, last = (piece.strip() for piece in part.partition("-"))
        begin = parse_weekday(first)
        length = (parse_weekday(last) - begin) % 7 if dash else 0
        found += [(begin + step) % 7 for step in range(length + 1)]
    for weekday in found:
        if found.count(weekday) > 1:
            raise WorktimeError("days", f"{DAY_NAMES[weekday]} is named twice among the working days.")
    return frozenset(found)


def parse_weekday(text: str) -> int:
    weekday = SHORT_DAYS.get(text.lower())
    if weekday is None:
        raise WorktimeError("days", f"Working days read like Mon-Fri or Mon,Wed,Fri; {quoted(text)} is not a weekday.")
    return weekday


@functools.cache
def known_zones() -> frozenset[str]:
    # "localtime" is whatever this machine was set to: the same calendar must mean the same on every machine.
    return frozenset(available_timezones() - {"localtime"})


def zone_named(name: str) -> ZoneInfo:
    if name != "Europe/London" and name not in known_zones():
        raise WorktimeError("tz", f"There is no time zone {quoted(name)}; an example is Europe/London.")
    return ZoneInfo(name)


@functools.cache
def known_places() -> dict[str, tuple[str, ...]]:
    """Countries (two letters) with their subdivisions; other spellings such as UK or USA stay out."""
    places = holidays.list_supported_countries(include_aliases=False)
    return {country: tuple(parts) for country, parts in places.items()}


def check_place(country: str, subdivision: str) -> None:
    if country != "GB" and country not in known_places():
        hint = " (the United Kingdom is GB)" if country == "UK" else ""
        raise WorktimeError(
            "country", f"Bank holidays of {quoted(country)} are not known; a country is two letters such as GB{hint}."
        )
    parts = GB_SUBDIVISIONS if country == "GB" else known_places()[country]
    # There is no list of bank holidays for the whole of the United Kingdom; elsewhere the national list will do.
    if subdivision not in parts and (subdivision or country == "GB"):
        choice = f"it is one of {', '.join(parts)}" if parts else "leave it out"
        raise WorktimeError("subdivision", f"{country} has no subdivision {quoted(subdivision)}; {choice}.")


@functools.lru_cache(maxsize=2048)
def holidays_of(country: str, subdivision: str, year: int) -> dict[date, str]:
    """Bank holidays of one year by date, in English where the list has it. Empty for years that the list does not know."""
    english = set(holidays.list_localized_countries().get(country, ())) & {"en_GB", "en_US"}
    found = holidays.country_holidays(
        country, subdiv=subdivision or None, years=year, language=min(english) if english else None
    )
    return {day: name.replace(" (observed)", ", substitute day") for day, name in found.items() if day.year == year}


def quoted(value: str) -> str:
    """A value as a sentence may repeat it: in quotation marks, printable and not endless."""
    shown = value if len(value) <= 40 else value[:40] + "…"
    return '"' + "".join(letter if letter.isprintable() else "?" for letter in shown) + '"'
