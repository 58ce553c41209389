"""Tables as CSV files: no cell can act as a formula in a spreadsheet (TRUST A29)."""

import csv
import io
from collections.abc import Iterable, Sequence

# A spreadsheet runs a cell that begins like this as a formula; a leading apostrophe makes it text.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_bytes(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> bytes:
    """A heading and rows as CSV in UTF-8 with its mark; None is an empty cell."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(safe_cell(column) for column in columns)
    for row in rows:
        writer.writerow(safe_cell(value) for value in row)
    return stream.getvalue().encode("utf-8-sig")


def safe_cell(value: object) -> str:
    """The value as text that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
