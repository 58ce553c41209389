"""What is on record for a client in a period beside the promises, for the compliance report: rulings, charges, accesses to data,
additional tasks and cases at Microsoft. The proof sheet says the same of one request (tickets.queries.evidence).

Staff's scope. Of a confidential request no words are given, for the report's readers may not see it.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q
from django.db.models.functions import Coalesce

from tickets.models import AdditionalTask, ChargeApproval, DataAccess, DataChange, Escalation, ScopeRuling, Ticket
from tickets.queries.evidence import case_facts, changes_of, charge_facts, ruling_facts, window_facts
from tickets.queries.promises import calendar_of
from tickets.rules.states import Visibility

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Span:
    """One client's records from `begin` until before `end`."""

    client_id: int
    begin: datetime
    end: datetime

    def of(self, instant: str) -> dict[str, Any]:
        """The filter of rows by their instant."""
        return {"client_id": self.client_id, f"{instant}__gte": self.begin, f"{instant}__lt": self.end}


def words_of(ticket: Ticket, *texts: str) -> list[str]:
    """The texts, or nothing of them where the request is confidential."""
    secret = ticket.visibility == Visibility.CONFIDENTIAL
    return ["" if secret else text for text in texts]


def rulings_between(span: Span) -> Rows:
    """How often requests were ruled so; of a request with several rulings in the period the newest counts."""
    found = ScopeRuling.objects.filter(**span.of("ruled_at")).order_by("ticket_id", "-id").distinct("ticket_id")
    said = [ruling_facts(row) for row in found]
    counted = Counter((one["outcome"], one["clause"]) for one in said)
    return [
        {"outcome": outcome, "clause": clause, "requests": number}
        for (outcome, clause), number in sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    ]


def charges_between(span: Span) -> Rows:
    """The charges that the client was asked to approve, oldest first, with the answers."""
    rows = ChargeApproval.objects.filter(**span.of("asked_at")).select_related("ticket").order_by("asked_at", "id")
    names = ("offer", "asked_by", "asked_at", "answer", "answered_by", "answered_at")
    return [
        {"ref": row.ticket.ref, "work": words_of(row.ticket, row.work)[0]}
        | {name: value for name, value in charge_facts(row).items() if name in names}
        for row in rows.defer("ticket__search")
    ]


def accesses_between(span: Span) -> Rows:
    """The windows that were open at some time, oldest first, with the acts of the period: a window over midnight of its edge
    stands in both periods, each act in the one in which it was done. What the law lets us not tell is left out (D15).
    """
    acts = DataChange.objects.filter(**span.of("at"), client_visible=True)
    was_open = Q(begins_at__lt=span.end, ended_at__gt=span.begin)
    rows = DataAccess.objects.annotate(ended_at=Coalesce("closing__closed_at", "ends_at"))
    rows = rows.filter(was_open | Q(pk__in=acts.values("access_id")), client_id=span.client_id, client_visible=True)
    rows = rows.defer("ticket__search")
    changes = Prefetch("changes", acts.order_by("id"))
    rows = rows.select_related("ticket", "request", "closing").prefetch_related(changes).order_by("begins_at", "id")
    return [access_row(row) for row in rows]


def access_row(row: DataAccess) -> dict[str, Any]:
    """One window, opened under its ticket by whoever accepted it."""
    window, asked = window_facts(row), row.request
    purpose, person, place, asked_by = words_of(
        row.ticket, asked.purpose, asked.person, asked.place, asked.asked_by_label
    )
    acts = changes_of(row.changes.all())
    for act in acts:
        act["thing"], act["before"], act["after"] = words_of(row.ticket, act["thing"], act["before"], act["after"])
    return {
        "ref": row.ticket.ref, "purpose": purpose, "asked_by": asked_by, "person": person, "place": place,
        "basis": window["basis"], "by": window["by"], "opened_at": window["begins_at"], "closed_at": window["ends_at"],
        "acts": acts,
    }  # fmt: skip


def tasks_between(span: Span) -> Rows:
    """What was added to requests, with the names of those who added it (ODS-7)."""
    rows = AdditionalTask.objects.filter(**span.of("added_at"), client_visible=True).select_related("ticket")
    rows = rows.defer("ticket__search").order_by("added_at", "id")
    return [
        {"ref": row.ticket.ref, "added_at": row.added_at}
        | dict(zip(("purpose", "added_by"), words_of(row.ticket, row.purpose, row.added_by_name), strict=True))
        for row in rows
    ]


def cases_between(span: Span) -> Rows:
    """The cases at Microsoft that began, oldest first, with the working time there (HLP-10)."""
    rows = Escalation.objects.filter(**span.of("since"), client_visible=True)
    rows = rows.select_related("ticket__clock__calendar").defer("ticket__search").order_by("since", "id")
    said = [(row.ticket.ref, case_facts(row, calendar_of(row.ticket))) for row in rows]
    return [
        {
            "ref": ref,
            "case": one["case"],
            "since": one["since"],
            "until": one["until"],
            "working_seconds": one["seconds"],
        }
        for ref, one in said
    ]
