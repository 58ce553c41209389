"""Response deadlines with their trail, a second: `python benchmarks/deadlines.py [count]`. The aim is 40,000."""

import random
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from portal.worktime import DEFAULT_CALENDAR, TARGETS, Calendar, deadline
from portal.worktime.lines import answers

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


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    print(f"default calendar, with trail: {rate(DEFAULT_CALENDAR, count):,.0f} a second")
    print(f"split days, Scotland, with trail: {rate(SPLIT, count):,.0f} a second")
    print(f"lines of JSON: {rate_of_lines(count):,.0f} a second")


if __name__ == "__main__":
    main()
