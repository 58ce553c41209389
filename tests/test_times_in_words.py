"""Instants as people say them, on London's wall clock, in winter and in summer."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from portal.templatetags import times

Frozen = Callable[[datetime], Any]
NOW = datetime(2026, 11, 24, 10, 40, tzinfo=UTC)


@pytest.fixture(autouse=True)
def tuesday_morning(frozen: Frozen) -> Any:
    frozen(NOW)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 11, 24, 12, 18, tzinfo=UTC), "12:18 today"),
        (datetime(2026, 11, 25, 9, 50, tzinfo=UTC), "Wed 09:50"),
        (datetime(2026, 11, 18, 9, 50, tzinfo=UTC), "Wed 09:50"),
        (datetime(2026, 12, 1, 9, 50, tzinfo=UTC), "1 Dec 2026 at 09:50"),
        (datetime(2026, 7, 1, 8, 0, tzinfo=UTC), "1 Jul 2026 at 09:00"),
        (None, ""),
    ],
)
def test_near_instants_are_short_and_far_ones_full(at: datetime | None, words: str) -> None:
    assert times.london(at) == words


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (NOW, "Today 10:40"),
        (NOW - timedelta(days=1), "Yesterday 10:40"),
        (NOW - timedelta(days=4), "Fri 20 Nov 10:40"),
        (datetime(2025, 11, 20, 16, 2, tzinfo=UTC), "20 Nov 2025 16:02"),
    ],
)
def test_messages_name_the_day(at: datetime, words: str) -> None:
    assert times.london_when(at) == words


def test_a_full_instant_names_its_zone_also_in_summer() -> None:
    assert times.london_full(NOW) == "Tuesday 24 November 2026 at 10:40 GMT"
    assert times.london_full(datetime(2026, 7, 1, 8, 0, tzinfo=UTC)) == "Wednesday 1 July 2026 at 09:00 BST"


def test_a_day_is_the_day_in_london() -> None:
    assert times.day(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)) == "2 Jul 2026"
    assert times.day(date(2026, 12, 1)) == "1 Dec 2026"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "now"), (58, "58 m"), (60, "1 h"), (24 * 60, "1 d"), (13 * 24 * 60, "13 d"), (14 * 24 * 60, "2 w")],
)
def test_an_age_has_one_unit(minutes: int, words: str) -> None:
    assert times.age(NOW - timedelta(minutes=minutes)) == words


def test_a_span_of_time_ignores_its_sign() -> None:
    assert times.span(2280) == "38 m" and times.span(-7500) == "2 h 05 m"
