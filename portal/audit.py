"""The audit trail: what happened, by whom, written in the same transaction as the fact (DESIGN.md 3, audit).

    audit.record("ticket accepted", by=actor, at=at, client_id=ticket.client_id, subject=ticket, payload={"reason": reason})

Writers never wait for each other: a sweep appends the seals afterwards (portal.actions.sealing). `verify` walks the chains (portal.chains).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import connections
from django.db.models import Model

from portal.actors import Actor
from portal.canonical import canonical, to_json
from portal.chains import Break, VerifyResult, chain_head, verify
from portal.models import AuditEvent
from portal.prepared import Prepared, Write

__all__ = ["Break", "VerifyResult", "chain_head", "new_event", "record", "record_many", "verify", "writing"]

# Not by the ORM: it asks for the new id with RETURNING, which needs the right to read the row, and a client may not read
# an event that is not shown to clients. One round trip for both rows.
INSERT = Prepared("""
insert into portal_auditevent
  (client_id, at, kind, actor_kind, actor_label, actor_user_id, subject_type, subject_id, client_visible)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s);
insert into portal_auditpayload (event_id, client_id, payload)
values (currval('portal_auditevent_id_seq'), %s, %s::jsonb);
select currval('portal_auditevent_id_seq')
""")
MANY = 1000
COLUMNS = (
    "client_id", "at", "kind", "actor_kind", "actor_label", "actor_user_id", "subject_type", "subject_id", "client_visible",
)  # fmt: skip
# In the order given: the ids are drawn before the rows are written.
INSERT_MANY = f"""
with given as materialized (
  select nextval('portal_auditevent_id_seq') as id, one.* from unnest(
    %s::bigint[], %s::timestamptz[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::text[], %s::bigint[], %s::boolean[], %s::jsonb[]
  ) one({", ".join(COLUMNS)}, payload)),
events as (
  insert into portal_auditevent (id, {", ".join(COLUMNS)}) select id, {", ".join(COLUMNS)} from given)
insert into portal_auditpayload (event_id, client_id, payload) select id, client_id, payload from given
"""  # noqa: S608 - only our own constants


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
    statement, values = writing(event, payload or {})
    with connections["default"].cursor() as cursor:
        statement.run(cursor, values)
        event.pk = cursor.fetchone()[0]
    event._state.adding = False
    return event


def writing(event: AuditEvent, payload: Mapping[str, Any]) -> Write:
    """How an event made by `new_event` is written with its payload; for `portal.inserts.insert`, which sends it along."""
    values = [
        event.client_id, event.at, event.kind, event.actor_kind, event.actor_label, event.actor_user_id,
        event.subject_type, event.subject_id, event.client_visible, event.client_id, to_json(canonical(payload)),
    ]  # fmt: skip
    return Write(INSERT, values)


def record_many(events: Iterable[tuple[AuditEvent, Mapping[str, Any]]]) -> int:
    """Write many events made by `new_event` at once, for batches of a sweep; needs the staff's rights. Returns how many."""
    pairs = list(events)
    for batch in (pairs[begin : begin + MANY] for begin in range(0, len(pairs), MANY)):
        columns: list[list[Any]] = [[getattr(event, name) for event, _ in batch] for name in COLUMNS]
        columns.append([to_json(canonical(payload)) for _, payload in batch])
        with connections["default"].cursor() as cursor:
            cursor.execute(INSERT_MANY, columns)
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
        subject_type=str(subject._meta.model_name) if subject is not None else "",
        subject_id=subject.pk if subject is not None else None,
        client_visible=client_visible,
    )
