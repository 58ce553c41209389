"""What is on record about one request beside its promise, as plain values for signed documents: scope and charge, accesses to
data, time at Microsoft. The proof sheet prints them for one request, the compliance report for a period.

Staff's scope. The reason of a ruling stays between staff; everything else here stands on the client's own pages too.
"""

from collections.abc import Iterable
from typing import Any

from portal.money import pounds
from portal.worktime import Calendar, working_seconds_between
from tickets.models import (
    AccessRequest,
    AdditionalTask,
    ChargeApproval,
    DataAccess,
    DataChange,
    Escalation,
    ScopeRuling,
    Ticket,
    TimeEntry,
)
from tickets.queries.charges import charges_of, offer_of, rulings_of, standing, time_of
from tickets.queries.dataaccess import requests_of, tasks_of
from tickets.queries.escalations import escalations_of
from tickets.queries.promises import calendar_of
from tickets.rules.charge import Answer
from tickets.rules.dataaccess import (
    ACT_WORDS,
    BASIS_WORDS,
    HOW_WORDS,
    PROOF_WORDS,
    VERB_WORDS,
    Act,
    Basis,
    How,
    Proof,
    Verb,
)
from tickets.rules.scope import AREA_WORDS, OUTCOME_WORDS, Area, Outcome

ANSWER_WORDS = {
    Answer.ASKED: "not answered yet",
    Answer.YES: "yes",
    Answer.NO: "no",
    Answer.REPLACED: "replaced by a newer question",
}


def charge_evidence(ticket: Ticket) -> dict[str, Any] | None:
    """Every ruling with its clause, every question with its answer, and the time with its corrections (HLP-8, LIA-1)."""
    rulings = list(rulings_of(ticket))
    if not rulings:
        return None
    now = standing(ticket, for_staff=False)
    return {
        "rulings": [ruling_facts(row) for row in reversed(rulings)],
        "charges": [charge_facts(row) for row in reversed(charges_of(ticket))],
        "entries": [entry_facts(row) for row in time_of(ticket)],
        "days": [
            {"day": line.day, "seconds": line.seconds, "minutes": line.minutes, "amount": pounds(line.amount)}
            for line in now.lines
        ],
        "fixed": [{"work": one.work, "amount": pounds(one.fixed)} for one in now.fixed if one.fixed is not None],
        "total": pounds(now.total),
        "free_seconds": now.free_seconds,
    }


def ruling_facts(row: ScopeRuling) -> dict[str, Any]:
    """How staff ruled, under which clause."""
    return {
        "outcome": OUTCOME_WORDS[Outcome(row.outcome)],
        "area": AREA_WORDS[Area(row.area)],
        "clause": row.clause,
        "by": row.ruled_by_label,
        "at": row.ruled_at,
    }


def charge_facts(row: ChargeApproval) -> dict[str, Any]:
    """A question about a charge with its rate and estimate, and the client's answer."""
    return {
        "work": row.work,
        "offer": offer_of(row),
        "asked_by": row.asked_by_label,
        "asked_at": row.asked_at,
        "answer": ANSWER_WORDS[Answer(row.answer)],
        "answered_by": row.answered_by_label,
        "answered_at": row.answered_at,
        "note": row.answer_note,
    }


def entry_facts(row: TimeEntry) -> dict[str, Any]:
    """Worked time; what takes an earlier entry back has negative seconds."""
    return {
        "day": row.day,
        "by": row.staff_label,
        "seconds": row.seconds,
        "work": row.work,
        "charged": row.billable,
        "takes_back": row.reverses_id is not None,
        "reason": row.reason,
    }


def access_evidence(ticket: Ticket) -> dict[str, Any] | None:
    """Who asked for access to which data, who allowed it, who acted when and on what, and what was added (ACC-5, ODS-7)."""
    asked, tasks = requests_of(ticket), tasks_of(ticket)
    if not asked and not tasks:
        return None
    return {"requests": [request_facts(row) for row in asked], "tasks": [task_facts(task) for task in tasks]}


