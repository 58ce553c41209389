"""manage.py staff: put a person on the staff from the command line, or show the first start's address."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from portal import clock
from portal.actions.staff import SignedNda
from portal.actions.supplier import add_first_staff
from portal.errors import Refused
from portal.firststart import setup_link
from portal.queries.supplier import supplier
from portal.rules.states import Grade


class Command(BaseCommand):
    help = "staff add [--admin | --lead] --email ADDRESS --name NAME: prints a one-time link. staff setup: the first start."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("setup", help="print the address of the first start")
        add = verbs.add_parser("add", help="put a person on the staff and print their one-time link")
        add.add_argument("--email", required=True)
        add.add_argument("--name", required=True)
        grade = add.add_mutually_exclusive_group()
        grade.add_argument("--admin", dest="grade", action="store_const", const=Grade.ADMIN, default=Grade.AGENT)
        grade.add_argument("--lead", dest="grade", action="store_const", const=Grade.LEAD)
        nda = add.add_argument_group("non-disclosure agreement", "all four, or none: then an administrator records it")
        nda.add_argument("--nda-signed", type=date.fromisoformat, metavar="DATE")
        nda.add_argument("--nda-version", metavar="TEXT")
        nda.add_argument("--nda-witness", metavar="NAME")
        nda.add_argument("--nda-reference", metavar="PLACE")

    def handle(self, *args: Any, **given: Any) -> None:
        if given["verb"] == "add":
            self.add(given)
        if supplier() is None:
            self.stdout.write(f"The portal is not set up yet. Open {setup_link()}")
        elif given["verb"] == "setup":
            self.stdout.write("The portal is set up.")

    def add(self, given: dict[str, Any]) -> None:
        try:
            with transaction.atomic():
                link = add_first_staff(
                    email=given["email"],
                    name=given["name"],
                    grade=given["grade"],
                    nda=nda_of(given),
                    at=clock.now(),
                )
        except Refused as refused:
            raise CommandError(refused.sentence) from refused
        self.stdout.write(f"{given['name']} is on the staff. This link works once, for 72 hours:\n{link}")
        if given["nda_signed"] is None:
            self.stdout.write("Record the signed non-disclosure agreement after the first sign-in: /desk/people/ndas/")


def nda_of(given: dict[str, Any]) -> SignedNda | None:
    """The agreement as given by options. Raises CommandError when only a part of it is given."""
    parts = [given[name] for name in ("nda_signed", "nda_version", "nda_witness", "nda_reference")]
    if not any(parts):
        return None
    if not all(parts):
        raise CommandError("Give --nda-signed, --nda-version, --nda-witness and --nda-reference together.")
    signed, version, witness, reference = parts
    return SignedNda(
        signed_on=signed, expires_on=None, template_version=version, witness=witness, storage_reference=reference
    )
