"""The helpdesk's tables."""

from tickets.models.clocks import ResponseClock
from tickets.models.documents import TicketDocument
from tickets.models.messages import Attachment, Message
from tickets.models.tickets import Ticket, TicketPerson

__all__ = ["Attachment", "Message", "ResponseClock", "Ticket", "TicketDocument", "TicketPerson"]