def request_facts(row: AccessRequest) -> dict[str, Any]:
    """One access that was asked for, with all that came of it. The row comes from `requests_of`."""
    return {
        "place": row.place,
        "person": row.person,
        "purpose": row.purpose,
        "verb": str(VERB_WORDS[Verb(row.verb)]),
        "asked_by": row.asked_by_label,
        "asked_at": row.asked_at,
        "written_by": row.written_by,
        "said": said_facts(row),
        "windows": [window_facts(one) | {"changes": changes_of(one.changes.all())} for one in row.windows.all()],
    }


def said_facts(row: AccessRequest) -> list[dict[str, Any]]:
    """The words that allowed or refused it, the identity checks, and an emergency's two people, each at its instant."""
    words = [
        {
            "at": one.decided_at,
            "by": one.decided_by_label,
            "what": f"{'yes' if one.yes else 'no'} {HOW_WORDS[How(one.how)]}",
            "about": f"the deletion of {one.thing}" if one.thing else "",
            "note": f"written down by {one.recorded_by_label}: {one.note}" if one.recorded_by_label else "",
        }
        for one in row.decisions.all()
    ]
    words += [
        {
            "at": one.checked_at, "by": one.staff_label, "what": "checked who asks", "about": "",
            "note": f"{PROOF_WORDS[Proof(one.proof)]}: {one.note}",
        }
        for one in row.identity_checks.all()
    ]  # fmt: skip
    words += [
        {
            "at": one.confirmed_at, "by": f"{one.proposed_by_label} and {one.confirmed_by_label}",
            "what": "an emergency, proposed by the first and confirmed by the second", "about": "", "note": one.reason,
        }
        for one in row.emergencies.all()
    ]  # fmt: skip
    return sorted(words, key=lambda one: one["at"])


def window_facts(row: DataAccess) -> dict[str, Any]:
    """A window: whose, on whose authority, from when to when, and who closed it before its time."""
    closing = getattr(row, "closing", None)
    return {
        "by": row.staff_label,
        "basis": str(BASIS_WORDS[Basis(row.basis)]),
        "begins_at": row.begins_at,
        "ends_at": closing.closed_at if closing else row.ends_at,
        "closed_by": closing.closed_by if closing else "",
    }


def changes_of(rows: Iterable[DataChange]) -> list[dict[str, Any]]:
    """Each act on one object."""
    return [
        {
            "at": row.at,
            "by": row.staff_label,
            "act": str(ACT_WORDS[Act(row.act)]),
            "thing": row.thing,
            "before": row.before,
            "after": row.after,
        }
        for row in rows
    ]


def task_facts(task: AdditionalTask) -> dict[str, Any]:
    """Something that was added, with the name of who added it, kept when they have left (ODS-7)."""
    return {
        "purpose": task.purpose,
        "by": task.added_by_name,
        "at": task.added_at,
        "steps": [{"step": step.step, "by": step.by_label, "at": step.at} for step in task.steps.all()],
    }


def microsoft_evidence(ticket: Ticket) -> dict[str, Any] | None:
    """The times with Microsoft, apart from the response clock, which they never touch (HLP-10, D6)."""
    found = escalations_of(ticket)
    calendar = calendar_of(ticket)
    return {"cases": [case_facts(row, calendar) for row in found]} if found else None


def case_facts(row: Escalation, calendar: Calendar) -> dict[str, Any]:
    """One time with Microsoft; seconds in working time, None while it lasts."""
    lasted = working_seconds_between(row.since, row.ended_at, calendar) if row.ended_at else None
    return {
        "case": row.case_number,
        "reason": row.reason,
        "by": row.escalated_by,
        "since": row.since,
        "until": row.ended_at,
        "seconds": None if lasted is None else round(lasted),
        "reminders": row.reminders,
    }
