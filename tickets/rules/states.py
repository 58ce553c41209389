"""A ticket's states, and the one table of which may follow which."""

from enum import IntEnum, StrEnum


class State(StrEnum):
    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    WAITING_CLIENT = "waiting_client"
    WITH_MICROSOFT = "with_microsoft"
    AWAITING_CHARGE = "awaiting_charge"
    RESOLVED = "resolved"
    CLOSED = "closed"
    DECLINED = "declined"
    QUOTED = "quoted"
    MERGED = "merged"


OPEN_STATES = (
    State.RECEIVED,
    State.ACKNOWLEDGED,
    State.ACCEPTED,
    State.IN_PROGRESS,
    State.WAITING_CLIENT,
    State.WITH_MICROSOFT,
    State.AWAITING_CHARGE,
)
WAITING_STATES = (State.WAITING_CLIENT, State.WITH_MICROSOFT, State.AWAITING_CHARGE)
NEEDS_ACCEPTANCE = (State.ACCEPTED, State.IN_PROGRESS, State.WITH_MICROSOFT, State.AWAITING_CHARGE)
ENDED_STATES = (State.RESOLVED, State.CLOSED, State.DECLINED, State.QUOTED, State.MERGED)

_WORK = frozenset({State.IN_PROGRESS, *WAITING_STATES, State.RESOLVED, State.DECLINED, State.MERGED})

# Answering, asking back and declining touch no data of the client's, so they need no acceptance.
_BEFORE_WORK = (State.WAITING_CLIENT, State.RESOLVED, State.DECLINED, State.MERGED)

# A reopened ticket goes back to acknowledged: somebody must accept it again (ACC-6).
MOVES: dict[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.ACKNOWLEDGED, State.ACCEPTED, *_BEFORE_WORK}),
    State.ACKNOWLEDGED: frozenset({State.ACCEPTED, *_BEFORE_WORK}),
    State.ACCEPTED: _WORK,
    State.IN_PROGRESS: _WORK - {State.IN_PROGRESS},
    State.WAITING_CLIENT: (_WORK | {State.ACKNOWLEDGED, State.ACCEPTED, State.RECEIVED}) - {State.WAITING_CLIENT},
    State.WITH_MICROSOFT: _WORK - {State.WITH_MICROSOFT},
    # A client who says no to the charge leaves it accepted: nobody works on it, and it is ours to decide.
    State.AWAITING_CHARGE: (_WORK | {State.ACCEPTED}) - {State.AWAITING_CHARGE},
    State.RESOLVED: frozenset({State.CLOSED, State.ACKNOWLEDGED}),
    State.CLOSED: frozenset({State.ACKNOWLEDGED}),
    State.DECLINED: frozenset({State.QUOTED, State.CLOSED, State.ACKNOWLEDGED}),
    State.QUOTED: frozenset({State.CLOSED}),
    State.MERGED: frozenset(),
}


class Group(IntEnum):
    """Where a ticket stands in the queue; stored, so that one keyset (group, queue_at, id) serves the page.

    CLOCK rows are told apart on the page by their due time: past, within a working hour, today, later.
    """

    UNACKNOWLEDGED = 0
    CLOCK = 1
    OURS = 2
    WAITING = 3
    ENDED = 4


class Kind(StrEnum):
    """LIA-1: a fault, an alteration, a removal or an addition; a question and feedback besides."""

    FAULT = "fault"
    ALTERATION = "alteration"
    REMOVAL = "removal"
    ADDITION = "addition"
    QUESTION = "question"
    FEEDBACK = "feedback"


class Channel(StrEnum):
    PORTAL = "portal"
    EMAIL = "email"
    API = "api"
    PHONE = "phone"


class Visibility(StrEnum):
    """Standard: the requester, the client's managers, staff. Confidential: the requester, named people, staff."""

    STANDARD = "standard"
    CONFIDENTIAL = "confidential"


class MessageKind(StrEnum):
    REQUEST = "request"
    REPLY = "reply"
    NOTE = "note"


class Priority(StrEnum):
    """What staff make of it. It orders nothing: the promise does."""

    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


class BulkKind(StrEnum):
    """What can be done to many requests at once. An answer goes by their problem: it counts only where it is delivered (D24)."""

    ASSIGN = "assign"
    PRIORITY = "priority"
    TAG = "tag"


class LinkKind(StrEnum):
    RELATED = "related"
    DUPLICATE = "duplicate"
    CAUSED_BY = "caused_by"


class Target(StrEnum):
    """HLP-4: four working hours for support subscribers. HLP-3: one working day for the others."""

    FOUR_HOURS = "4h"
    ONE_DAY = "1d"
