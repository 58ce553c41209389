"""Pure rules of compliance: the states of a report request, and what its people are told."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from portal.rules.noticelist import MANAGERS
from portal.rules.notices import Kind, Side, Way

MANAGERS_ONLY = gettext_noop("Reports are for client managers. Ask one of yours.")
READY_NOTICE = "report"
NOTICES = (
    Kind(
        READY_NOTICE,
        Side.CLIENT,
        _("Report ready"),
        _("A report that you asked for is made."),
        Way.MAIL,
        roles=MANAGERS,
    ),
)


class RequestState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


REQUEST_MOVES: dict[RequestState, frozenset[RequestState]] = {
    RequestState.QUEUED: frozenset({RequestState.RUNNING, RequestState.FAILED}),
    RequestState.RUNNING: frozenset({RequestState.READY, RequestState.FAILED, RequestState.QUEUED}),
    RequestState.FAILED: frozenset({RequestState.QUEUED}),
    RequestState.READY: frozenset(),
}
