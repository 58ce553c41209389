"""Pages by key: the newest rows first, never by number, so that page 1,000 costs what page 1 does."""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)
SIZE = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page. `older` and `newer` are the ids to go on from, None where there is nothing more."""

    rows: list[Row]
    older: int | None
    newer: int | None


def newest_first(
    rows: QuerySet[Row], *, before: int | None = None, after: int | None = None, size: int = SIZE
) -> Page[Row]:
    """The page of ids below `before`, or the next above `after`, or the newest; one query."""
    if after is not None:
        found = list(rows.filter(pk__gt=after).order_by("pk")[: size + 1])
        page, more = found[:size][::-1], len(found) > size
        return Page(page, page[-1].pk if page else None, page[0].pk if page and more else None)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: size + 1])
    page, more = found[:size], len(found) > size
    return Page(page, page[-1].pk if more else None, page[0].pk if page and before is not None else None)


def key_of(value: Any) -> int | None:
    """The id in an address, or None for anything that is none."""
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def cursor_of(*keys: int | datetime) -> str:
    """A row's place in a list, its sort keys, as one word for an address."""
    packed = json.dumps([key.isoformat() if isinstance(key, datetime) else key for key in keys])
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def place_of(cursor: str, *kinds: type[int] | type[datetime]) -> tuple[Any, ...]:
    """The sort keys in a cursor, each of its kind. Raises ValueError for a cursor that is none of ours."""
    try:
        keys = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return tuple(READERS[kind](key) for kind, key in zip(kinds, keys, strict=True))
    except (ValueError, TypeError, binascii.Error) as error:
        raise ValueError("This page address is damaged. Go back to the beginning of the list.") from error


READERS: dict[type, Callable[[Any], int | datetime]] = {int: int, datetime: datetime.fromisoformat}
