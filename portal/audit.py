"""The audit trail: what happened, by whom, written in the same transaction as the fact (DESIGN.md 3, audit).

    audit.record("ticket accepted", by=actor, at=at, client_id=ticket.client_id, subject=ticket, payload={"reason": reason})

Writers never wait for each other: a sweep appends the seals afterwards (portal.actions.sealing). `verify` walks the chains.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from enum import Enum
from hashlib import sha256
from typing import Any

from django.db import connections
from django.db.models import Model

from portal.actors import Actor
from portal.models import AuditEvent, AuditPayload

# Not by the ORM: it asks for the new id with RETURNING, which needs the right to read the row, and a client may not read
# an event that is not shown to clients. One round trip for both rows.
INSERT = """
insert into portal_auditevent
  (client_id, at, kind, actor_kind, actor_label, actor_user_id, subject_type, subject_id, client_visible)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s);
insert into portal_auditpayload (event_id, client_id, payload)
values (currval('portal_auditevent_id_seq'), %s, %s::jsonb);
select currval('portal_auditevent_id_seq')
"""


def record(
    kind: str,
    *,
    by: Actor,
    at: datetime,
    client_id: int | None,
    subject: Model | None = None,
    payload: Mapping[str, Any] | None = None,
    client_visible: bool = False,
) -> AuditEvent:
    """Write one event with its payload, in the caller's transaction; works at the door, as a client and as staff.

    `kind` is plain words ("ticket accepted"). The payload is made canonical first, so that its hash can be checked for ever.
    """
    event = new_event(kind, by=by, at=at, client_id=client_id, subject=subject, client_visible=client_visible)
    values = [
        client_id, at, event.kind, event.actor_kind, event.actor_label, event.actor_user_id,
        event.subject_type, event.subject_id, client_visible, client_id, to_json(canonical(payload or {})),
    ]  # fmt: skip
    with connections["default"].cursor() as cursor:
        cursor.execute(INSERT, values)
        event.pk = cursor.fetchone()[0]
    event._state.adding = False
    return event


def record_many(events: Iterable[tuple[AuditEvent, Mapping[str, Any]]]) -> int:
    """Write many events made by `new_event` at once, for batches of a sweep; needs the staff's rights. Returns how many."""
    pairs = list(events)
    AuditEvent.objects.bulk_create([event for event, _ in pairs], batch_size=1000)
    AuditPayload.objects.bulk_create(
        [AuditPayload(event=event, client_id=event.client_id, payload=canonical(payload)) for event, payload in pairs],
        batch_size=1000,
    )
    return len(pairs)


def new_event(
    kind: str,
    *,
    by: Actor,
    at: datetime,
    client_id: int | None,
    subject: Model | None = None,
    client_visible: bool = False,
) -> AuditEvent:
    """An event that is not written yet."""
    return AuditEvent(
        kind=kind,
        client_id=client_id,
        at=at,
        actor_kind=by.kind,
        actor_label=by.label,
        actor_user_id=by.user_id,
        subject_type=subject._meta.model_name if subject is not None else "",
        subject_id=subject.pk if subject is not None else None,
        client_visible=client_visible,
    )


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
