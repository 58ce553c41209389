"""What becomes of one mail: a pure function of what it says, who sent it, and what it names (SUB-1, HLP-5, HLP-6).

A mail joins a request when three things meet: our signed mark, a registered sender who may see that request, and an
authentication that is not a failure. Anything less is a new request of the sender's own client, or waits for staff.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from portal.clauses import clause
from portal.rules.states import ClientState
from tickets.rules.life import may_reopen
from tickets.rules.mail.marks import OF_CLIENT
from tickets.rules.mail.shape import AuthVerdict, AutoKind
from tickets.rules.states import State


class RawState(StrEnum):
    """Where a received mail stands. Every one ends in one of the last four."""

    STORED = "stored"
    TICKETED = "ticketed"
    REPLIED = "replied"
    IGNORED = "ignored"
    QUARANTINED = "quarantined"


# Staff may run a mail again that was set aside; what became part of a request stays there.
RAW_MOVES: dict[RawState, frozenset[RawState]] = {
    RawState.STORED: frozenset({RawState.TICKETED, RawState.REPLIED, RawState.IGNORED, RawState.QUARANTINED}),
    RawState.QUARANTINED: frozenset({RawState.TICKETED, RawState.REPLIED, RawState.IGNORED, RawState.QUARANTINED}),
    RawState.IGNORED: frozenset({RawState.TICKETED, RawState.REPLIED, RawState.IGNORED, RawState.QUARANTINED}),
    RawState.TICKETED: frozenset(),
    RawState.REPLIED: frozenset(),
}


class Reason(StrEnum):
    """Why a mail was set aside. The first six are drops that are kept on record, the others wait for staff."""

    DUPLICATE = "duplicate"
    OWN_MAIL = "own mail"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    AUTOMATIC = "automatic"
    BY_STAFF = "by staff"
    UNREADABLE = "unreadable"
    NO_SENDER = "no sender"
    UNREGISTERED = "unregistered"
    STAFF_SENDER = "staff sender"
    NOT_AUTHENTIC = "not authentic"
    FORGED_MARK = "forged mark"
    NO_CLIENT = "no client"
    WHICH_CLIENT = "which client"
    SUSPENDED = "suspended"
    MAYBE_AUTOMATIC = "maybe automatic"
    BULK = "bulk"
    POISON = "poison"


REASON_WORDS = {
    Reason.DUPLICATE: "We have this mail already.",
    Reason.OWN_MAIL: "It came from one of our own addresses.",
    Reason.BOUNCE: "It says that a mail of ours could not be delivered.",
    Reason.COMPLAINT: "It says that a mail of ours was reported as unwanted.",
    Reason.AUTOMATIC: "A machine answered, not a person.",
    Reason.BY_STAFF: "Our staff decided that nothing is to be done.",
    Reason.UNREADABLE: "Reading it had to be stopped; only its headers are known.",
    Reason.NO_SENDER: "It does not name one sender.",
    Reason.UNREGISTERED: "Nobody has registered this sender.",
    Reason.STAFF_SENDER: "It names one of our own staff as its sender; staff answer in the portal.",
    Reason.NOT_AUTHENTIC: "Our mail server says that the sender is not who the mail claims.",
    Reason.FORGED_MARK: "It carries a mark that looks like ours and is not.",
    Reason.NO_CLIENT: "The sender belongs to no client today.",
    Reason.WHICH_CLIENT: "The sender belongs to several clients.",
    Reason.SUSPENDED: "The client’s access is suspended or has ended.",
    Reason.MAYBE_AUTOMATIC: "A machine may have written it.",
    Reason.BULK: "It came through a list or as bulk mail.",
    Reason.POISON: "It could not be worked on after three tries.",
}


MACHINES = frozenset({AutoKind.REPLIED, AutoKind.GENERATED})


@dataclass(frozen=True, slots=True)
class MailFacts:
    """What the mail says about itself. has_sender: one usable address in From; is_weak: only a vague sign speaks of a machine;
    alias: what stands behind the + of our address that it went to."""

    kind: AutoKind = AutoKind.NONE
    is_weak: bool = False
    authentication: AuthVerdict = AuthVerdict.NONE
    has_sender: bool = True
    is_readable: bool = True
    is_duplicate: bool = False
    is_ours: bool = False
    alias: str = ""
    has_forged_mark: bool = False


@dataclass(frozen=True, slots=True)
class Belonging:
    """One client that the sender belongs to today, with the membership in which they would write."""

    client_id: int
    slug: str
    state: ClientState
    membership_id: int


@dataclass(frozen=True, slots=True)
class Sender:
    """Who the address in From belongs to."""

    is_registered: bool = False
    is_staff: bool = False
    belongs: tuple[Belonging, ...] = ()
    home_client_id: int | None = None

    def at(self, client_id: int | None) -> Belonging | None:
        """The sender's place at a client, if there is one."""
        return next((one for one in self.belongs if one.client_id == client_id), None)


@dataclass(frozen=True, slots=True)
class Named:
    """A request that a mark names (after merges: the one that lives on), as the sender may see it."""

    ticket_id: int
    client_id: int
    state: State
    ended_at: datetime | None = None
    is_seen: bool = False
    takes_part: bool = False


