"""Reads of the audit trail: a subject's history, pages of events, the heads of the chains."""

from datetime import datetime

from django.db import connection
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from portal.models import AuditEvent, Client
from portal.queries.paging import Page, newest_first

WINDOW = 50_000
# By chain, one step down its index: "distinct on" would read every link of every chain.
HEADS = """
select c.chain, s.seq, s.hash from unnest(%s::bigint[]) with ordinality c(chain, place)
cross join lateral (select seq, hash from portal_seal where chain = c.chain order by seq desc limit 1) s order by place
"""


def history(subject: Model) -> QuerySet[AuditEvent]:
    """Everything that happened to a row, oldest first, payloads included (`event.body.payload`; None once erased).

    In a client's scope the database leaves out what is not meant for the client.
    """
    return (
        AuditEvent.objects.filter(subject_type=subject._meta.model_name, subject_id=subject.pk)
        .select_related("body")
        .order_by("id")
    )


def events_between(client_id: int, start: datetime, end: datetime) -> QuerySet[AuditEvent]:
    """A client's events in a half-open span of instants, oldest first, payloads included; for reports."""
    return (
        AuditEvent.objects.filter(client_id=client_id, at__gte=start, at__lt=end).select_related("body").order_by("id")
    )


def audit_page(
    *, client_id: int | None = None, kind: str = "", before: int | None = None, after: int | None = None
) -> Page[AuditEvent]:
    """Events with payload and seal, newest first; client 0 is the supplier's own chain. Staff's scope.

    A kind is looked for among the WINDOW events next to the page's key only: so rare kinds cost no more than common ones.
    """
    rows = AuditEvent.objects.select_related("body", "seal", "client")
    if client_id is not None:
        rows = rows.filter(client_id=client_id) if client_id else rows.filter(client__isnull=True)
    if kind:
        rows = rows.filter(kind=kind, **window(before, after))
    return newest_first(rows, before=before, after=after)


def window(before: int | None, after: int | None) -> dict[str, int]:
    """The span of ids in which a kind is looked for."""
    if after is not None:
        return {"pk__lte": after + WINDOW}
    newest = before or AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return {"pk__gt": newest - WINDOW}


def chain_heads() -> list[tuple[int, str, int, str]]:
    """(chain, name, links, hash of the last link) of the supplier's chain and of every client's that has one."""
    names = {0: _("The supplier")} | dict(Client.objects.values_list("id", "name"))
    with connection.cursor() as cursor:
        cursor.execute(HEADS, [sorted(names)])
        return [(chain, names[chain], seq, digest) for chain, seq, digest in cursor.fetchall()]
