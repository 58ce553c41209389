"""`manage.py demo`: fill a database that was created empty with the demo world, or load that world again."""

import time
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from compliance.demo import load_world, refresh_statistics
from portal import clock
from portal.errors import Refused


class Command(BaseCommand):
    help = "Load the demo world: clients, people, a year of requests and today's queue."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--at", default="", help="The instant that the demo shows, ISO 8601 with an offset.")
        parser.add_argument("--seed", type=int, default=1, help="Another number is another world.")
        parser.add_argument("--tickets", type=int, default=800, help="How many requests, from 60 to 1000000.")
        parser.add_argument("--first-start", action="store_true", help="Stamp an empty database as the demo.")

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        at = read_instant(options["at"]) if options["at"] else clock.DEMO_START.astimezone(UTC)
        if not 60 <= options["tickets"] <= 1_000_000:
            raise CommandError("--tickets is a number from 60 to 1000000.")
        try:
            load_world(
                at=at,
                seed=options["seed"],
                tickets=options["tickets"],
                first_start=options["first_start"],
                say=self.say,
            )
        except Refused as refused:
            raise CommandError(refused.sentence) from refused
        refresh_statistics()
        self.say(f"The demo world is ready after {time.monotonic() - begun:.1f} s.")

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def read_instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.utcoffset() is None:
        raise CommandError("--at is an instant such as 2026-11-24T10:40+00:00, with its offset.")
    return at.astimezone(UTC)
