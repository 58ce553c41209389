"""A few columns of one row in one statement whose text is made once a process, and planned once a connection (portal/inserts.py
is its sister). For the few rows that are changed by the dozen a second; everything else is `row.save`.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, cast

from django.db import connections, models
from django.db.models.fields.json import JSONField

from portal.prepared import Prepared

ANYHOW: Mapping[str, Any] = MappingProxyType({})


def update(
    row: models.Model, names: Sequence[str], *, only_if: Mapping[str, Any] = ANYHOW, using: str = "default"
) -> bool:
    """Write these fields. False when the row is gone, or is no longer as `only_if` says. No
    signal is sent, so not for tables that somebody listens to."""
    statement, attributes = statement_for(type(row), tuple(names), tuple(only_if))
    with connections[using].cursor() as cursor:
        statement.run(cursor, [*(getattr(row, name) for name in attributes), row.pk, *only_if.values()])
        return cursor.fetchone() is not None


@lru_cache(maxsize=256)
def statement_for(
    model: type[models.Model], names: tuple[str, ...], asked: tuple[str, ...]
) -> tuple[Prepared, tuple[str, ...]]:
    """The statement, and the attributes whose values it takes. Raises TypeError for a column that only Django can write."""
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    if odd := [one.name for one in fields if isinstance(one, JSONField) or getattr(one, "auto_now", False)]:
        raise TypeError(f"{model.__name__} has columns that only Django can write: {', '.join(odd)}.")
    columns = ", ".join(f'"{one.column}" = %s' for one in fields)
    same = "".join(f' and "{cast(Any, model._meta.get_field(name)).column}" is not distinct from %s' for name in asked)
    table, key = model._meta.db_table, model._meta.pk.column
    statement = f'update "{table}" set {columns} where "{key}" = %s{same} returning "{key}"'  # noqa: S608 - names of our own models
    return Prepared(statement), tuple(one.attname for one in fields)
