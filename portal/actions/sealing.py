"""Sealing: appends the links of the audit chains, at most a few seconds after the events (DESIGN.md 3, audit)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from portal import chains
from portal.jobs import sweep
from portal.models import AuditEvent, Seal
from portal.queries.audit import HEADS

BATCH = 500


def waiting_for_seal(at: datetime) -> int:
    """Events not sealed yet."""
    return AuditEvent.objects.filter(sealed_at__isnull=True).count()


@sweep("seal the audit trail", every_seconds=3, scope="sealer", backlog=waiting_for_seal)
def seal_events(at: datetime) -> int:
    """Seal the oldest unsealed events, a batch at a time. Runs alone (the sweep's lock); a fork is a constraint besides."""
    events = list(AuditEvent.objects.filter(sealed_at__isnull=True).order_by("id")[:BATCH])
    if not events:
        return 0
    heads = heads_of({event.client_id or 0 for event in events})
    payloads = chains.unsealed_payloads(event.pk for event in events)
    seals = []
    for event in events:
        chain = event.client_id or 0
        seq, before = heads.get(chain, (0, chains.START))
        seal = new_seal(event, chain, seq + 1, before, payloads[event.pk], at)
        heads[chain] = (seal.seq, seal.hash)
        seals.append(seal)
    Seal.objects.bulk_create(seals)
    AuditEvent.objects.filter(pk__in=[event.pk for event in events]).update(sealed_at=at)
    return len(seals)


def new_seal(event: AuditEvent, chain: int, seq: int, before: str, payload_sha256: str, at: datetime) -> Seal:
    fields = [getattr(event, name) for name in chains.EVENT_FIELDS]
    return Seal(
        chain=chain,
        seq=seq,
        event=event,
        prev_hash=before,
        payload_sha256=payload_sha256,
        hash=chains.link_hash(chain, seq, fields, payload_sha256, before),
        sealed_at=at,
    )


def heads_of(numbers: Iterable[int]) -> dict[int, tuple[int, str]]:
    """The last link of each chain that has one."""
    with connection.cursor() as cursor:
        cursor.execute(HEADS, [sorted(numbers)])
        return {chain: (seq, digest) for chain, seq, digest in cursor.fetchall()}
