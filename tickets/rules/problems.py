"""Problems: one cause behind requests of many clients, and one set of words that answers them all."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.clauses import clause
from portal.errors import Refused
from tickets.rules.life import publish_at

CLAUSE = "HLP-5"
UNDO = timedelta(minutes=10)
MOST_LINKED = 5000


class ProblemState(StrEnum):
    """A known error is one whose cause is known and which is not mended yet."""

    OPEN = "open"
    KNOWN_ERROR = "known_error"
    RESOLVED = "resolved"


class AnswerState(StrEnum):
    """What became of one request when its problem's words went out; the last two belong to an undo."""

    WAITING = "waiting"
    POSTED = "posted"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"
    UNDOING = "undoing"


STATE_WORDS = {
    ProblemState.OPEN: gettext_lazy("open"),
    ProblemState.KNOWN_ERROR: gettext_lazy("known error"),
    ProblemState.RESOLVED: gettext_lazy("resolved"),
}
ANSWER_WORDS = {
    AnswerState.WAITING: gettext_lazy("on its way"),
    AnswerState.POSTED: gettext_lazy("answered"),
    AnswerState.REFUSED: gettext_lazy("not answered"),
    AnswerState.TAKEN_BACK: gettext_lazy("taken back"),
    AnswerState.UNDOING: gettext_lazy("being put back"),
}
# Every state may follow every other: a problem that comes back is open again.


@clause("HLP-5")
def goes_out_at(*, written_at: datetime, dues: Collection[datetime]) -> datetime:
    """When words to many requests go out: after the ten seconds of every reply, but never later than the first promise of theirs.

    A person of the supplier wrote them, so they answer each request to which they are delivered, and no other (D5, D24).
    """
    return min(
        (publish_at(written_at=written_at, due_at=due) for due in dues),
        default=publish_at(written_at=written_at, due_at=None),
    )


def check_undo(*, mine: bool, made_at: datetime, undone: bool, at: datetime) -> None:
    """Refuse an undo by somebody else, a second one, and one after ten minutes."""
    if not mine:
        raise Refused(CLAUSE, _("Only the person who wrote it can undo it."))
    if undone:
        raise Refused(CLAUSE, _("This was undone already."))
    if at > made_at + UNDO:
        raise Refused(CLAUSE, _("It can be undone for ten minutes only."))


def check_problem(title: str) -> None:
    """Refuse a problem without a name."""
    if not title.strip():
        raise Refused(CLAUSE, _("Say in a few words what the problem is."))
