"""Rules about people: who may do what, how long a link lives, when to try again, when a manager may leave."""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portal.actors import Actor
from portal.errors import Refused
from portal.rules.states import Grade, Role

INVITATION_LIFE = timedelta(hours=72)
RESEND_GAP = timedelta(minutes=5)
TOKEN_BYTES = 32

# A change of address: its links live so long, and so many may be asked for in that time.
EMAIL_CHANGE_LIFE = timedelta(hours=72)
EMAIL_WINDOW, EMAIL_ASKS_AN_HOUR = timedelta(hours=1), 3

# Sign-in: 10 failures in 5 minutes for one account from one address; then, 100 in an hour for one account from anywhere.
FAILURE_WINDOW, FAILURES_ALLOWED = timedelta(minutes=5), 10
SLOW_WINDOW, SLOW_AFTER, SLOW_GAP = timedelta(hours=1), 100, timedelta(seconds=10)

# Codes of a second step: whoever tries them has the password already, so all addresses count together.
CODES_ALLOWED = 5

SESSION_LIFE = timedelta(hours=12)
IDLE_STAFF, IDLE_CLIENT = timedelta(minutes=30), timedelta(hours=2)

NDA_WARNING = timedelta(days=30)

MANAGERS_ONLY = gettext_noop("Only a manager of your organisation sees this page.")


class Power(StrEnum):
    """What a person of the supplier asks leave for; written so that it completes "may"."""

    SEE_STAFF = "see the staff pages"
    MANAGE_STAFF = "manage staff"
    MANAGE_CLIENTS = "manage clients"
    MANAGE_SUPPLIER = "change the supplier's details"
    CHANGE_CALENDAR = "change the working calendar"
    SEE_MACHINERY = "see the jobs and the audit trail"
    SEE_FIGURES = "see how well promises are kept"
    ANNOUNCE = "announce something to clients"
    MANAGE_FORMS = "change the ready-made forms"


POWERS: dict[Power, frozenset[Grade]] = {
    Power.SEE_STAFF: frozenset({Grade.LEAD, Grade.ADMIN}),
    Power.MANAGE_STAFF: frozenset({Grade.ADMIN}),
    Power.MANAGE_CLIENTS: frozenset({Grade.LEAD, Grade.ADMIN}),
    Power.MANAGE_SUPPLIER: frozenset({Grade.ADMIN}),
    Power.CHANGE_CALENDAR: frozenset({Grade.LEAD, Grade.ADMIN}),
    Power.SEE_MACHINERY: frozenset({Grade.LEAD, Grade.ADMIN}),
    Power.SEE_FIGURES: frozenset({Grade.LEAD, Grade.ADMIN}),
    Power.ANNOUNCE: frozenset({Grade.LEAD, Grade.ADMIN}),
    Power.MANAGE_FORMS: frozenset({Grade.LEAD, Grade.ADMIN}),
}

ROLE_WORDS = {
    Role.AUTHOR: "asks for help and follows their own requests",
    Role.MANAGER: "decides for the organisation, sees its requests and manages its people",
    Role.BILLING: "receives invoices and answers questions about them",
}


def may(actor: Actor, power: Power) -> bool:
    """Whether the actor's grade holds the power. The portal's own jobs hold all of them."""
    return actor.kind == "system" or (actor.kind == "staff" and actor.role in POWERS[power])


def require(actor: Actor, power: Power) -> None:
    """Raises Refused when the actor's grade does not hold the power."""
    if not may(actor, power):
        grades = " or ".join(sorted(POWERS[power]))
        raise Refused(
            "CMP-6", _("Only staff of the grade %(grades)s may %(power)s.") % {"grades": grades, "power": power}
        )


def manages(actor: Actor, client_id: int) -> bool:
    """Whether the actor is a manager of this client."""
    return actor.is_member and actor.role == Role.MANAGER and actor.client_id == client_id


def token_hash(token: str) -> str:
    """What is stored of a one-time link: 64 hexadecimal digits, from which the link cannot be found."""
    return hashlib.sha256(token.encode()).hexdigest()


def account_hash(email: str) -> str:
    """How a sign-in attempt names an account: attempts are kept for people who do not exist, too."""
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()


def try_again_at(*, here: Sequence[datetime], anywhere: Sequence[datetime], now: datetime) -> datetime | None:
    """When the next try to sign in may be made; None when it may be made now.

    `here` are the failures of this account from this address, `anywhere` those from all addresses, in any order.
    """
    recent = sorted(at for at in here if at > now - FAILURE_WINDOW)
    if len(recent) >= FAILURES_ALLOWED:
        return recent[-FAILURES_ALLOWED] + FAILURE_WINDOW
    hour = sorted(at for at in anywhere if at > now - SLOW_WINDOW)
    if len(hour) >= SLOW_AFTER and hour[-1] + SLOW_GAP > now:
        return hour[-1] + SLOW_GAP
    return None


def code_again_at(failures: Sequence[datetime], now: datetime) -> datetime | None:
    """When the next code of a second step may be tried; None when it may be tried now. `failures` in any order."""
    recent = sorted(at for at in failures if at > now - FAILURE_WINDOW)
    return recent[-CODES_ALLOWED] + FAILURE_WINDOW if len(recent) >= CODES_ALLOWED else None


@dataclass(frozen=True, slots=True)
class Management:
    """One person's time as manager of a client; `joined` once they have accepted, `delegated` when only standing in."""

    membership_id: int
    valid_from: date
    valid_to: date | None
    joined: bool
    delegated: bool


def remaining_managers(managers: Iterable[Management], leaving: Collection[int], day: date) -> list[Management]:
    """The managers who stay in office after some leave: joined, in office on the day, without an end, not a stand-in."""
    return [
        one
        for one in managers
        if one.membership_id not in leaving
        and one.joined
        and not one.delegated
        and one.valid_from <= day
        and one.valid_to is None
    ]


class NdaStanding(StrEnum):
    VALID = "valid"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    NOT_YET = "not yet signed"


def nda_standing(periods: Iterable[tuple[date, date | None]], day: date) -> NdaStanding:
    """How a person's non-disclosure agreements stand on a day (CMP-6). Periods are (first day, first day not covered)."""
    spans = sorted(periods, key=lambda span: span[0])
    if not any(start <= day and (end is None or end > day) for start, end in spans):
        return NdaStanding.EXPIRED if spans and spans[0][0] <= day else NdaStanding.NOT_YET
    last = covered_until(spans, day)
    return NdaStanding.EXPIRING if last is not None and last <= day + NDA_WARNING else NdaStanding.VALID


def covered_until(periods: Iterable[tuple[date, date | None]], day: date) -> date | None:
    """The first day that is not covered any more, following agreements that join; None when cover does not end."""
    reach = day
    for start, end in sorted(periods, key=lambda span: span[0]):
        if start > reach:
            break
        if end is None:
            return None
        reach = max(reach, end)
    return reach


def proposed_slug(name: str, taken: Collection[str] = ()) -> str:
    """A short name for the address of a client's pages, from the client's name: lower case, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = [word for word in re.findall(r"[a-z0-9]+", plain) if word not in {"ltd", "limited", "llp", "plc"}]
    base = "-".join(words)[:36].strip("-") or "client"
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug
