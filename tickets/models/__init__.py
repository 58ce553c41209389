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
from tickets.models.articles import (
    Article,
    ArticleDraft,
    ArticleReader,
    ArticleSolved,
    ArticleVersion,
    ArticleVote,
)
from tickets.models.charges import ChargeApproval, ScopeRuling, TimeEntry, Timer
from tickets.models.clocks import ResponseClock
from tickets.models.desk import BulkAct, Draft, SavedAnswer, SavedMacro, SavedView
from tickets.models.documents import TicketDocument
from tickets.models.escalation import Escalation
from tickets.models.followups import FollowUp
from tickets.models.mail import RawMail
from tickets.models.mailboxes import Mailbox
from tickets.models.messages import Attachment, Message
from tickets.models.moving import ClientMove
from tickets.models.problems import Problem, ProblemAnswer, ProblemTicket, ProblemUpdate
from tickets.models.requestforms import FilledForm, FormTemplate, FormVersion, RequestForm, StepTick
from tickets.models.spam import SenderBlock, SpamReport
from tickets.models.tally import QueueTally
from tickets.models.tickets import Ticket, TicketPerson, TicketWatcher
from tickets.models.triage import Tag, TicketLink

__all__ = [
    "AccessClosing",
    "AccessDecision",
    "AccessNaming",
    "AccessRequest",
    "AdditionalTask",
    "Article",
    "ArticleDraft",
    "ArticleReader",
    "ArticleSolved",
    "ArticleVersion",
    "ArticleVote",
    "Attachment",
    "BreakGlass",
    "BulkAct",
    "ChargeApproval",
    "ClientMove",
    "DataAccess",
    "DataChange",
    "Draft",
    "Escalation",
    "FilledForm",
    "FollowUp",
    "FormTemplate",
    "FormVersion",
    "IdentityCheck",
    "Mailbox",
    "Message",
    "Problem",
    "ProblemAnswer",
    "ProblemTicket",
    "ProblemUpdate",
    "QueueTally",
    "RawMail",
    "Redaction",
    "RequestForm",
    "ResponseClock",
    "SavedAnswer",
    "SavedMacro",
    "SavedView",
    "ScopeRuling",
    "SenderBlock",
    "SpamReport",
    "StepTick",
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
