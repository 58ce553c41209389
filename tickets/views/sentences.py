"""How a client's pages speak of a request: sentences, no jargon."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portal.templatetags.times import london
from tickets.models import ResponseClock, Ticket
from tickets.rules.states import State

CHIPS = {
    State.RECEIVED: (gettext_noop("On its way"), "info"),
    State.ACKNOWLEDGED: (gettext_noop("With us"), "info"),
    State.ACCEPTED: (gettext_noop("Being looked at"), "info"),
    State.IN_PROGRESS: (gettext_noop("Being worked on"), "info"),
    State.WAITING_CLIENT: (gettext_noop("Waiting for you"), "warn"),
    State.WITH_MICROSOFT: (gettext_noop("With Microsoft"), "info"),
    State.AWAITING_CHARGE: (gettext_noop("Waiting for your yes"), "warn"),
    State.RESOLVED: (gettext_noop("Done"), "good"),
    State.CLOSED: (gettext_noop("Closed"), ""),
    State.DECLINED: (gettext_noop("Declined"), ""),
    State.QUOTED: (gettext_noop("Quoted"), ""),
    State.MERGED: (gettext_noop("Joined with another"), ""),
}
SAYS = {
    State.WAITING_CLIENT: gettext_noop("We need something from you before we can go on."),
    State.WITH_MICROSOFT: gettext_noop("We have passed it to Microsoft and stay on it."),
    State.AWAITING_CHARGE: gettext_noop("We need your yes to the charge before we start."),
    State.RESOLVED: gettext_noop("We think it is done. Tell us if it is not."),
    State.CLOSED: gettext_noop("Closed."),
    State.DECLINED: gettext_noop("We could not take this on. The reason is on its page."),
    State.QUOTED: gettext_noop("We have sent you a quote."),
    State.MERGED: gettext_noop("We answer this together with another request of yours."),
}

FEEDBACK = gettext_noop("We have your comment on the terms. A person reads it, but we promise no time for an answer.")


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
        return _("We have it. The acknowledgement with our promise is on its way to you.")
    if clock.met_at is None:
        if at > clock.due_at:
            return _("We should have answered by %(london)s. We are sorry; it is at the top of our list.") % {
                "london": london(clock.due_at)
            }
        return _("With us. We will answer by %(london)s.") % {"london": london(clock.due_at)}
    return SAYS.get(state, _("We are working on it."))


def promise_line(ticket: Ticket, at: datetime) -> str:
    """The promise of this request, as the top of its page says it."""
    clock = clock_of(ticket)
    if ticket.clause:
        return FEEDBACK
    if clock is None:
        return _("The acknowledgement is on its way. Our time to answer begins with it.")
    if clock.met_at is not None and clock.breached_at is None:
        return _("We answered %(london)s. We had promised it by %(london_2)s.") % {
            "london": london(clock.met_at),
            "london_2": london(clock.due_at),
        }
    if clock.met_at is not None:
        return _("We answered %(london)s. That was later than promised (%(london_2)s), and it is on record.") % {
            "london": london(clock.met_at),
            "london_2": london(clock.due_at),
        }
    return say_of(ticket, at)
