"""Chance that comes out the same for the same seed, and the hours at which people write."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from random import Random
from typing import TypeVar
from zoneinfo import ZoneInfo

from portal.worktime import Calendar
from tickets.rules.references import ALPHABET

LONDON = ZoneInfo("Europe/London")
One = TypeVar("One")


class Dice:
    """A seeded source of choices. Not for secrets."""

    def __init__(self, seed: str) -> None:
        self.random = Random(seed)  # noqa: S311 - a demo world must come out the same again

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def one_of(self, choices: Sequence[One]) -> One:
        return choices[self.random.randrange(len(choices))]

    def weighted(self, choices: Sequence[tuple[One, float]]) -> One:
        return self.random.choices([one for one, _ in choices], [weight for _, weight in choices])[0]

    def between(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def seconds(self, low: int, high: int) -> timedelta:
        return timedelta(seconds=self.between(low, high))

    def minutes(self, low: int, high: int) -> timedelta:
        """So many minutes and some seconds: nobody acts on the full minute."""
        return timedelta(seconds=self.between(low * 60, high * 60))

    def share(self) -> Fraction:
        """The share of the promised time that an answer in time takes: mostly a third, sometimes nearly all."""
        return Fraction(round(1000 * min(0.97, max(0.02, self.random.betavariate(1.5, 2.7)))), 1000)

    def reference(self) -> str:
        letters = "".join(self.random.choices(ALPHABET, k=8))
        return f"{letters[:4]}-{letters[4:]}"

    def message_id(self, domain: str) -> str:
        return f"<{self.random.getrandbits(128):032x}@{domain}>"

    def time_of_day(self) -> time:
        """When clients write: mornings and early afternoons, sometimes in the evening or before breakfast."""
        if self.chance(0.12):
            hour = self.one_of((6, 7, 8, 18, 19, 20, 21, 22))
            return time(hour, self.between(0, 59), self.between(0, 59))
        peak = 10 * 60 if self.chance(0.6) else 14 * 60 + 30
        minute = int(self.random.triangular(8 * 60 + 20, 17 * 60 + 50, peak))
        return time(minute // 60, minute % 60, self.between(0, 59))

    def day_between(self, first: date, last: date, calendar: Calendar) -> date:
        """A day on which a request comes in: seldom when the office is closed, more on Mondays, more towards the end."""
        span = (last - first).days
        while True:
            ago = self.between(0, span)
            day = last - timedelta(days=ago)
            if self.chance(weight_of(day, calendar) * (1 - 0.35 * ago / max(span, 1))):
                return day

    def later_by_client(self, after: datetime, low_minutes: int, high_minutes: int) -> datetime:
        """When a client writes again: some time later, and by day."""
        later = (after + self.minutes(low_minutes, high_minutes)).astimezone(LONDON)
        if later.hour >= 21:
            later = later + timedelta(days=1)
        if not 7 <= later.hour < 21:
            later = datetime.combine(later.date(), time(8, self.between(0, 59), self.between(0, 59)), LONDON)
        return later.astimezone(UTC)


def weight_of(day: date, calendar: Calendar) -> float:
    if not calendar.day(day).windows:
        return 0.07
    quiet = (day.month, day.day) in QUIET_DAYS
    return (0.3 if quiet else 0.8) * (1.25 if day.weekday() == 0 else 0.85 if day.weekday() == 4 else 1)


# Between the years hardly anybody asks for anything.
QUIET_DAYS = {(12, day) for day in range(22, 32)} | {(1, 2)}
