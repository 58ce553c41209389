"""The frozen input of a document: canonical JSON and its SHA-256.

A document is only ever rendered from a snapshot, never from live tables, so that the same facts give the same bytes for ever.
"""

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

SNAPSHOT_FILE = "snapshot.json"
MAX_DEPTH = 30
MAX_BYTES = 16 * 1024 * 1024


class SnapshotError(ValueError):
    """A value that cannot stand in a snapshot, with the place where it was found."""


def plain(value: Any, *, place: str = "snapshot", depth: int = 0) -> Any:
    """The value with only dicts, lists, strings, integers, booleans and None in it.

    Datetimes become ISO instants in UTC ending in Z, dates ISO dates, Decimals strings. Floats are refused because their
    text form depends on how they were reckoned. Raises SnapshotError naming the place.
    """
    if depth > MAX_DEPTH:
        raise SnapshotError(f"{place}: nested more than {MAX_DEPTH} deep.")
    if isinstance(value, dict):
        return {_key(key, place): plain(item, place=f"{place}.{key}", depth=depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, place=f"{place}[{index}]", depth=depth + 1) for index, item in enumerate(value)]
    return _scalar(value, place)


def _key(key: Any, place: str) -> str:
    if not isinstance(key, str):
        raise SnapshotError(f"{place}: the key {key!r} is not text.")
    return _text(key)


def _scalar(value: Any, place: str) -> str | int | bool | None:
    if isinstance(value, Enum):
        return _scalar(value.value, place)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, datetime):
        return instant(value, place=place)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal) and value.is_finite():
        return format(value, "f")
    raise SnapshotError(f"{place}: {type(value).__name__} values are not allowed in a snapshot.")


def _text(value: str) -> str:
    """NUL and half surrogates cannot be stored in PostgreSQL's JSON or written as UTF-8, so they become the replacement mark."""
    return value.replace("\x00", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def instant(value: datetime, *, place: str = "snapshot") -> str:
    """ISO 8601 in UTC with a Z; microseconds only when there are some. Raises SnapshotError for a naive datetime."""
    if value.tzinfo is None:
        raise SnapshotError(f"{place}: a time without a zone is not an instant.")
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def canonical(value: Any) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces. `canonical(json.loads(canonical(x))) == canonical(x)` always holds."""
    text = json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    data = text.encode()
    if len(data) > MAX_BYTES:
        raise SnapshotError(f"The snapshot has {len(data)} bytes, more than the {MAX_BYTES} allowed.")
    return data


def digest(data: bytes) -> str:
    """SHA-256 as 64 lower-case hex digits."""
    return hashlib.sha256(data).hexdigest()


def snapshot_digest(value: Any) -> str:
    """The SHA-256 of the canonical form."""
    return digest(canonical(value))


def load(data: bytes) -> Any:
    """The snapshot from its canonical bytes. Raises SnapshotError when they are not JSON."""
    try:
        return json.loads(data)
    except ValueError as error:
        raise SnapshotError("The snapshot cannot be read as JSON.") from error
