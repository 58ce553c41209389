"""When a ticket may move, reopen and close by itself (ACC-6, D24)."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from portal.clauses import clause
from portal.errors import Refused
from tickets.rules.states import MOVES, NEEDS_ACCEPTANCE, State

REOPEN_DAYS = 14
STATE_WORDS = {
    State.RECEIVED: "received",
    State.ACKNOWLEDGED: "acknowledged",
    State.ACCEPTED: "accepted",
    State.IN_PROGRESS: "in progress",
    State.WAITING_CLIENT: "waiting for the client",
    State.WITH_MICROSOFT: "with Microsoft",
    State.AWAITING_CHARGE: "awaiting approval of the charge",
    State.RESOLVED: "resolved",
    State.CLOSED: "closed",
    State.DECLINED: "declined",
    State.QUOTED: "quoted",
    State.MERGED: "merged into another",
}


@clause("ACC-6")
def check_move(old: State, new: State, *, accepted: bool) -> None:
    """Refuse a move that the transition table does not know, and work on a request that nobody has accepted."""
    if new in NEEDS_ACCEPTANCE and not accepted:
        raise Refused("ACC-6", _("Accept the request before you work on it."))
    if new not in MOVES[old]:
        raise Refused(
            "ACC-6",
            _("A request that is %(STATE_WORDS)s cannot become %(STATE_WORDS_2)s.")
            % {"STATE_WORDS": STATE_WORDS[old], "STATE_WORDS_2": STATE_WORDS[new]},
        )


@clause("HLP-5")
def may_reopen(*, ended_at: datetime, at: datetime, days: int = REOPEN_DAYS) -> bool:
    """Within 14 days a finished request opens again and starts no new clock; later it is a new request (D24)."""
    return at <= ended_at + timedelta(days=days)


@clause("HLP-5")
def closes_at(resolved_at: datetime, days: int = REOPEN_DAYS) -> datetime:
    """A resolved request closes by itself when it can no longer be reopened."""
    return resolved_at + timedelta(days=days)


@clause("HLP-5")
def publish_at(*, written_at: datetime, due_at: datetime | None, seconds: int = 10) -> datetime:
    """When a reply goes out: after ten seconds in which it can be undone, but never later than the promise.

    The answer counts at its publication, so the time for second thoughts must not break a promise: with less than the ten
    seconds and a sweep's five in hand it goes out at once.
    """
    later = written_at + timedelta(seconds=seconds)
    if due_at is not None and written_at <= due_at < later + timedelta(seconds=seconds):
        return written_at
    return later
