"""`manage.py clause`: the register; `clause HLP-5`: one clause and all that keeps it; `clause --missing`: what is not kept."""

import pkgutil
from importlib import import_module
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.clauses import CLAUSES, DONE_ISSUES, WORDING_ONLY, is_built, nearest
from portal.clauses.evidence import PACKAGES, Evidence
from portal.management.pipe import reader_may_leave

# Where functions may wear @clause; management commands, migrations and settings are not imported.
ROOMS = ("rules", "queries", "actions", "tasks", "views", "worktime", "money", "tenancy")


class Command(BaseCommand):
    help = "List the clauses of the contract, show what keeps one of them, or what is missing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("id", nargs="?", help="a clause such as HLP-5")
        parser.add_argument(
            "--missing", action="store_true", help="list what finished parts do not keep; exit 1 if any"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["id"] and options["missing"]:
            raise CommandError("Give a clause or --missing, not both.", returncode=2)
        with reader_may_leave():
            if options["missing"]:
                self.missing()
            elif options["id"]:
                self.one(options["id"])
            else:
                self.register()

    def register(self) -> None:
        for entry in CLAUSES.values():
            self.stdout.write(f"{entry.id}\t{entry.heading}")

    def one(self, asked: str) -> None:
        id = asked.strip().upper()
        if id not in CLAUSES:
            near = ", ".join(nearest(asked))
            raise CommandError(f"The contract has no clause {asked}; the nearest are {near}.", returncode=2)
        entry = CLAUSES[id]
        self.stdout.write(f"{entry.id}  {entry.heading}\n{entry.line}\n")
        self.stdout.write(f"Binds: {entry.bound}\nHow it is kept: {entry.kept}")
        if not is_built(id):
            self.stdout.write(f"Not built yet: issue {entry.owner} answers for it.")
        elif id in WORDING_ONLY:
            self.stdout.write("Kept by wording: there is nothing to enforce.")
        self.evidence(id)

    def evidence(self, id: str) -> None:
        import_rooms()
        found = Evidence()
        for heading, places in (
            ("Rules and actions", found.keepers(id)),
            ("Constraints", found.constraints(id)),
            ("Refusals", found.refusers(id)),
            ("Templates", found.mentions(id)),
            ("Tests", found.tests_of(id)),
        ):
            self.stdout.write(f"\n{heading}:" + ("" if places else " none"))
            for place in places:
                self.stdout.write(f"  {place}")

    def missing(self) -> None:
        import_rooms()
        found = Evidence()
        lacking = {id: lacks for id in CLAUSES if (lacks := found.lacks(id))}
        for id, lacks in lacking.items():
            self.stdout.write(f"{id}\t{CLAUSES[id].heading}: {' and '.join(lacks)}")
        if lacking:
            raise CommandError(f"{len(lacking)} of {len(CLAUSES)} clauses lack something.", returncode=1)
        self.stdout.write(self.summary())

    def summary(self) -> str:
        waiting = sorted({entry.owner for entry in CLAUSES.values()} - DONE_ISSUES)
        later = sum(not is_built(id) and id not in WORDING_ONLY for id in CLAUSES)
        kept = len(CLAUSES) - later - len(WORDING_ONLY)
        told = f" {later} wait for issues {', '.join(waiting)}." if later else ""
        return f"Nothing is missing: {kept} clauses are kept by rule and test, {len(WORDING_ONLY)} by wording.{told}"


def import_rooms() -> None:
    """Import the modules whose functions may wear @clause, so that they are registered."""
    for config in apps.get_app_configs():
        if config.name in PACKAGES:
            for room in pkgutil.iter_modules([config.path], f"{config.name}."):
                if room.name.split(".")[1] in ROOMS:
                    import_whole(room.name)


def import_whole(name: str) -> None:
    module = import_module(name)
    for inner in pkgutil.iter_modules(getattr(module, "__path__", []), f"{name}."):
        import_whole(inner.name)