@dataclass(frozen=True, slots=True)
class MailVerdict:
    """What is to be done. follows: the finished request that a new one goes on from."""

    state: RawState
    reason: Reason | None = None
    belonging: Belonging | None = None
    ticket_id: int | None = None
    follows_id: int | None = None


def vouched_for(mail: MailFacts) -> MailFacts:
    """The mail as a person sees it who has looked: written by a person, who is whom it names."""
    return replace(
        mail,
        kind=AutoKind.NONE,
        is_weak=False,
        authentication=AuthVerdict.PASS,
        is_duplicate=False,
        has_forged_mark=False,
    )


def ignored(reason: Reason, ticket_id: int | None = None) -> MailVerdict:
    return MailVerdict(RawState.IGNORED, reason, ticket_id=ticket_id)


def set_aside(reason: Reason, belonging: Belonging | None = None) -> MailVerdict:
    return MailVerdict(RawState.QUARANTINED, reason, belonging)


@clause("SUB-1", "HLP-5", "HLP-6")
def judge(mail: MailFacts, sender: Sender, named: Sequence[Named], *, at: datetime) -> MailVerdict:
    """The one decision about a mail. Whatever is set aside is answered by nobody."""
    refusal = dropped(mail) or distrusted(mail, sender)
    if refusal is not None:
        return refusal
    joined = next((one for one in named if may_join(mail, sender, one)), None)
    if mail.kind in MACHINES:
        machine = ignored(Reason.AUTOMATIC, joined.ticket_id if joined else None)
        return set_aside(Reason.MAYBE_AUTOMATIC) if mail.is_weak else machine
    if mail.has_forged_mark:
        return set_aside(Reason.FORGED_MARK)
    if joined is not None:
        return joining(joined, sender, at=at)
    if mail.kind == AutoKind.BULK:
        return set_aside(Reason.BULK)
    return beginning(mail, sender, named)


def dropped(mail: MailFacts) -> MailVerdict | None:
    """What is no message of a person at all."""
    if mail.is_duplicate:
        return ignored(Reason.DUPLICATE)
    if mail.kind == AutoKind.BOUNCE:
        return ignored(Reason.BOUNCE)
    if mail.kind == AutoKind.COMPLAINT:
        return ignored(Reason.COMPLAINT)
    if mail.is_ours:
        return ignored(Reason.OWN_MAIL)
    return None


def distrusted(mail: MailFacts, sender: Sender) -> MailVerdict | None:
    """Whose word counts for nothing here."""
    if not mail.is_readable:
        return set_aside(Reason.UNREADABLE)
    if not mail.has_sender:
        return set_aside(Reason.NO_SENDER)
    if sender.is_staff:
        return set_aside(Reason.STAFF_SENDER)
    if not sender.is_registered:
        return set_aside(Reason.UNREGISTERED)
    if mail.authentication == AuthVerdict.FAIL:
        return set_aside(Reason.NOT_AUTHENTIC)
    if not sender.belongs:
        return set_aside(Reason.NO_CLIENT)
    return None


@clause("SUB-1")
def may_join(mail: MailFacts, sender: Sender, one: Named) -> bool:
    """A mark, a sender who may see the request, and an authentication; without one, only who takes part already."""
    if sender.at(one.client_id) is None or not one.is_seen:
        return False
    return mail.authentication == AuthVerdict.PASS or one.takes_part


@clause("HLP-5")
def joining(one: Named, sender: Sender, *, at: datetime) -> MailVerdict:
    """An answer on a request; on one that ended more than 14 days ago it begins a new one that goes on from it (D24)."""
    belonging = sender.at(one.client_id)
    if belonging is None or belonging.state != ClientState.ACTIVE:
        return set_aside(Reason.SUSPENDED, belonging)
    if one.ended_at is not None and not may_reopen(ended_at=one.ended_at, at=at):
        return MailVerdict(RawState.TICKETED, belonging=belonging, follows_id=one.ticket_id)
    return MailVerdict(RawState.REPLIED, belonging=belonging, ticket_id=one.ticket_id)


def beginning(mail: MailFacts, sender: Sender, named: Sequence[Named]) -> MailVerdict:
    """A new request of the sender's client; of several clients, staff choose unless something names one."""
    belonging = chosen(mail, sender, named)
    if belonging is None:
        return set_aside(Reason.WHICH_CLIENT)
    if belonging.state != ClientState.ACTIVE:
        return set_aside(Reason.SUSPENDED, belonging)
    return MailVerdict(RawState.TICKETED, belonging=belonging)


@clause("SUB-1", "ODS-4")
def chosen(mail: MailFacts, sender: Sender, named: Sequence[Named]) -> Belonging | None:
    """Which client a sender writes for: the mark's, else the address written to, else the home client, else the only one."""
    for one in named:
        if belonging := sender.at(one.client_id):
            return belonging
    for belonging in sender.belongs:
        if mail.alias == f"{OF_CLIENT}{belonging.slug}":
            return belonging
    if len(sender.belongs) == 1:
        return sender.belongs[0]
    return sender.at(sender.home_client_id)


ACKNOWLEDGEMENTS_AN_HOUR = 20
MOST_ATTEMPTS = 3
