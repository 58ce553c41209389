"""`manage.py jobs [--json]`: every sweep with its lag, backlog and failures."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal import clock
from portal.actors import SYSTEM
from portal.queries.jobs import SweepState, sweep_states
from portal.tenancy import act_as_staff

HEADINGS = ("job", "every", "last run", "lag", "rows", "backlog", "failures", "state")


class Command(BaseCommand):
    help = "Show every job of the portal: how often it runs, when it last did, and what waits for it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="One JSON array instead of a table.")

    def handle(self, *args: Any, **options: Any) -> None:
        with act_as_staff(SYSTEM):
            states = sweep_states(clock.now())
        if options["json"]:
            self.stdout.write(json.dumps([state.as_json() for state in states]))
        else:
            self.stdout.write(table([HEADINGS, *(cells(state) for state in states)]))


def cells(state: SweepState) -> tuple[str, ...]:
    last = state.last_run_at.isoformat(timespec="seconds") if state.last_run_at else "never"
    lag = "–" if state.lag_seconds is None else f"{state.lag_seconds} s"
    backlog = "–" if state.backlog is None else str(state.backlog)
    word = f"{state.word}: {state.error}" if state.failures else state.word
    return (state.name, f"{state.every_seconds} s", last, lag, str(state.rows), backlog, str(state.failures), word)


def table(rows: list[tuple[str, ...]]) -> str:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(line.rstrip() for line in lines)
