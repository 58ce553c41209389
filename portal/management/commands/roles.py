"""`manage.py roles`: make the database roles and the database, once per cluster (DESIGN.md 3)."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.tenancy.roles import Login, make_roles


class Command(BaseCommand):
    help = "Make the database roles and the database. Safe to run again, and from several machines at once."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--tests", action="store_true", help="Let the owner create databases, which only the tests need."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.PORTAL_CLUSTER_URL:
            raise CommandError("PORTAL_CLUSTER_URL is not set; write the URL of a login that may create roles.")
        if "owner" not in settings.DATABASES:
            raise CommandError("DATABASE_OWNER_URL is not set; the roles take the owner's name and password from it.")
        owner, app = settings.DATABASES["owner"], settings.DATABASES["default"]
        if owner["NAME"] != app["NAME"]:
            raise CommandError("DATABASE_OWNER_URL and DATABASE_URL name different databases; both must name the same.")
        make_roles(
            settings.PORTAL_CLUSTER_URL,
            owner=Login(owner["USER"], owner["PASSWORD"]),
            app=Login(app["USER"], app["PASSWORD"]),
            database=owner["NAME"],
            owner_may_create=options["tests"],
        )
        self.stdout.write(f"Roles and database {owner['NAME']} are ready.")
