"""The helpdesk's tables."""

from tickets.models.clocks import ResponseClock
from tickets.models.desk import BulkAct, Draft, SavedAnswer, SavedView
from tickets.models.mail import RawMail
from tickets.models.mailboxes import Mailbox
from tickets.models.messages import Attachment, Message
from tickets.models.tickets import Ticket, TicketPerson
from tickets.models.triage import Tag, TicketLink

__all__ = [
    "Attachment", "BulkAct", "Draft", "Mailbox", "Message", "RawMail", "ResponseClock", "SavedAnswer", "SavedView", "Tag", "Ticket", "TicketLink",
    "TicketPerson",
]  # fmt: skip
