"""What the report prints of records beside the promises, scope and charge, accesses, cases at Microsoft, and its CSV tables."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from compliance.report.facts import ReportFacts
from portal.spreadsheets import csv_bytes

CHARGES_FILE, ACCESSES_FILE = "charges.csv", "accesses.csv"
CHARGE_COLUMNS = ("ref", "work", "offer", "asked_by", "asked_at", "answer", "answered_by", "answered_at")
ACCESS_COLUMNS = ("ref", "purpose", "asked_by", "person", "place", "basis", "by", "opened_at", "closed_at")
ACT_COLUMNS = ("at", "act", "thing", "before", "after")


def records(facts: ReportFacts) -> dict[str, Any]:
    """The snapshot's part: all rows; the pages print the first of them."""
    charges = facts.charges
    return {
        "charge": {
            "rulings": [asdict(row) for row in facts.rulings],
            "lines": [asdict(row) for row in facts.charge_lines],
            "charged_seconds": charges.charged_seconds if charges else None,
            "free_seconds": charges.free_seconds if charges else None,
        },
        "access": {
            "windows": [asdict(row) for row in facts.accesses],
            "acts": sum(len(row.acts) for row in facts.accesses),
            "tasks": [asdict(row) for row in facts.added_tasks],
        },
        "cases": [asdict(row) for row in facts.cases],
    }


def charges_csv(snapshot: Mapping[str, Any]) -> bytes:
    """Every question about a charge, instants in UTC; no cell can act as a formula."""
    return csv_bytes(CHARGE_COLUMNS, ([row[name] for name in CHARGE_COLUMNS] for row in snapshot["charge"]["lines"]))


def accesses_csv(snapshot: Mapping[str, Any]) -> bytes:
    """One row for each act, or one for a window without any; instants in UTC."""
    rows = [line for window in snapshot["access"]["windows"] for line in lines_of(window)]
    return csv_bytes([*ACCESS_COLUMNS, *ACT_COLUMNS], rows)


def lines_of(window: Mapping[str, Any]) -> Sequence[list[Any]]:
    """A window's lines."""
    head = [window[name] for name in ACCESS_COLUMNS]
    return [[*head, *(act[name] for name in ACT_COLUMNS)] for act in window["acts"] or [dict.fromkeys(ACT_COLUMNS, "")]]
