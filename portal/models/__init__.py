"""The ground floor's tables, split by noun. Import models from here."""

from portal.models.agreements import Acceptance, AgreementCheck, AgreementDocument, TermsAcceptance
from portal.models.announcements import (
    Announcement,
    AnnouncementClient,
    AnnouncementDismissal,
    AnnouncementTelling,
    AnnouncementUpdate,
)
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
    ProviderAccount,
    Staff,
    User,
)
from portal.models.post import Alarm, Notice, NoticeChoice, Outbox
from portal.models.supplier import Logo, Look, Supplier
from portal.models.tokens import ApiToken

__all__ = [
    "Acceptance",
    "Address",
    "AgreementCheck",
    "AgreementDocument",
    "Alarm",
    "Announcement",
    "AnnouncementClient",
    "AnnouncementDismissal",
    "AnnouncementTelling",
    "AnnouncementUpdate",
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
    "Logo",
    "Look",
    "LostFactor",
    "Membership",
    "MicrosoftTenant",
    "Nda",
    "Notice",
    "NoticeChoice",
    "Outbox",
    "Product",
    "ProviderAccount",
    "RateCard",
    "Seal",
    "Staff",
    "Supplier",
    "SweepRun",
    "Terms",
    "TermsAcceptance",
    "TermsFeedback",
    "User",
    "VerificationRecord",
    "WorkingCalendar",
]
