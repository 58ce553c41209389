"""How the sweeps are doing."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from portal import clock, jobs
from portal.models import SweepRun

LATE_FACTOR = 3
LATE_FLOOR_SECONDS = 30


@dataclass(frozen=True, slots=True)
class SweepState:
    """One sweep, as the jobs page shows it. `lag_seconds` since its last good run began; None before the first."""

    name: str
    clause: str
    every_seconds: int
    last_run_at: datetime | None
    took_seconds: float | None
    lag_seconds: int | None
    rows: int
    runs: int
    failures: int
    failed_at: datetime | None
    error: str
    backlog: int | None

    @property
    def tone(self) -> str:
        """How worrying this is: "bad", "warn" or "good"."""
        if self.failures:
            return "bad"
        if self.lag_seconds is None or self.lag_seconds > max(self.every_seconds * LATE_FACTOR, LATE_FLOOR_SECONDS):
            return "warn"
        return "good"

    @property
    def word(self) -> str:
        return {"bad": "failing", "warn": "late" if self.lag_seconds is not None else "not run yet", "good": "on time"}[
            self.tone
        ]

    def as_json(self) -> dict[str, Any]:
        facts = asdict(self) | {"state": self.word}
        return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in facts.items()}


def sweep_states(at: datetime) -> list[SweepState]:
    """Every sweep of this build, in order: one query for all, and one per sweep that counts its backlog (due at `at`)."""
    runs, now = SweepRun.objects.in_bulk(), clock.real_now()
    return [state_of(one, runs.get(name), at, now) for name, one in jobs.load().items()]


def state_of(one: jobs.Sweep, run: SweepRun | None, at: datetime, now: datetime) -> SweepState:
    done = run.done_at if run else None
    began = run.started_at if run and done else None
    took = (done - began).total_seconds() if done and began and done >= began else None
    return SweepState(
        name=one.name,
        clause=one.clause,
        every_seconds=one.every_seconds,
        last_run_at=done,
        took_seconds=took,
        lag_seconds=max(0, int((now - done).total_seconds())) if done else None,
        rows=run.rows if run else 0,
        runs=run.runs if run else 0,
        failures=run.failures if run else 0,
        failed_at=run.failed_at if run else None,
        error=run.error if run else "",
        backlog=one.backlog(at) if one.backlog else None,
    )
