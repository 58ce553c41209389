"""One new row in one statement whose text is made once a process: Django writes it anew for each, which takes longer than to run it.

For the few rows that are made by the dozen a second; everything else is `objects.create`.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connections, models
from django.db.models.fields.json import JSONField

from portal.prepared import Prepared, Write, joined

Row = TypeVar("Row", bound=models.Model)


def insert(row: Row, *, along: Sequence[Write] = (), using: str = "default") -> Row:
    """Write a row that is not there yet, and give it its key. `along`: what is written before it, in the same trip.

    No signal is sent, so not for tables that somebody listens to.
    """
    statement, plain, documents = statement_for(type(row))
    connection = connections[using]
    values = [value for one in along for value in one.values]
    values += [getattr(row, name) for name in plain]
    values += [field.get_db_prep_save(getattr(row, field.attname), connection) for field in documents]
    with connection.cursor() as cursor:
        joined(*(one.statement for one in along), statement).run(cursor, values)
        row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, using
    return row


def insert_asking(row: Row, question: Write, *, using: str = "default") -> tuple[Row, Any]:
    """The same, and the answer to a question of one column and one row, in the same trip."""
    statement, plain, documents = statement_for(type(row))
    if documents:
        raise TypeError(f"{type(row).__name__} has documents; insert it by itself.")
    values = [*(getattr(row, name) for name in plain), *question.values]
    with connections[using].cursor() as cursor:
        asking(statement, question.statement).run(cursor, values)
        row.pk, answer = cursor.fetchone()
    row._state.adding, row._state.db = False, using
    return row, answer


@lru_cache(maxsize=64)
def asking(statement: Prepared, question: Prepared) -> Prepared:
    return Prepared(f"{statement.text}, ({question.text})")


@lru_cache(maxsize=64)
def statement_for(model: type[models.Model]) -> tuple[Prepared, tuple[str, ...], tuple[Any, ...]]:
    """The statement; the attributes whose values it takes as they are; the JSON fields that follow. Raises TypeError for a
    model with columns that the database fills in."""
    fields: list[Any] = [
        field for field in model._meta.local_concrete_fields if not field.primary_key and not field.generated
    ]
    if odd := [field.name for field in fields if field.has_db_default() and not field.has_default()]:
        raise TypeError(f"{model.__name__} has columns that only Django can write: {', '.join(odd)}.")
    plain = [field for field in fields if not isinstance(field, JSONField)]
    documents = [field for field in fields if isinstance(field, JSONField)]
    columns = ", ".join(f'"{field.column}"' for field in [*plain, *documents])
    marks = ", ".join(["%s"] * len(fields))
    table, key = model._meta.db_table, model._meta.pk.column
    statement = f'insert into "{table}" ({columns}) values ({marks}) returning "{key}"'  # noqa: S608 - names of our own models
    return Prepared(statement), tuple(field.attname for field in plain), tuple(documents)
