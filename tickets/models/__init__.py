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
from tickets.models.charges import ChargeApproval, ScopeRuling, TimeEntry, Timer
from tickets.models.clocks import ResponseClock
from tickets.models.desk import BulkAct, Draft, SavedAnswer, SavedView
from tickets.models.documents import TicketDocument
from tickets.models.escalation import Escalation
from tickets.models.followups import FollowUp
from tickets.models.mail import RawMail
from tickets.models.mailboxes import Mailbox
from tickets.models.messages import Attachment, Message
from tickets.models.tickets import Ticket, TicketPerson, TicketWatcher
from tickets.models.triage import Tag, TicketLink

__all__ = [
    "AccessClosing",
    "AccessDecision",
    "AccessNaming",
    "AccessRequest",
    "AdditionalTask",
    "Attachment",
    "BreakGlass",
    "BulkAct",
    "ChargeApproval",
    "DataAccess",
    "DataChange",
    "Draft",
    "Escalation",
    "FollowUp",
    "IdentityCheck",
    "Mailbox",
    "Message",
    "RawMail",
    "Redaction",
    "ResponseClock",
    "SavedAnswer",
    "SavedView",
    "ScopeRuling",
    "Tag",
    "TaskStep",
    "Ticket",
    "TicketDocument",
    "TicketLink",
    "TicketPerson",
    "TicketWatcher",
    "TimeEntry",
    "Timer",
]
from tickets.models.redaction import Redaction
