"""What is promised for a first response, and what keeps the promise (HLP-3 to HLP-6, D1 to D7)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from portal.clauses import clause
from tickets.rules.states import MessageKind, Target


@dataclass(frozen=True, slots=True)
class SupportHeld:
    """A client's support package: from when, until when (exclusive, or open), and when we learnt of it."""

    id: int
    valid_from: date
    valid_to: date | None
    recorded_at: datetime


@clause("HLP-3", "HLP-4", "HLP-1")
def support_counts(held: SupportHeld, *, received_at: datetime, received_on: date, started_on: date) -> bool:
    """Whether a support package gives this request the four hours (D7).

    Support bought after the request counts from the next one; support that holds when the clock starts is kept even if it
    lapses later. Days are dates in the calendar's zone. A package that began on the very day counts only if it was
    recorded before the request came in.
    """
    if held.valid_to is not None and held.valid_to <= started_on:
        return False
    if held.valid_from < received_on:
        return True
    return held.valid_from == received_on and held.recorded_at <= received_at


@clause("HLP-3", "HLP-4")
def response_target(support: SupportHeld | None) -> Target:
    """Four working hours for support subscribers, one working day for everybody else."""
    return Target.FOUR_HOURS if support is not None else Target.ONE_DAY


@clause("HLP-5")
def is_response(kind: MessageKind, *, by_a_person: bool, public: bool) -> bool:
    """The first public reply by a person of the supplier. Automatic mails and internal notes are none (D5)."""
    return kind == MessageKind.REPLY and by_a_person and public


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a response means for its clock: when the promise was met, and the breach if it came too late."""

    met_at: datetime
    breached_at: datetime | None


@clause("HLP-3", "HLP-4", "HLP-5")
def verdict(*, replied_at: datetime, started_at: datetime, due_at: datetime) -> Verdict:
    """Judge a first response. One before the acknowledgement is met at the start; one after the due time leaves both facts.

    Exactly on the due time is in time.
    """
    met_at = max(replied_at, started_at)
    return Verdict(met_at=met_at, breached_at=due_at if met_at > due_at else None)


@clause("HLP-3", "HLP-4")
def next_watch(
    *, warn75_at: datetime, warn90_at: datetime, due_at: datetime, after: datetime, met: bool
) -> datetime | None:
    """The next instant at which somebody must look at the clock: 75 %, 90 %, the due time, then nothing."""
    if met:
        return None
    return next((instant for instant in (warn75_at, warn90_at, due_at) if instant > after), None)


TARGET_WORDS = {Target.FOUR_HOURS: "4 working hours", Target.ONE_DAY: "1 working day"}
MISSED = "promise missed"
TARGET_CLAUSE = {Target.FOUR_HOURS: "HLP-4", Target.ONE_DAY: "HLP-3"}


@clause("HLP-3", "HLP-4", "HLP-5")
def promise_sentence(target: Target) -> str:
    """The promise in one sentence, as the clause panel and the acknowledgement say it."""
    who = _("Support subscribers get") if target == Target.FOUR_HOURS else _("Clients without a support package get")
    return _(
        "%(who)s a first answer within %(TARGET_WORDS)s. The clock starts when our mail server hands over the acknowledgement with the reference, and it never pauses."
    ) % {"who": who, "TARGET_WORDS": TARGET_WORDS[target]}
