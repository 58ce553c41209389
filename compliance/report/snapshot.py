"""The compliance report's frozen input: one dict that holds every word and figure the templates print."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from compliance.report.evaluate import ClauseEvaluation, evaluate_all
from compliance.report.facts import ClauseState, PreviousReport, RegisterLine, ReportFacts
from compliance.report.figures import acceptances, request_row, support_figures
from compliance.report.records import records
from portal.documents.snapshot import plain

SCHEMA = 1
KIND = "compliance report"
TEMPLATE = "pdf/report/report.html"
# The order in which counts, and the states of the trend, are always shown.
COUNTED_STATES = (
    ClauseState.MET,
    ClauseState.NOT_MET,
    ClauseState.WAIVED,
    ClauseState.UNKNOWN,
    ClauseState.NOT_APPLICABLE,
)
_GAPS_SHOWN = 5
# What goes beyond is whole in the attached data and table: nobody reads a hundred pages of rows, and each row costs the
# engine time (500 requests cost more than all the rest of the report).
REQUESTS_PRINTED = 100
MISSED_PRINTED = 600
RECORDS_PRINTED = 100
_SECTIONS = {
    "HLP": "support",
    "EML-6": "support",
    "HLP-8": "charge",
    "ACC": "access",
    "ODS": "access",
    "CMP-6": "nda",
    "CMP-10": "cover",
    "OWN": "agreements",
}


def build(facts: ReportFacts) -> dict[str, Any]:
    """The snapshot of a report: plain values only (portal.documents.snapshot), the same for the same facts.

    Raises SnapshotError when a fact cannot stand in a snapshot, for example an instant without a zone.
    """
    evaluations = evaluate_all(facts)
    return plain(
        {
            "schema": SCHEMA,
            "report": _report(facts),
            "supplier": {
                **asdict(facts.supplier),
                "accent": facts.accent,
                "logo": asdict(facts.logo) if facts.logo else None,
            },
            "client": asdict(facts.client),
            "tenants": [asdict(tenant) for tenant in facts.tenants],
            "terms": asdict(facts.terms),
            "summary": _summary(facts, evaluations),
            "matrix": _matrix(facts.register, evaluations),
            "requests": [request_row(ticket) for ticket in sorted(facts.tickets, key=_by_receipt, reverse=True)],
            "acceptances": acceptances(facts.tickets),
            "printed": {"requests": REQUESTS_PRINTED, "missed": MISSED_PRINTED, "records": RECORDS_PRINTED},
            "support": support_figures(facts),
            **records(facts),
            "nda": asdict(facts.nda) if facts.nda else None,
            "method": {"sources": [asdict(source) for source in facts.sources], "excluded": list(facts.excluded)},
            "verification": {"code": facts.verification_code, "url": facts.verify_url},
            "audit_head": asdict(facts.audit_head) if facts.audit_head else None,
            "previous": _previous(facts.previous),
            "signing": asdict(facts.signing),
        }
    )


def _report(facts: ReportFacts) -> dict[str, Any]:
    return {
        "number": facts.number,
        "period_from": facts.period_from,
        "period_to": facts.period_to,
        "as_of": facts.as_of,
        "zone": facts.zone,
        "requested_by": facts.requested_by,
        "requester_role": facts.requester_role,
        "requested_at": facts.requested_at,
        "classification": facts.classification,
        "chargeable": facts.chargeable,
        "charge_note": facts.charge_note,
        "demo": facts.demo,
    }


def _summary(facts: ReportFacts, evaluations: Sequence[ClauseEvaluation]) -> dict[str, Any]:
    counts = count_states(evaluations)
    measured = sum(counts.values())
    return {
        "counts": [{"state": state, "count": counts[state]} for state in COUNTED_STATES],
        "measured": measured,
        "not_measured": len(evaluations) - measured,
        "clauses": len(evaluations),
        "gaps": _gaps(facts.register, evaluations),
        "trend": _trend(facts, counts),
    }


def count_states(evaluations: Sequence[ClauseEvaluation]) -> dict[ClauseState, int]:
    """How many clauses are in each state that counts; what is not measured stands outside."""
    found = Counter(evaluation.state for evaluation in evaluations)
    return {state: found[state] for state in COUNTED_STATES}


def _gaps(register: Sequence[RegisterLine], evaluations: Sequence[ClauseEvaluation]) -> list[dict[str, Any]]:
    """The biggest gaps: what is not met before what is unknown, each in the order of the register."""
    headings = {line.id: line.heading for line in register}
    weight = [ClauseState.NOT_MET, ClauseState.UNKNOWN]
    gaps = sorted((e for e in evaluations if e.state in weight), key=lambda e: weight.index(e.state))
    return [
        {"id": e.clause_id, "heading": headings[e.clause_id], "state": e.state, "sentence": e.sentence}
        for e in gaps[:_GAPS_SHOWN]
    ]


def _trend(facts: ReportFacts, counts: dict[ClauseState, int]) -> dict[str, Any] | None:
    """Met and not met over the earlier reports and this one; None when this is the first."""
    if not facts.previous:
        return None
    earlier = [dict(report.counts) for report in facts.previous]
    shown = (ClauseState.MET, ClauseState.NOT_MET)
    return {
        "labels": [report.number for report in facts.previous] + [facts.number],
        "series": [
            {"name": state, "values": [report.get(state, 0) for report in earlier] + [counts[state]]} for state in shown
        ],
    }


def _matrix(register: Sequence[RegisterLine], evaluations: Sequence[ClauseEvaluation]) -> dict[str, Any]:
    """Every clause of the register: those with a state, and apart from them those not yet measured."""
    measured, rest = [], []
    for line, evaluation in zip(register, evaluations, strict=True):
        row = {"id": line.id, "heading": line.heading, "binds": line.binds}
        if evaluation.state is ClauseState.NOT_MEASURED:
            rest.append(row)
            continue
        evidence = [{"name": name, "value": value} for name, value in evaluation.evidence.items()]
        measured.append(
            {
                **row,
                "state": evaluation.state,
                "sentence": evaluation.sentence,
                "evidence": evidence,
                "section": _section(line.id),
            }
        )
    return {"measured": measured, "not_measured": rest}


def _section(clause_id: str) -> str:
    """The anchor of the section that carries the clause's evidence."""
    return _SECTIONS.get(clause_id) or _SECTIONS[clause_id.split("-")[0]]


def _previous(reports: Sequence[PreviousReport]) -> dict[str, Any] | None:
    if not reports:
        return None
    last = reports[-1]
    return {"number": last.number, "as_of": last.as_of, "snapshot_sha256": last.snapshot_sha256}


def _by_receipt(ticket: Any) -> tuple[datetime, str]:
    return (ticket.received_at, ticket.ref)
