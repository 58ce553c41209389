"""The closed vocabularies of the ground floor, and which state may follow which."""

from enum import StrEnum


class ClientState(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


CLIENT_MOVES: dict[ClientState, frozenset[ClientState]] = {
    ClientState.ACTIVE: frozenset({ClientState.SUSPENDED, ClientState.ENDED}),
    ClientState.SUSPENDED: frozenset({ClientState.ACTIVE, ClientState.ENDED}),
    ClientState.ENDED: frozenset(),
}


class Role(StrEnum):
    """What a person may do for a client."""

    AUTHOR = "author"
    MANAGER = "manager"
    BILLING = "billing"


class Grade(StrEnum):
    """What a person of the supplier may do."""

    AGENT = "agent"
    LEAD = "lead"
    ADMIN = "admin"


class AddressState(StrEnum):
    ACTIVE = "active"
    BOUNCED = "bounced"
    RETIRED = "retired"


class DemoState(StrEnum):
    """Whether this database is a demonstration: only one that we created empty may be; a real person closes it."""

    NONE = "none"
    OPEN = "open"
    CLOSED = "closed"


class EntitlementKind(StrEnum):
    SUPPORT = "support"
    PRODUCT_HELD = "product_held"
    SECURITY_WAIVED = "security_waived"


class MailState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ApprovalForm(StrEnum):
    """How two eyes become four (DESIGN.md, second person)."""

    REQUIRED = "required"
    WAITING = "waiting"


class ApprovalState(StrEnum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


class ActorKind(StrEnum):
    MEMBER = "member"
    STAFF = "staff"
    SYSTEM = "system"
    VISITOR = "visitor"


class SignInWay(StrEnum):
    """What somebody tried to sign in with."""

    PASSWORD = "password"  # noqa: S105 - a word, no secret
    SECOND_STEP = "second step"
    PASSKEY = "passkey"
    PROVIDER = "provider"


class IdentityCheck(StrEnum):
    """How staff made sure who somebody is before their second step is reset."""

    CALL = "call"
    VIDEO = "video"
    IN_PERSON = "in person"
    VOUCHED = "vouched for"
