"""JSON written in one way only, so that its hash can be checked for ever: audit payloads."""

import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import Enum
from hashlib import sha256
from typing import Any

from django.db.models import Model


def canonical(value: Any) -> Any:
    """The value as JSON keeps it without loss: string keys, ISO instants, decimals and floats as text, no NUL.

    PostgreSQL's jsonb reorders keys and rewrites numbers with an exponent, so only text, whole numbers, true, false and
    null are let through; the rest becomes text. Raises TypeError for rows and bytes.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return canonical(value.value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, Mapping):
        return {str(canonical(key)): canonical(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        return [canonical(each) for each in items]
    return _plain(value)


def _plain(value: Any) -> str:
    """Values that become text."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"PT{value.total_seconds():.6f}S"
    if isinstance(value, Model):
        raise TypeError(f"Write the fields of {value._meta.label} that matter into the payload, not the row itself.")
    if isinstance(value, bytes | bytearray | memoryview):
        raise TypeError("Bytes have no place in an audit payload; write their hash.")
    return str(value)


def to_json(value: Any) -> str:
    """The one way in which a canonical payload is written, for storing and for hashing alike."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def payload_hash(payload: Any) -> str:
    """SHA-256 of a canonical payload, as hexadecimal digits."""
    return sha256(to_json(payload).encode()).hexdigest()
