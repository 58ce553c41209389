"""`manage.py migrate` as the database's owner: the portal's own login owns nothing and could not."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import connections

# PostgreSQL 15 lets an owner without inherited rights create nothing in schema public; only as pg_database_owner may it
# grant itself that. The grant option is passed on for a moment to the role that owns the definer functions.
SCHEMA_RIGHTS = (
    "set role pg_database_owner",
    "grant usage, create on schema public to {owner} with grant option",
    "reset role",
    "revoke temporary on database {database} from public",
)


class Command(migrate.Command):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["database"] not in settings.DATABASES:
            raise CommandError("DATABASE_OWNER_URL is not set; tables are changed by their owner only.")
        give_schema_rights(options["database"])
        super().handle(*args, **options)


def give_schema_rights(alias: str) -> None:
    """What a database's template cannot hand on: the rights on the database itself."""
    connection = connections[alias]
    names = {
        "owner": connection.ops.quote_name(connection.settings_dict["USER"]),
        "database": connection.ops.quote_name(connection.settings_dict["NAME"]),
    }
    with connection.cursor() as cursor:
        for statement in SCHEMA_RIGHTS:
            cursor.execute(statement.format(**names))
