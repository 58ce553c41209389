"""The helpdesk's tables."""

from tickets.models.charges import ChargeApproval, ScopeRuling, TimeEntry, Timer
from tickets.models.clocks import ResponseClock
from tickets.models.desk import BulkAct, Draft, SavedAnswer, SavedView
from tickets.models.mail import RawMail
from tickets.models.messages import Attachment, Message
from tickets.models.tickets import Ticket, TicketPerson
from tickets.models.triage import Tag, TicketLink

__all__ = [
    "Attachment",
    "BulkAct",
    "ChargeApproval",
    "Draft",
    "Message",
    "RawMail",
    "ResponseClock",
    "SavedAnswer",
    "SavedView",
    "ScopeRuling",
    "Tag",
    "Ticket",
    "TicketLink",
    "TicketPerson",
    "TimeEntry",
    "Timer",
]
