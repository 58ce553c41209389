"""The sweep over the response clocks, with nothing due and with full batches: `python -m benchmarks.sweeps`."""

import time
from datetime import datetime, timedelta

from django.db import transaction

from benchmarks.figures import Figure
from benchmarks.subject import deliver
from portal import clock
from portal.actors import SYSTEM
from portal.tenancy import act_as_staff
from tickets.actions.watch import BATCH, watch_clocks
from tickets.models import ResponseClock

ROUNDS = 20
BATCHES = 6
LONG_AGO = timedelta(days=3650)
FAR_AHEAD = timedelta(days=60)


def timed(at: datetime) -> tuple[float, int]:
    """One batch as a sweep runs it, undone again: the figures are of the work, the world stays as it is."""
    begun = time.perf_counter()
    with act_as_staff(SYSTEM), transaction.atomic():
        done = watch_clocks(at)
        spent = time.perf_counter() - begun
        transaction.set_rollback(True)
    return 1000 * spent, done


def measure() -> list[Figure]:
    now = clock.now()
    with act_as_staff(SYSTEM):
        due = min(BATCH, ResponseClock.objects.filter(next_at__lte=now + FAR_AHEAD).count())
    timed(now + FAR_AHEAD)
    idle = min(timed(now - LONG_AGO)[0] for _ in range(ROUNDS))
    batches = [timed(now + FAR_AHEAD) for _ in range(BATCHES)]
    if {done for _, done in batches} != {due}:
        raise RuntimeError(f"{due} clocks are due, but the batches did {batches}.")
    best = min(spent for spent, _ in batches)
    return [
        Figure("sweep, nothing due", idle, "ms", 5, 1.5, plan="sweep"),
        Figure(f"sweep, each of {due} due with event, alarm and notices", best / due, "ms", 0.5, 0.1, plan="sweep"),
    ]


if __name__ == "__main__":
    deliver(measure())
