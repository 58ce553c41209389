"""manage.py recover: a one-time link for a person of the staff who cannot sign in any more, the last administrator above all."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from portal import clock
from portal.actions.supplier import recovery_link
from portal.errors import Refused


class Command(BaseCommand):
    help = "Print a one-time link by which a person of the staff sets a new password and second step; it is audited."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", required=True)

    def handle(self, *args: Any, **given: Any) -> None:
        try:
            with transaction.atomic():
                link = recovery_link(email=given["email"], at=clock.now())
        except Refused as refused:
            raise CommandError(refused.sentence) from refused
        self.stdout.write(f"This link works once, for 72 hours. It takes away the old second step:\n{link}")
