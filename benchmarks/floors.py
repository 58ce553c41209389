"""What this machine gives at best, beside every other figure: `python -m benchmarks.floors`, inside a house of benchmarks/run.py.

A hand-over to PostgreSQL and back, a durable commit, and the processor alone. DESIGN.md's machine needed 0.22 ms for the commit;
a virtual machine in a busy house needs several times as long from one hour to the next.
"""

import os
import time
from collections.abc import Callable
from contextlib import closing

import psycopg2

from benchmarks.figures import Figure, percentile
from benchmarks.subject import deliver

TRIPS, COMMITS, ROUNDS = 2000, 300, 2_000_000


def milliseconds(act: Callable[[], object], times: int) -> float:
    spent = []
    for _ in range(times):
        begun = time.perf_counter()
        act()
        spent.append(1000 * (time.perf_counter() - begun))
    return percentile(spent, 0.5)


def measure() -> list[Figure]:
    with closing(psycopg2.connect(os.environ["DATABASE_OWNER_URL"])) as line:
        line.autocommit = True
        cursor = line.cursor()
        trip = milliseconds(lambda: cursor.execute("select 1"), TRIPS)
        commit = milliseconds(lambda: cursor.execute("select pg_logical_emit_message(true, 'floor', 'x')"), COMMITS)
    begun = time.perf_counter()
    sum(range(ROUNDS))
    return [
        Figure("floor: a round trip to PostgreSQL, p50", trip, "ms"),
        Figure("floor: a durable commit, p50", commit, "ms"),
        Figure("floor: adding two million numbers", 1000 * (time.perf_counter() - begun), "ms"),
    ]


if __name__ == "__main__":
    deliver(measure())
