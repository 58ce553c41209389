"""Fields and constraints that many tables share."""

from collections.abc import Iterable

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models.functions import Coalesce


class DateRange(models.Func):
    """SQL daterange(from, to): half-open, and an absent end means for ever."""

    function = "daterange"
    output_field = DateRangeField()


def client_key(related_name: str = "+", null: bool = False, indexed: bool = True) -> models.ForeignKey:
    """The tenant column of every client-owned table.

    `indexed`: not where rows are made by the dozen a second; the unique key over client and id begins with the client too.
    """
    return models.ForeignKey(
        "portal.Client", on_delete=models.PROTECT, related_name=related_name, null=null, db_index=indexed
    )


def same_client_key(to: str, related_name: str = "+", null: bool = False, indexed: bool = True) -> models.ForeignKey:
    """A key to another row of the same client. `indexed`: not where another index begins with it, or holds the few rows that have one.

    The database constraint is (client_id, key) -> (client_id, id), written in the tenancy migrations: a plain key
    is checked without row level security and could point across clients.
    """
    return models.ForeignKey(
        to,
        on_delete=models.PROTECT,
        related_name=related_name,
        null=null,
        blank=null,
        db_constraint=False,
        db_index=indexed,
    )


def no_overlap(name: str, columns: Iterable[str | Coalesce], message: str) -> ExclusionConstraint:
    """No two rows of the same columns may be valid on the same day (valid_from inclusive, valid_to exclusive)."""
    expressions: list[tuple[str | models.Func, str]] = [(column, RangeOperators.EQUAL) for column in columns]
    expressions.append((DateRange("valid_from", "valid_to"), RangeOperators.OVERLAPS))
    return ExclusionConstraint(name=name, expressions=expressions, violation_error_message=message)


def one_of(field: str, values: Iterable[str], name: str) -> models.CheckConstraint:
    """The column holds one of the values: the enum lives in rules, the wall in the database."""
    allowed = [str(value) for value in values]
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__in": allowed}),
        name=name,
        violation_error_message=f"{field} must be one of {', '.join(allowed)}.",
    )


def dates_in_order(name: str) -> models.CheckConstraint:
    """valid_to is absent or not before valid_from (equal = ended before it began to count)."""
    return models.CheckConstraint(
        condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
        name=name,
        violation_error_message="The last day must not be before the first.",
    )
