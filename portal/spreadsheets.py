"""CSV files that a spreadsheet opens safely: UTF-8 with its mark, and no cell that acts as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def cell(value: object) -> str:
    """A value as text; what a spreadsheet would reckon with gets an apostrophe before it. Numbers stay numbers."""
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and text.lstrip(" ").startswith(FORMULA_STARTS) else text


def csv_bytes(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> bytes:
    """The whole table."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(cell(column) for column in columns)
    for row in rows:
        writer.writerow(cell(value) for value in row)
    return stream.getvalue().encode("utf-8-sig")


def csv_answer(name: str, columns: Sequence[str], rows: Iterable[Iterable[object]]) -> HttpResponse:
    """The table as a file to keep; no browser or proxy keeps another copy."""
    answer = HttpResponse(csv_bytes(columns, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer
