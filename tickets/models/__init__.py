"""The helpdesk's tables."""

from tickets.models.charges import ChargeApproval, ScopeRuling, TimeEntry, Timer
from tickets.models.clocks import ResponseClock
from tickets.models.messages import Attachment, Message
from tickets.models.tickets import Ticket, TicketPerson

__all__ = [
    "Attachment",
    "ChargeApproval",
    "Message",
    "ResponseClock",
    "ScopeRuling",
    "Ticket",
    "TicketPerson",
    "TimeEntry",
    "Timer",
]
