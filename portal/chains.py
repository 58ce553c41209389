"""The audit chains: what a link's hash covers, and the walk that finds a break.

One chain per client and one for the supplier (chain 0). A link's hash covers the event's fields, the hash of its payload and
the link before it; so a payload can be erased and the chain still holds.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.db.models import F

from portal.canonical import payload_hash
from portal.models import AuditEvent, AuditPayload, Seal
from portal.tenancy import act_as_sealer

START = "0" * 64
EVENT_FIELDS = (
    "id", "client_id", "at", "kind", "actor_kind", "actor_label", "actor_user_id", "subject_type", "subject_id", "client_visible",
)  # fmt: skip
SEAL_FIELDS = ("chain", "seq", "event_id", "prev_hash", "payload_sha256", "hash")
CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Break:
    """The first link of a chain that does not hold, and what differs."""

    chain: int
    seq: int
    event_id: int | None
    differs: str

    def __str__(self) -> str:
        event = f"event {self.event_id}" if self.event_id else "no event"
        return f"chain {self.chain}, link {self.seq} ({event}): {self.differs}"


@dataclass
class VerifyResult:
    """What a walk over the chains found. `heads`: chain -> (links, hash of the last); `unsealed`: events not sealed yet."""

    links: int = 0
    heads: dict[int, tuple[int, str]] = field(default_factory=dict)
    breaks: list[Break] = field(default_factory=list)
    unsealed: int = 0
    oldest_unsealed: datetime | None = None
    erased: int = 0
    cut_at: int | None = None

    @property
    def ok(self) -> bool:
        """True when no chain is broken; an unsealed tail is no break."""
        return not self.breaks


def link_hash(chain: int, seq: int, event: Iterable[Any], payload_sha256: str, prev_hash: str) -> str:
    """SHA-256 of a link. `event` are the values of EVENT_FIELDS; each part carries its length, so none can borrow from the next."""
    digest = sha256()
    for value in (chain, seq, *event, payload_sha256, prev_hash):
        part = part_of(value)
        digest.update(b"~;" if part is None else b"%d:%s;" % (len(part), part))
    return digest.hexdigest()


def part_of(value: Any) -> bytes | None:
    """A field as bytes; None stays apart from the empty text."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").encode()
    return str(value).encode()


def chain_head(client_id: int | None) -> tuple[int, str]:
    """(links, hash of the last link) of a client's chain, or of the supplier's for None; (0, 64 zeros) before the first."""
    last = Seal.objects.filter(chain=client_id or 0).order_by("-seq").values_list("seq", "hash").first()
    return last or (0, START)


def verify(limit: int | None = None) -> VerifyResult:
    """Walk every chain from its first link, streaming; at most `limit` links when given. Opens the sealer's scope itself."""
    result = VerifyResult()
    with act_as_sealer():
        for link in links(limit):
            check(link, result)
        if limit is not None and result.links >= limit:
            result.cut_at = limit
        missing_seals(result)
        waiting = AuditEvent.objects.filter(sealed_at__isnull=True)
        result.unsealed = waiting.count()
        result.oldest_unsealed = waiting.order_by("id").values_list("at", flat=True).first()
    return result


def links(limit: int | None) -> Iterator[dict[str, Any]]:
    """Each link with its event and payload, chain by chain, without loading them all."""
    columns = {f"event_{name}": F(f"event__{name}") for name in EVENT_FIELDS if name != "id"}
    body = {"payload": F("event__body__payload"), "erased_at": F("event__body__erased_at")}
    rows = Seal.objects.order_by("chain", "seq").values(
        *SEAL_FIELDS, body_id=F("event__body__event_id"), **columns, **body
    )
    if limit is not None:
        rows = rows[:limit]
    return rows.iterator(chunk_size=CHUNK)


def check(link: dict[str, Any], result: VerifyResult) -> None:
    """Compare one link with its event and with the link before it. A chain is not looked at beyond its first break."""
    chain = link["chain"]
    result.links += 1
    if any(known.chain == chain for known in result.breaks):
        return
    seq, before = result.heads.get(chain, (0, START))
    differs = difference(link, seq + 1, before)
    if differs:
        number = link["seq"] if link["seq"] == seq + 1 else seq + 1
        result.breaks.append(Break(chain, number, link["event_id"], differs))
        return
    result.erased += link["erased_at"] is not None
    result.heads[chain] = (link["seq"], link["hash"])


def difference(link: dict[str, Any], seq: int, before: str) -> str:
    """What is wrong with a link, in words; "" when it holds."""
    if link["seq"] != seq:
        return f"link {seq} is missing; the next one there is link {link['seq']}"
    if link["prev_hash"] != before:
        return "it does not continue the link before it"
    if (link["event_client_id"] or 0) != link["chain"]:
        return "its event belongs to another chain"
    if link["body_id"] is None:
        return "the event's payload is missing"
    if link["erased_at"] is None and payload_hash(link["payload"]) != link["payload_sha256"]:
        return "the event's payload was changed"
    event = [link["event_id"], *(link[f"event_{name}"] for name in EVENT_FIELDS if name != "id")]
    if link_hash(link["chain"], link["seq"], event, link["payload_sha256"], link["prev_hash"]) != link["hash"]:
        return "the event's fields, or the link itself, were changed"
    return ""


def missing_seals(result: VerifyResult) -> None:
    """Events that say they are sealed but have no link: the end of a chain was cut off, or a row was put in by hand."""
    orphans = AuditEvent.objects.filter(sealed_at__isnull=False, seal__isnull=True).order_by("id")
    for event_id, client_id in orphans.values_list("id", "client_id")[:20]:
        chain = client_id or 0
        seq, _ = result.heads.get(chain, (0, START))
        result.breaks.append(Break(chain, seq + 1, event_id, "the event is marked as sealed, but no link holds it"))


def unsealed_payloads(event_ids: Iterable[int]) -> dict[int, str]:
    """Hash of each event's payload."""
    rows = AuditPayload.objects.filter(event_id__in=list(event_ids)).values_list("event_id", "payload")
    return {event_id: payload_hash(payload) for event_id, payload in rows}
