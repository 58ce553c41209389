"""How a client's pages speak of a request: sentences, no jargon."""

from datetime import datetime

from portal.templatetags.times import london
from tickets.models import ResponseClock, Ticket
from tickets.rules.states import State

CHIPS = {
    State.RECEIVED: ("On its way", "info"),
    State.ACKNOWLEDGED: ("With us", "info"),
    State.ACCEPTED: ("Being looked at", "info"),
    State.IN_PROGRESS: ("Being worked on", "info"),
    State.WAITING_CLIENT: ("Waiting for you", "warn"),
    State.WITH_MICROSOFT: ("With Microsoft", "info"),
    State.AWAITING_CHARGE: ("Waiting for your yes", "warn"),
    State.RESOLVED: ("Done", "good"),
    State.CLOSED: ("Closed", ""),
    State.DECLINED: ("Declined", ""),
    State.QUOTED: ("Quoted", ""),
    State.MERGED: ("Joined with another", ""),
}
SAYS = {
    State.WAITING_CLIENT: "We need something from you before we can go on.",
    State.WITH_MICROSOFT: "We have passed it to Microsoft and stay on it.",
    State.AWAITING_CHARGE: "We need your yes to the charge before we start.",
    State.RESOLVED: "We think it is done. Tell us if it is not.",
    State.CLOSED: "Closed.",
    State.DECLINED: "We could not take this on. The reason is on its page.",
    State.QUOTED: "We have sent you a quote.",
    State.MERGED: "We answer this together with another request of yours.",
}

FEEDBACK = "We have your comment on the terms. No promise runs for feedback: a person reads it."


def chip_of(ticket: Ticket) -> tuple[str, str]:
    """The state as a short label and its tone."""
    return CHIPS[State(ticket.state)]


def clock_of(ticket: Ticket) -> ResponseClock | None:
    """The request's response clock, or None before its acknowledgement is out."""
    return getattr(ticket, "clock", None)


def say_of(ticket: Ticket, at: datetime) -> str:
    """One sentence that says where the request stands."""
    clock = clock_of(ticket)
    state = State(ticket.state)
    if state in (State.RESOLVED, State.CLOSED, State.DECLINED, State.QUOTED, State.MERGED):
        return SAYS[state]
    if ticket.clause:
        return SAYS.get(state, FEEDBACK)
    if clock is None:
        return "We have it. The acknowledgement with our promise is on its way to you."
    if clock.met_at is None:
        if at > clock.due_at:
            return f"We should have answered by {london(clock.due_at)}. We are sorry; it is at the top of our list."
        return f"With us. We will answer by {london(clock.due_at)}."
    return SAYS.get(state, "We are working on it.")


def promise_line(ticket: Ticket, at: datetime) -> str:
    """The promise of this request, as the top of its page says it."""
    clock = clock_of(ticket)
    if ticket.clause:
        return FEEDBACK
    if clock is None:
        return "The acknowledgement is on its way. With it our time to answer begins."
    if clock.met_at is not None and clock.breached_at is None:
        return f"We answered {london(clock.met_at)}. We had promised it by {london(clock.due_at)}."
    if clock.met_at is not None:
        return f"We answered {london(clock.met_at)}. That was later than promised ({london(clock.due_at)}), and it is on record."
    return say_of(ticket, at)
