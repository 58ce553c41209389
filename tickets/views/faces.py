"""Clocks as the page parts want them (templates/parts/sla.html and clock.html)."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portal.templatetags.times import local, london, london_clock, london_full, span
from portal.worktime import Calendar
from tickets.models import ResponseClock, Ticket
from tickets.queries.queue import Row
from tickets.rules.clockface import Running, face, words_of_target
from tickets.rules.states import WAITING_STATES, State, Target

SHORT = {
    State.WAITING_CLIENT: gettext_noop("Client"),
    State.WITH_MICROSOFT: gettext_noop("Microsoft"),
    State.AWAITING_CHARGE: gettext_noop("Charge"),
}
RESTING = {"tone": "", "percent": 0, "due": "", "say": ""}


def running(clock: ResponseClock) -> Running:
    """The stored facts as the rule reads them."""
    return Running(Target(clock.target), clock.started_at, clock.due_at, clock.met_at, clock.breached_at, clock.minutes)


def running_of(ticket: Ticket) -> Running | None:
    """The facts of a ticket's clock; None while it has none."""
    clock: ResponseClock | None = getattr(ticket, "clock", None)
    return running(clock) if clock else None


def sla_of(ticket: Ticket | Row, clock: Running | None, *, at: datetime, calendar: Calendar) -> dict[str, Any]:
    """The small badge of a ticket with its clock. Time left only when it is due today, else the wall clock."""
    if clock is None and ticket.clause and ticket.acknowledged_at:
        return {**RESTING, "left": _resting_words(ticket), "say": _("Feedback: no promise runs.")}
    if clock is None:
        words = "no ack yet" if ticket.state not in SHORT else SHORT[State(ticket.state)]
        return {**RESTING, "tone": "over", "left": words, "say": _("Acknowledgement not out.")}
    shown = face(clock, at=at, calendar=calendar)
    if shown.is_met:
        return {**RESTING, "left": _resting_words(ticket), "say": _("Answered.")}
    today = local(clock.due_at).date() == local(at).date()
    badge: dict[str, Any] = {
        "tone": shown.tone if today or shown.tone == "over" else "",
        "left": _left_words(shown.left, clock.due_at, today),
        "percent": shown.percent,
        "due": _("Due %(london_full)s") % {"london_full": london_full(clock.due_at)},
        "say": _("Past the promised time by") if shown.left < 0 else _("Time left to answer:"),
    }
    if today and shown.runs_for:
        badge |= {"remaining": shown.left, "total": shown.total, "runs_for": shown.runs_for}
    return badge


def _resting_words(ticket: Ticket | Row) -> str:
    if ticket.state in WAITING_STATES:
        return SHORT[State(ticket.state)]
    return "ours" if ticket.queue_group < 4 else "done"


def _left_words(left: int, due_at: datetime, today: bool) -> str:
    if left < 0:
        return (
            (_("%(span)s over") % {"span": span(left)})
            if -left < 3_600
            else (_("%(value)s h over") % {"value": -left // 3600})
        )
    return span(left) if today else f"{local(due_at):%a %H:%M}"


def clock_of(clock: ResponseClock, *, at: datetime, calendar: Calendar) -> dict[str, Any]:
    """The large clock of the contract panel, with the sentence that explains it."""
    shown = face(running(clock), at=at, calendar=calendar)
    words, clause, sentence = words_of_target(Target(clock.target))
    used = 100 - shown.percent
    big: dict[str, Any] = {
        "tone": {"over": "bad", "late": "bad", "warn": "warn"}.get(shown.tone, "good"),
        "used": used,
        "width": used * 4,
        "started": _("Acknowledged %(london_clock)s") % {"london_clock": london_clock(clock.started_at)},
        "due": _("Due %(london)s") % {"london": london(clock.due_at)},
        "sentence": sentence,
        "clause_id": clause,
        "clause_label": _("Clause %(clause)s") % {"clause": clause},
        "left": span(shown.left),
        "of": f"of {words} left" if shown.left >= 0 else "past the promised time",
    }
    if clock.met_at is not None:
        big |= {
            "left": _("Late") if clock.breached_at else _("In time"),
            "of": f"answered {london(clock.met_at)}",
            "used": 100,
            "width": 400,
        }
    elif shown.runs_for:
        big |= {"remaining": shown.left, "total": shown.total, "runs_for": shown.runs_for}
    return big
