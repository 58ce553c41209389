"""The helpdesk's tables."""

from tickets.models.access import (
    AccessClosing,
    AccessDecision,
    AccessNaming,
    AccessRequest,
    AdditionalTask,
    BreakGlass,
    DataAccess,
    DataChange,
    IdentityCheck,
    TaskStep,
)
from tickets.models.clocks import ResponseClock
from tickets.models.escalation import Escalation
from tickets.models.messages import Attachment, Message
from tickets.models.redaction import Redaction
from tickets.models.tickets import Ticket, TicketPerson

__all__ = [
    "AccessClosing",
    "AccessDecision",
    "AccessNaming",
    "AccessRequest",
    "AdditionalTask",
    "Attachment",
    "BreakGlass",
    "DataAccess",
    "DataChange",
    "Escalation",
    "IdentityCheck",
    "Message",
    "Redaction",
    "ResponseClock",
    "TaskStep",
    "Ticket",
    "TicketPerson",
]
