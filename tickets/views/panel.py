"""The contract panel beside a ticket: what is promised, what may be done, for whom. Each fact names its clause."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portal import panels
from portal.actors import Actor
from portal.queries.contract import calendar_at, worktime_of
from portal.rules.states import Role
from portal.templatetags.times import day, london
from portal.worktime import Deadline, explain
from tickets.actions.base import is_accepted
from tickets.models import ResponseClock, Ticket
from tickets.queries.beside import Beside
from tickets.rules.states import MOVES, NEEDS_ACCEPTANCE, Channel, State
from tickets.views.faces import clock_of

Card = dict[str, Any]
ROLE_WORDS = {
    Role.MANAGER: gettext_noop("Client manager"),
    Role.AUTHOR: gettext_noop("Author"),
    Role.BILLING: gettext_noop("Billing contact"),
}
CHANNEL_WORDS = {Channel.PORTAL: "the portal", Channel.EMAIL: "e-mail", Channel.API: "the API", Channel.PHONE: "phone"}


def contract_panel(ticket: Ticket, actor: Actor, at: datetime, known: Beside) -> list[Card]:
    """The cards, most urgent first. Upper floors add theirs by portal.panels."""
    return [clock_card(ticket, at), access_card(ticket, actor, known), client_card(ticket, known)]


def clock_card(ticket: Ticket, at: datetime) -> Card:
    """The response clock, or why there is none yet (HLP-5)."""
    clock: ResponseClock | None = getattr(ticket, "clock", None)
    card: Card = {"title": _("First response"), "icon": "timer"}
    if ticket.clause:
        return card | {
            "chip": _("No promise"),
            "tone": "line",
            "say": _("This is a comment on clause %(clause)s of the terms, %(terms)s. No promise runs for feedback.")
            % {"clause": ticket.clause, "terms": ticket.terms},
            "clause_id": "DOC-1",
            "clause_text": _(
                "Comments on the terms are invited; they are kept with the version they were written about."
            ),
        }
    if clock is None:
        return card | {
            "chip": _("No clock yet"),
            "tone": "bad",
            "say": _(
                "The acknowledgement has not been accepted by the mail server yet, so no clock runs. Answer anyway: an answer before the acknowledgement counts as in time."
            ),
            "clause_id": "HLP-5",
            "clause_text": _("The clock starts when the acknowledgement with the reference is accepted for delivery."),
        }
    subscriber = clock.target == "4h"
    return card | {
        "chip": _("Support subscriber") if subscriber else _("Licence only"),
        "tone": "accent" if subscriber else "line",
        "clock": clock_of(clock, at=at, calendar=worktime_of(clock.calendar)),
        "facts": clock_facts(clock),
        "explained": explained(clock),
    }


def explained(clock: ResponseClock) -> list[str]:
    """How the due time was reckoned, interval by interval, from the trail that was stored with it."""
    return explain(Deadline.from_json(clock.trail), worktime_of(clock.calendar))


def clock_facts(clock: ResponseClock) -> list[tuple[str, str, str]]:
    """What happened to the clock so far."""
    facts = [(_("Reckoned with"), f"calendar {clock.calendar}", "")]
    if clock.probably_accepted:
        facts.append((_("Acknowledgement"), "probably accepted: the answer was lost", "HLP-5"))
    if clock.breached_at:
        facts.append((_("Missed"), london(clock.breached_at), "HLP-4" if clock.target == "4h" else "HLP-3"))
    return facts


def access_card(ticket: Ticket, actor: Actor, known: Beside) -> Card:
    """Who asks, and whether this person may touch the client's data."""
    accepted = is_accepted(ticket) and ticket.accepted_by is not None
    mine = accepted and ticket.accepted_by_id == actor.staff_id
    return {
        "title": _("Access and authority"),
        "icon": "shield-check",
        "chip": _("Yours") if mine else _("Locked"),
        "tone": "good" if mine else "warn",
        "say": access_sentence(ticket, mine=mine, accepted=accepted),
        "facts": [
            (_("Requester"), ROLE_WORDS[Role(ticket.requester.role)], "ODS-4"),
            (_("Came in by"), CHANNEL_WORDS[Channel(ticket.channel)], "HLP-6"),
            (_("Accepted"), f"{ticket.accepted_by} {london(ticket.accepted_at)}" if accepted else "not yet", "ACC-6"),
            (_("Your NDA"), f"signed {day(known.nda_from)}" if known.nda_from else "none on record", "CMP-6"),
        ],
    }


def access_sentence(ticket: Ticket, *, mine: bool, accepted: bool) -> str:
    """Whether client data is open to the reader, in one sentence (ACC-6)."""
    if mine:
        return _("You accepted this request, so you may work on it. Everything you change carries %(ref)s.") % {
            "ref": ticket.ref
        }
    if accepted:
        return _("A colleague accepted it. Accept it yourself before you touch the client’s data.")
    return _("Client data is locked until you accept this request.")


def client_card(ticket: Ticket, known: Beside) -> Card:
    """The client: support, tenants, and where the rest of the contract is found."""
    return {
        "title": ticket.client.name,
        "icon": "building-2",
        "facts": [
            (_("Support package"), f"since {day(known.support_from)}" if known.support_from else "none", "HLP-1"),
            (_("About"), ticket.product.name if ticket.product else "not said", "HLP-2"),
            (_("Tenant"), ticket.tenant.domain if ticket.tenant else "not said", "ACC-4"),
        ],
    }


def today(at: datetime) -> date:
    """The date of an instant in the calendar's zone."""
    return worktime_of(calendar_at(at)).local_date(at)


def registered_cards(ticket: Ticket, request: Any) -> list[Any]:
    """Cards of upper floors, as HTML."""
    return panels.render("ticket contract panel", request, ticket=ticket)


def next_state_choices(ticket: Ticket) -> list[tuple[str, str]]:
    """Where staff may move the ticket from here, as the menu offers it."""
    words = {
        State.IN_PROGRESS: _("In progress"),
        State.WAITING_CLIENT: _("Waiting for the client"),
        State.RESOLVED: _("Resolved"),
        State.CLOSED: _("Closed"),
    }
    return [(str(state), label) for state, label in words.items() if may_move(ticket, state)]


def may_move(ticket: Ticket, state: State) -> bool:
    """Whether the transition table allows the move from the ticket's state."""
    from_here = MOVES[State(ticket.state)]
    return state in from_here and (state not in NEEDS_ACCEPTANCE or is_accepted(ticket))
