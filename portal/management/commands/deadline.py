"""`manage.py deadline`: when something is due in working time, for one start or for lines of JSON on standard input."""

import sys
from collections.abc import Iterator
from io import BufferedIOBase
from typing import Any, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.management.pipe import reader_may_leave
from portal.worktime import DEFAULT_CALENDAR, WorktimeError, deadline, explain
from portal.worktime.lines import answer_for, answers, instant

CHUNK = 1 << 16


class Command(BaseCommand):
    help = "Reckon deadlines in working time: --start and --target for one, --jsonl for lines on standard input."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--start", help="an instant such as 2026-11-20T17:29:00Z")
        parser.add_argument("--target", help="4h (4 working hours) or 1d (1 working day)")
        parser.add_argument("--explain", action="store_true", help="say step by step how the deadline comes about")
        parser.add_argument(
            "--jsonl", action="store_true", help="read requests as lines of JSON, answer each with a line"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        single = options["start"] or options["target"] or options["explain"]
        if options["jsonl"] and single:
            raise CommandError("--jsonl takes its starts and targets from standard input alone.", returncode=2)
        if options["jsonl"]:
            self.many()
        elif options["start"] and options["target"]:
            self.one(options["start"], options["target"], options["explain"])
        else:
            raise CommandError("Give --start and --target, or --jsonl.", returncode=2)

    def one(self, start: str, target: str, explained: bool) -> None:
        try:
            found = deadline(instant(start), target, DEFAULT_CALENDAR)
            self.stdout.write(answer_for(found, DEFAULT_CALENDAR))
        except WorktimeError as error:
            raise CommandError(error.sentence, returncode=2) from error
        if explained:
            self.stdout.write("\n".join(explain(found, DEFAULT_CALENDAR)))

    def many(self) -> None:
        bad = 0
        ready: list[str] = []
        with reader_may_leave():
            for text, good in answers(self.chunks(cast(BufferedIOBase, sys.stdin.buffer), ready)):
                ready.append(text)
                bad += not good
            self.send(ready)
        if bad:
            sys.exit(1)

    def chunks(self, source: BufferedIOBase, ready: list[str]) -> Iterator[bytes]:
        """Whatever has arrived; its answers go off before the next wait, for a program that asks line by line."""
        while chunk := source.read1(CHUNK):
            yield chunk
            self.send(ready)

    def send(self, ready: list[str]) -> None:
        if ready:
            self.stdout.write("\n".join(ready))
            self.stdout.flush()
            ready.clear()
