"""Pure rules of compliance: the states of a report request."""

from enum import StrEnum

from django.utils.translation import gettext_noop

MANAGERS_ONLY = gettext_noop("Reports are for client managers. Ask one of yours.")


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
