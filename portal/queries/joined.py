"""Rows of several models that one statement of our own reads, as Django's select_related would give them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models
from django.db.models.fields.json import JSONField


class Joined:
    """The models by their alias in the statement, in order; `without`: columns that are read when somebody asks for them."""

    def __init__(
        self, aliases: Mapping[str, type[models.Model]], *, without: frozenset[str] | set[str] = frozenset()
    ) -> None:
        self.parts: list[tuple[type[models.Model], list[str], list[int], int]] = []
        columns, begun = [], 0
        for alias, model in aliases.items():
            fields = [field for field in model._meta.concrete_fields if field.name not in without]
            names = [field.attname for field in fields]
            key = names.index(model._meta.pk.attname)
            documents = [number for number, field in enumerate(fields) if isinstance(field, JSONField)]
            self.parts.append((model, names, documents, begun + key))
            columns += [f"{alias}.{field.column}" for field in fields]
            begun += len(fields)
        self.columns = ", ".join(columns)

    def models(self, row: Sequence[Any]) -> list[Any]:
        """One of each, None for what the row has not (a left join)."""
        found: list[Any] = []
        begun = 0
        for model, names, documents, key in self.parts:
            values = list(row[begun : begun + len(names)])
            for number in documents:
                values[number] = None if values[number] is None else json.loads(values[number])
            found.append(None if row[key] is None else model.from_db("default", names, values))
            begun += len(names)
        return found
