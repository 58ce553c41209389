"""The report's snapshot holds every figure once, exactly, and nothing that may not be told."""

import csv
import io
import json
from dataclasses import replace
from datetime import date, datetime

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from compliance.report.document import print_report, requests_csv
from compliance.report.facts import AuditHead, TicketFact
from compliance.report.figures import acceptances, months, share, support_figures, times
from compliance.report.snapshot import REQUESTS_PRINTED, build
from portal.documents.render import stop_renderer
from portal.documents.snapshot import SnapshotError, canonical
from tests.report_sample import AS_OF, report_facts

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "plain", "two\nlines", '"quoted", comma')


def test_the_same_facts_give_the_same_snapshot() -> None:
    assert canonical(build(report_facts(50))) == canonical(build(report_facts(50)))


def test_counts_leave_out_what_is_not_measured() -> None:
    summary = build(report_facts(50))["summary"]
    assert sum(row["count"] for row in summary["counts"]) == summary["measured"] == 14
    assert summary["not_measured"] == summary["clauses"] - 14
    assert [row["state"] for row in summary["counts"]] == ["met", "not met", "waived", "unknown", "not applicable"]


def test_every_clause_stands_in_the_matrix_or_on_the_page_of_the_unmeasured() -> None:
    facts = report_facts(5)
    matrix = build(facts)["matrix"]
    ids = [row["id"] for row in matrix["measured"] + matrix["not_measured"]]
    assert sorted(ids) == sorted(line.id for line in facts.register)
    assert all("state" not in row for row in matrix["not_measured"])


def test_gaps_show_the_unmet_before_the_unknown() -> None:
    facts = report_facts(500, outside_contacts=None, backup_duties_linked=None)
    states = [gap["state"] for gap in build(facts)["summary"]["gaps"]]
    assert states == sorted(states, key=["not met", "unknown"].index)
    assert "unknown" in states


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(0, 0, None), (0, 3, "0.0"), (1, 3, "33.3"), (2, 3, "66.6"), (1999, 2000, "99.9"), (3, 3, "100.0")],
)
def test_shares_are_rounded_down(part: int, whole: int, text: str | None) -> None:
    assert share(part, whole) == text


def test_a_month_without_requests_is_there_and_says_nothing() -> None:
    rows = months([], report_facts(0, period_from=date(2026, 1, 15), period_to=date(2026, 3, 2)))
    assert [(row["month"], row["share"]) for row in rows] == [("2026-01", None), ("2026-02", None), ("2026-03", None)]


def test_a_request_counts_in_the_london_month_of_its_receipt() -> None:
    at_midnight = datetime.fromisoformat("2026-06-30T23:30:00+00:00")
    clock = TicketFact("R", "fault", "portal", at_midnight, target="4h", met=True)
    rows = months([clock], report_facts(0, period_from=date(2026, 6, 1), period_to=date(2026, 7, 31)))
    assert [row["clocks"] for row in rows] == [0, 1]


@pytest.mark.clause("HLP-5")
def test_medians_and_worst_are_told_from_the_start_and_from_receipt() -> None:
    base = TicketFact("A", "fault", "portal", AS_OF, target="4h")
    clocks = [
        replace(base, ref="A", working_seconds_to_reply=100, working_seconds_from_receipt=400),
        replace(base, ref="B", working_seconds_to_reply=300, working_seconds_from_receipt=301),
        replace(base, ref="C"),
    ]
    row = times("4h", "4 working hours", clocks)
    assert row["from_start"] == {"answered": 2, "median_seconds": 200, "worst_seconds": 300, "worst_ref": "B"}
    assert row["from_receipt"]["worst_ref"] == "A"


def test_figures_add_up() -> None:
    figures = support_figures(report_facts(500))
    whole = figures["clocks"]
    assert whole["clocks"] == whole["in_time"] + whole["late"] + whole["running"] == 500
    for part in ("in_time", "late", "running", "clocks"):
        assert sum(row[part] for row in figures["months"]) == whole[part]
        assert sum(row[part] for row in figures["kinds"]) == whole[part]
    assert len(figures["missed"]) == whole["late"]


def test_a_confidential_request_shows_neither_words_nor_name() -> None:
    secret = TicketFact(
        "R", "fault", "portal", AS_OF, subject="the secret", requester="Whistle Blower", confidential=True
    )
    assert b"secret" not in canonical(build(report_facts(0, tickets=[secret]))["requests"])
    assert b"Whistle" not in canonical(build(report_facts(0, tickets=[secret])))


@pytest.mark.clause("CMP-7")
def test_the_register_of_ndas_is_told_in_counts_and_dates_only() -> None:
    nda = build(report_facts(5))["nda"]
    assert {key for key, value in nda.items() if not isinstance(value, int)} == {"oldest_signed_on", "newest_signed_on"}


def test_the_chain_names_audit_head_and_previous_report() -> None:
    snapshot = build(report_facts(5))
    assert snapshot["audit_head"]["seq"] == 18422
    assert snapshot["previous"]["snapshot_sha256"] == "33" * 32
    first = build(report_facts(5, previous=[], audit_head=None))
    assert first["previous"] is None
    assert first["summary"]["trend"] is None


def test_an_instant_without_a_zone_is_refused_with_its_place() -> None:
    naive = AuditHead("1", 1, "00" * 32, AS_OF.replace(tzinfo=None))
    with pytest.raises(SnapshotError, match="audit_head"):
        build(report_facts(5, audit_head=naive))


def test_every_request_is_in_the_data_even_when_the_pages_stop() -> None:
    snapshot = build(report_facts(REQUESTS_PRINTED + 7))
    assert len(snapshot["requests"]) == REQUESTS_PRINTED + 7
    received = [row["received_at"] for row in snapshot["requests"]]
    assert received == sorted(received, reverse=True)


def test_the_snapshot_survives_a_json_column() -> None:
    stored = json.loads(json.dumps(build(report_facts(40))))
    assert canonical(stored) == canonical(build(report_facts(40)))
    assert "\\u0000" not in json.dumps(stored)


def test_the_table_of_requests_has_every_row_and_no_formula() -> None:
    tickets = [TicketFact(f"R{n}", "fault", "portal", AS_OF, subject=text) for n, text in enumerate(FORMULAS)]
    lines = list(csv.reader(io.StringIO(requests_csv(build(report_facts(0, tickets=tickets))).decode("utf-8-sig"))))
    subjects = sorted(line[3] for line in lines[1:])
    assert len(subjects) == len(FORMULAS)
    assert [text for text in subjects if text.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert "'=1+1" in subjects


def test_the_report_is_dated_by_its_snapshot_and_carries_its_table() -> None:
    try:
        made = print_report(build(report_facts(3)))
        again = print_report(json.loads(canonical(build(report_facts(3)))))
    finally:
        stop_renderer()
    assert made.sha256 == again.sha256
    names = PdfFileReader(io.BytesIO(made.pdf)).root["/Names"]["/EmbeddedFiles"]["/Names"]
    assert [str(name) for name in list(names)[::2]] == [
        "snapshot.json", "requests.csv", "charges.csv", "accesses.csv",
    ]  # fmt: skip


def test_acceptances_are_counted_by_person() -> None:
    rows = acceptances(report_facts(500).tickets)
    assert sum(row["count"] for row in rows) == 498
    assert [row["count"] for row in rows] == sorted((row["count"] for row in rows), reverse=True)
    assert all(row["first_at"] <= row["last_at"] for row in rows)
