"""Response deadlines with their trail, a second: `python -m benchmarks.deadlines`."""

import random
import time
from datetime import UTC, datetime, timedelta

from benchmarks.figures import Figure
from benchmarks.subject import deliver
from portal.worktime import DEFAULT_CALENDAR, TARGETS, Calendar, deadline
from portal.worktime.lines import answers

COUNT = 50_000
SPLIT = Calendar.parse(hours="09:00-12:30,13:30-17:30", days="Mon-Sat", subdivision="SCT")


def starts(count: int) -> list[datetime]:
    chance = random.Random(7)
    first = datetime(2025, 1, 1, tzinfo=UTC)
    return [first + timedelta(seconds=chance.randrange(3 * 365 * 86400)) for _ in range(count)]


def rate(calendar: Calendar, count: int) -> float:
    asked = starts(count)
    begun = time.perf_counter()
    for number, start in enumerate(asked):
        deadline(start, TARGETS[number % 2], calendar)
    return count / (time.perf_counter() - begun)


def rate_of_lines(count: int) -> float:
    asked = "".join(
        f'{{"start": "{start.isoformat()}", "target": "{TARGETS[number % 2]}"}}\n'
        for number, start in enumerate(starts(count))
    ).encode()
    begun = time.perf_counter()
    answered = sum(good for _, good in answers([asked]))
    return answered / (time.perf_counter() - begun)


def measure() -> list[Figure]:
    return [
        Figure("deadlines with their trail", rate(DEFAULT_CALENDAR, COUNT), "a second", 20_000, 40_000, rate=True),
        Figure("the same, split days of Scotland", rate(SPLIT, COUNT), "a second", 20_000, 40_000, rate=True),
        Figure("lines of JSON (manage.py deadline)", rate_of_lines(COUNT), "a second", rate=True),
    ]


if __name__ == "__main__":
    deliver(measure())
