"""A snapshot has one canonical form, whatever order, type or storage it came through."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.documents.snapshot import MAX_DEPTH, SnapshotError, canonical, plain, snapshot_digest

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": 2}, '{"a":2,"b":1}'),
        ([True, None, 0, "é"], '[true,null,0,"é"]'),
        (datetime(2026, 11, 24, 10, 40, tzinfo=UTC), '"2026-11-24T10:40:00Z"'),
        (datetime(2026, 11, 24, 10, 40, 0, 5, tzinfo=UTC), '"2026-11-24T10:40:00.000005Z"'),
        (datetime(2026, 7, 1, 10, 40, tzinfo=timezone(timedelta(hours=1))), '"2026-07-01T09:40:00Z"'),
        (date(2028, 2, 29), '"2028-02-29"'),
        (Decimal("10.30"), '"10.30"'),
        (Decimal("1E+3"), '"1000"'),
        ((1, 2), "[1,2]"),
        (Colour.RED, '"red"'),
    ],
)
def test_every_allowed_value_has_one_form(value: object, text: str) -> None:
    assert canonical(value).decode() == text


@pytest.mark.parametrize(
    "value",
    [1.5, float("nan"), Decimal("NaN"), b"x", {1: "x"}, datetime(2026, 1, 1), timedelta(1), {"a": {1, 2}}, object()],  # noqa: DTZ001
)
def test_a_value_whose_form_is_not_certain_is_refused(value: object) -> None:
    with pytest.raises(SnapshotError):
        canonical(value)


def test_the_refusal_names_the_place() -> None:
    with pytest.raises(SnapshotError, match=r"snapshot\.rows\[1\]\.price: float"):
        canonical({"rows": [{"price": "1"}, {"price": 1.0}]})


def test_nul_and_half_surrogates_become_the_replacement_mark() -> None:
    assert plain("a\x00b\ud800c") == "a\ufffdb\ufffdc"


def test_an_emoji_stays_whole() -> None:
    assert plain("\U0001f600") == "\U0001f600"


def test_a_snapshot_nested_too_deep_is_refused() -> None:
    value: object = "x"
    for _ in range(MAX_DEPTH + 2):
        value = [value]
    with pytest.raises(SnapshotError, match="deep"):
        canonical(value)


@given(JSON_VALUES)
def test_storing_and_reading_changes_nothing(value: object) -> None:
    once = canonical(value)
    assert canonical(json.loads(once)) == once


@given(st.dictionaries(st.text(max_size=4), st.integers(), min_size=2, max_size=6))
def test_the_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    turned = dict(reversed(list(value.items())))
    assert snapshot_digest(value) == snapshot_digest(turned)
