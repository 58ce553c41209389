"""The helpdesk's tables."""

from tickets.models.clocks import ResponseClock
from tickets.models.mail import RawMail
from tickets.models.messages import Attachment, Message
from tickets.models.tickets import Ticket, TicketPerson

__all__ = ["Attachment", "Message", "RawMail", "ResponseClock", "Ticket", "TicketPerson"]
