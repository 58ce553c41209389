"""`manage.py receive_mail`: one raw mail on standard input, as a mail server's pipe hands it over."""

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import Error as DatabaseFault

from portal import clock
from portal.errors import Refused
from portal.mailin import SIZE_LIMIT
from tickets.actions.mailin import receive
from tickets.queries.mailin import in_words

TRY_AGAIN = getattr(os, "EX_TEMPFAIL", 75)
REFUSED = getattr(os, "EX_DATAERR", 65)


class Command(BaseCommand):
    help = (
        "Take one raw mail from standard input. Exit code 0: it is stored for good, and what became of it is printed"
        " (ticket REF, reply REF, ignored REASON, quarantined REASON, or stored). 75: nothing is stored, try again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="sender", default="", help="the envelope's sender")
        parser.add_argument(
            "--to", dest="recipients", action="append", default=[], help="a recipient of the envelope; may be repeated"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        raw = sys.stdin.buffer.read(SIZE_LIMIT + 1)
        if len(raw) > SIZE_LIMIT:
            self.stderr.write(f"The mail is larger than {SIZE_LIMIT} bytes and is not taken.")
            sys.exit(REFUSED)
        try:
            row = receive(
                raw,
                source="command",
                envelope_from=options["sender"],
                envelope_to=options["recipients"],
                at=clock.now(),
            )
        except (DatabaseFault, OSError, Refused) as fault:
            self.stderr.write(f"The mail is not stored, try again: {fault}")
            sys.exit(TRY_AGAIN)
        self.stdout.write(in_words(row))
