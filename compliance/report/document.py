"""The report as a document: its PDF with the data and its tables inside."""

from datetime import datetime
from typing import Any

from compliance.report.records import ACCESSES_FILE, CHARGES_FILE, accesses_csv, charges_csv
from compliance.report.snapshot import KIND, TEMPLATE
from portal.documents.render import Attached, Rendered, render_pdf
from portal.spreadsheets import csv_bytes

REQUESTS_FILE = "requests.csv"
_COLUMNS = ("ref", "received_at", "kind", "subject", "requester", "accepted_by", "accepted_at", "state")


def print_report(snapshot: dict[str, Any]) -> Rendered:
    """The unsigned PDF of a snapshot made by compliance.report.snapshot.build, dated by the snapshot's own instant.

    The same snapshot gives the same bytes. Raises what portal.documents.render.render_pdf raises.
    """
    report = snapshot["report"]
    return render_pdf(
        TEMPLATE,
        snapshot,
        kind=KIND,
        number=report["number"],
        created=datetime.fromisoformat(report["as_of"]),
        attachments=attachments(snapshot),
    )


def attachments(snapshot: dict[str, Any]) -> list[Attached]:
    """What the PDF carries beside its data."""
    return [
        Attached(REQUESTS_FILE, "Every request of the period, as a table", requests_csv(snapshot)),
        Attached(CHARGES_FILE, "Every charge that was asked about, as a table", charges_csv(snapshot)),
        Attached(ACCESSES_FILE, "Every access to data and each act, as a table", accesses_csv(snapshot)),
    ]


def requests_csv(snapshot: dict[str, Any]) -> bytes:
    """All requests as CSV in UTF-8, instants in UTC; no cell can act as a formula."""
    return csv_bytes(_COLUMNS, ([row[column] for column in _COLUMNS] for row in snapshot["requests"]))
