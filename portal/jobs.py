"""Sweeps: what falls due is found in PostgreSQL, by functions that run every few seconds (DESIGN.md 4, jobs).

    @sweep("breaches", every_seconds=10, clause="HLP-3", backlog=breaches_waiting)
    def mark_breaches(at: datetime) -> int: ...

A sweep does one batch and says how many rows it did; it is called again until it says 0. It may run twice, late, and beside
itself. Register sweeps in modules that an app's tasks module imports.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import structlog
from django.db import connection
from django.db.models import F, QuerySet
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext

from portal import clock, events
from portal.actors import SYSTEM
from portal.models import SweepRun
from portal.tenancy import act_as_retention, act_as_sealer, act_as_staff

log = structlog.get_logger(__name__)

Work = Callable[[datetime], int]
Scope = Literal["staff", "sealer", "retention", "own"]

LOCKS = 77  # the first number of every sweep's advisory lock; the second is made from its name
MOST_BATCHES = 200
MOST_SECONDS = 120.0  # far below the broker's 15 minutes, after which a task would be given out again
MOST_ROUNDS = 25
# The subquery still sees the row as it was before this statement.
NOTE = """
insert into portal_sweeprun as r (name, started_at, done_at, rows, runs, failures, error) values (%s, %s, %s, %s, 1, 0, '')
on conflict (name) do update set started_at = excluded.started_at, done_at = excluded.done_at, rows = excluded.rows,
  runs = r.runs + 1, failures = 0, error = ''
returning (select old.failures from portal_sweeprun old where old.name = r.name)
"""


@dataclass(frozen=True, slots=True)
class Sweep:
    """A registered sweep. `backlog` counts what waits at an instant; `scope` "own" opens its transactions and claims its rows itself."""

    name: str
    every_seconds: int
    work: Work
    clause: str = ""
    scope: Scope = "staff"
    backlog: Work | None = None
    queue: str = "default"


SWEEPS: dict[str, Sweep] = {}


def sweep(
    name: str,
    every_seconds: int,
    clause: str = "",
    *,
    scope: Scope = "staff",
    backlog: Work | None = None,
    queue: str = "default",
) -> Callable[[Work], Work]:
    """Register a function as a sweep. Raises ValueError when another function has the name."""

    def register(work: Work) -> Work:
        other = SWEEPS.get(name)
        if other is not None and other.work.__qualname__ != work.__qualname__:
            raise ValueError(f"Two sweeps are called {name!r}.")
        SWEEPS[name] = Sweep(name, every_seconds, work, clause, scope, backlog, queue)
        return work

    return register


def load() -> dict[str, Sweep]:
    """Every sweep of every app, in the order of registration; for commands and pages, which no worker has prepared."""
    autodiscover_modules("tasks")
    return SWEEPS


def known(name: str) -> Sweep:
    """The sweep of that name. Raises LookupError."""
    one = SWEEPS.get(name) or load().get(name)
    if one is None:
        raise LookupError(f"No sweep is called {name!r}.")
    return one


def run(name: str, at: datetime | None = None) -> int:
    """Run a sweep until nothing is due, and note how it went. Returns the rows done; 0 when it runs elsewhere.

    Raises LookupError for an unknown name. What the sweep raises is kept in its SweepRun and raised again.
    """
    started, one = clock.real_now(), known(name)
    try:
        rows = run_batches(one, at)
    except Exception as error:
        note_failure(one, started, error)
        raise
    if rows is None:
        return 0
    note_success(one, started, rows)
    return rows


def run_batches(one: Sweep, at: datetime | None) -> int | None:
    """Batch after batch until one finds nothing, within bounds. None when another worker has the sweep."""
    until, rows = time.monotonic() + MOST_SECONDS, 0
    for _ in range(MOST_BATCHES):
        done = run_batch(one, at or clock.now())
        if done is None:
            return rows or None
        rows += done
        if done == 0 or time.monotonic() > until:
            break
    return rows


def run_batch(one: Sweep, at: datetime) -> int | None:
    if one.scope == "own":
        return one.work(at)
    with opened(one.scope):
        return one.work(at) if alone(one.name) else None


def opened(scope: Scope) -> AbstractContextManager[None]:
    """The scope a sweep works in; each is a transaction of its own."""
    match scope:
        case "sealer":
            return act_as_sealer()
        case "retention":
            return act_as_retention()
        case "staff":
            return act_as_staff(SYSTEM)
    return nullcontext()


def alone(name: str) -> bool:
    """Take the sweep's lock until this transaction ends; False when another worker has it."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s, hashtext(%s))", [LOCKS, name])
        return bool(cursor.fetchone()[0])


def note_success(one: Sweep, started: datetime, rows: int) -> None:
    """Write down a good run, in one statement of its own. `failures` counts those in a row, so it starts again."""
    with act_as_staff(SYSTEM), connection.cursor() as cursor:
        cursor.execute(NOTE, [one.name, started, clock.real_now(), rows])
        if cursor.fetchone()[0]:
            events.emit("sweep recovered", name=one.name, at=clock.now())


def note_failure(one: Sweep, started: datetime, error: Exception) -> None:
    """Write down a bad run; whoever listens to "sweep failed" decides from which count on it is an alarm."""
    sentence = f"{type(error).__name__}: {error}"[:2000]
    log.error("sweep failed", sweep=one.name, exc_info=error)
    with noted(one.name) as runs:
        runs.update(
            started_at=started,
            failed_at=clock.real_now(),
            runs=F("runs") + 1,
            failures=F("failures") + 1,
            error=sentence,
        )
        failures = runs.values_list("failures", flat=True).get()
        events.emit("sweep failed", name=one.name, clause=one.clause, failures=failures, error=sentence, at=clock.now())


@contextmanager
def noted(name: str) -> Iterator[QuerySet[SweepRun]]:
    """The sweep's own line on the jobs page, made at its first run."""
    with act_as_staff(SYSTEM):
        SweepRun.objects.bulk_create([SweepRun(name=name)], ignore_conflicts=True)
        yield SweepRun.objects.filter(name=name)


def run_all_due(at: datetime | None = None) -> int:
    """Run every sweep in order, again and again until a whole round finds nothing; for the demo's clock and for tests.

    A sweep that fails does not keep the others from their work; what failed is raised at the end.
    """
    total, failed = 0, dict[str, Exception]()
    for _ in range(MOST_ROUNDS):
        rows = 0
        for name in [name for name in load() if name not in failed]:
            try:
                rows += run(name, at)
            except Exception as error:  # noted by run, raised below
                failed[name] = error
        total += rows
        if rows == 0:
            break
    if failed:
        raise ExceptionGroup(gettext("Jobs that failed"), list(failed.values()))
    return total
