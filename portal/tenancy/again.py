"""Work that lost against another one's lock is done again: nobody need know that two wanted the same rows in another order.

PostgreSQL ends one of the two that wait for each other; all of its transaction is undone, so it may run again from the start.
"""

import random
import time
from collections.abc import Callable
from typing import TypeVar

import structlog
from django.contrib.messages import get_messages
from django.db import OperationalError
from django.http import HttpRequest
from psycopg2.errors import DeadlockDetected, SerializationFailure

log = structlog.get_logger(__name__)

TIMES = 4
LONGEST_PAUSE_SECONDS = 0.2

Done = TypeVar("Done")


def again(request: HttpRequest, act: Callable[[], Done]) -> Done:
    """Do it, and up to three times more if it lost. Raises the last OperationalError, and every other one at once.

    The caller must stand outside every transaction. What was posted is read from its start again, and what the lost run
    wanted to say on the next page is forgotten.
    """
    said = len(queued(request))
    for left in reversed(range(TIMES)):
        try:
            return act()
        except OperationalError as error:
            if not left or not isinstance(error.__cause__, DeadlockDetected | SerializationFailure):
                raise
            log.warning("lost against another one's lock", path=request.path_info, left=left)
        del queued(request)[said:]
        for name in request.FILES:
            for file in request.FILES.getlist(name):
                file.seek(0)
        time.sleep(random.uniform(0, LONGEST_PAUSE_SECONDS))  # noqa: S311 - nobody gains by guessing it
    raise AssertionError("the last time returns or raises")


def queued(request: HttpRequest) -> list[object]:
    """The messages for the next page that were added during this request."""
    return getattr(get_messages(request), "_queued_messages", [])
