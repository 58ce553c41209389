"""The ground floor's tables, split by noun. Import models from here."""

from portal.models.agreements import Acceptance, AgreementDocument
from portal.models.clients import Client, ClientName, MicrosoftTenant
from portal.models.contract import ClauseText, Entitlement, Product, Terms, WorkingCalendar
from portal.models.evidence import AuditEvent, AuditPayload, Document, Seal, VerificationRecord
from portal.models.feedback import TermsFeedback
from portal.models.machinery import Approval, Idempotency, KeptAnswer, SweepRun
from portal.models.offer import RateCard
from portal.models.people import (
    Address,
    EmailChange,
    Invitation,
    LoginAttempt,
    LostFactor,
    Membership,
    Nda,
    Staff,
    User,
)
from portal.models.post import Alarm, Notice, Outbox
from portal.models.supplier import Supplier
from portal.models.tokens import ApiToken

__all__ = [
    "Acceptance",
    "Address",
    "AgreementDocument",
    "Alarm",
    "ApiToken",
    "Approval",
    "AuditEvent",
    "AuditPayload",
    "ClauseText",
    "Client",
    "ClientName",
    "Document",
    "EmailChange",
    "Entitlement",
    "Idempotency",
    "Invitation",
    "KeptAnswer",
    "LoginAttempt",
    "LostFactor",
    "Membership",
    "MicrosoftTenant",
    "Nda",
    "Notice",
    "Outbox",
    "Product",
    "RateCard",
    "Seal",
    "Staff",
    "Supplier",
    "SweepRun",
    "Terms",
    "TermsFeedback",
    "User",
    "VerificationRecord",
    "WorkingCalendar",
]
