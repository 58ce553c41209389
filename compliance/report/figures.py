"""The report's figures about support: shares, medians, missed promises. Integers and texts only, as the snapshot wants them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from compliance.report.evaluate import is_missed
from compliance.report.facts import FOUR_HOURS, ONE_DAY, ReportFacts, TicketFact

TARGET_WORDS = {FOUR_HOURS: "4 working hours", ONE_DAY: "1 working day"}


def support_figures(facts: ReportFacts) -> dict[str, Any]:
    """Section 9 of the report."""
    clocks = [ticket for ticket in facts.tickets if ticket.target]
    return {
        "received": len(facts.tickets),
        "clocks": outcome(clocks),
        "kinds": kinds(facts.tickets),
        "months": months(clocks, facts),
        "times": [times(target, words, clocks) for target, words in TARGET_WORDS.items()],
        "same_day": same_day(clocks, facts),
        "reported": [{**asdict(month), "total": month.total} for month in facts.reported or ()],
        "missed": [missed_row(ticket) for ticket in sorted(clocks, key=_due, reverse=True) if is_missed(ticket)],
    }


def outcome(tickets: Sequence[TicketFact]) -> dict[str, int | str | None]:
    """How a group of clocks went, and the share answered in time of those that are decided."""
    late = sum(is_missed(ticket) for ticket in tickets)
    in_time = sum(ticket.met is True and not is_missed(ticket) for ticket in tickets)
    return {
        "clocks": len(tickets),
        "in_time": in_time,
        "late": late,
        "running": len(tickets) - in_time - late,
        "share": share(in_time, in_time + late),
    }


def share(part: int, whole: int) -> str | None:
    """A percentage with one decimal, rounded down so that it never looks better than it is; None when there is nothing."""
    if not whole:
        return None
    return format((Decimal(part) * 100 / whole).quantize(Decimal("0.1"), rounding=ROUND_DOWN), "f")


def kinds(tickets: Sequence[TicketFact]) -> list[dict[str, Any]]:
    """The requests by kind, the most frequent first."""
    counted = Counter(ticket.kind for ticket in tickets)
    order = sorted(counted, key=lambda kind: (-counted[kind], kind))
    return [
        {"kind": kind, "received": counted[kind], **outcome([t for t in tickets if t.kind == kind and t.target])}
        for kind in order
    ]


def months(clocks: Sequence[TicketFact], facts: ReportFacts) -> list[dict[str, Any]]:
    """Every month of the period, those without any clock too; a request counts in the month in which it was received."""
    return [{"month": month, **outcome(each)} for month, each in by_month_of_receipt(clocks, facts).items()]


def by_month_of_receipt(tickets: Sequence[TicketFact], facts: ReportFacts) -> dict[str, list[TicketFact]]:
    """The requests of each month of the period, oldest month first."""
    zone = ZoneInfo(facts.zone)
    found: dict[str, list[TicketFact]] = {month: [] for month in _months_of(facts.period_from, facts.period_to)}
    for ticket in tickets:
        found.setdefault(f"{ticket.received_at.astimezone(zone):%Y-%m}", []).append(ticket)
    return dict(sorted(found.items()))


def _months_of(first: date, last: date) -> Iterable[str]:
    month = first.replace(day=1)
    while month <= last:
        yield f"{month:%Y-%m}"
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)


def times(target: str, words: str, clocks: Sequence[TicketFact]) -> dict[str, Any]:
    """Median and worst time to the first reply, from the clock's start and from receipt (D4), in working seconds."""
    group = [ticket for ticket in clocks if ticket.target == target]
    return {
        "promise": words,
        "from_start": _spread({t.ref: t.working_seconds_to_reply for t in group}),
        "from_receipt": _spread({t.ref: t.working_seconds_from_receipt for t in group}),
    }


def _spread(seconds: Mapping[str, int | None]) -> dict[str, Any]:
    known = sorted((value, ref) for ref, value in seconds.items() if value is not None)
    if not known:
        return {"answered": 0, "median_seconds": None, "worst_seconds": None, "worst_ref": ""}
    middle = (known[(len(known) - 1) // 2][0] + known[len(known) // 2][0]) // 2
    return {
        "answered": len(known),
        "median_seconds": middle,
        "worst_seconds": known[-1][0],
        "worst_ref": known[-1][1],
    }


def same_day(clocks: Sequence[TicketFact], facts: ReportFacts) -> dict[str, Any]:
    """HLP-9 as a statistic: how many of the solved requests were solved on the working day on which they came, in the period
    and by month of receipt, with the mean working time from the receipt to the solution."""
    known = [ticket for ticket in clocks if ticket.resolved_at and ticket.resolved_same_working_day is not None]
    by_month = by_month_of_receipt(known, facts)
    return solution(known) | {"months": [{"month": month, **solution(each)} for month, each in by_month.items()]}


def solution(solved: Sequence[TicketFact]) -> dict[str, Any]:
    """How a group of solved requests went."""
    same = sum(ticket.resolved_same_working_day is True for ticket in solved)
    seconds = [t.working_seconds_to_solution for t in solved if t.working_seconds_to_solution is not None]
    mean = sum(seconds) // len(seconds) if seconds else None
    return {"resolved": len(solved), "same_day": same, "share": share(same, len(solved)), "mean_seconds": mean}


def missed_row(ticket: TicketFact) -> dict[str, Any]:
    return {
        "ref": ticket.ref,
        "promise": TARGET_WORDS[ticket.target],
        "due_at": ticket.due_at,
        "answered_at": ticket.first_reply_at,
        "late_seconds": ticket.working_seconds_late,
    }


def acceptances(tickets: Sequence[TicketFact]) -> list[dict[str, Any]]:
    """Who accepted how many requests, from when to when; the busiest first."""
    by_person: dict[str, list[datetime]] = {}
    for ticket in tickets:
        if ticket.accepted_at is not None:
            by_person.setdefault(ticket.accepted_by, []).append(ticket.accepted_at)
    order = sorted(by_person, key=lambda name: (-len(by_person[name]), name))
    return [
        {"by": name, "count": len(by_person[name]), "first_at": min(by_person[name]), "last_at": max(by_person[name])}
        for name in order
    ]


def request_row(ticket: TicketFact) -> dict[str, Any]:
    """One line of the list of requests. A confidential request shows neither its words nor who asked."""
    return {
        "ref": ticket.ref,
        "received_at": ticket.received_at,
        "kind": ticket.kind,
        "confidential": ticket.confidential,
        "subject": "" if ticket.confidential else ticket.subject,
        "requester": "" if ticket.confidential else ticket.requester,
        "accepted_at": ticket.accepted_at,
        "accepted_by": ticket.accepted_by,
        "state": ticket.state,
    }


def _due(ticket: TicketFact) -> tuple[str, str]:
    return (ticket.due_at.isoformat() if ticket.due_at else "", ticket.ref)
