"""Statements of our own that PostgreSQL plans once a connection, not with every run: planning took longer than running them.

    FOUND = Prepared("select id from tickets_ticket where ref = %s")
    FOUND.run(cursor, [ref])

PostgreSQL plans one anew by itself when a table changes, when the connection works as another role (row level security), and
where one plan for all values would be the dearer one. Behind a pooler that hands out connections by the transaction
(PORTAL_PREPARED=false) the same text is executed as it stands.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db.backends.utils import CursorWrapper

Values = Sequence[Any] | Mapping[str, Any]

PLACE = re.compile(r"%(?:s|%|\((\w+)\)s)")

_numbers = count(1)
# Of each open connection: how a statement that is prepared there is called.
_calls: WeakKeyDictionary[Any, dict["Prepared", str]] = WeakKeyDictionary()


class Prepared:
    """One text: a statement, or several with ";" between them (no literal may hold one); all its places are %s, or all %(name)s.

    A name that stands in two places of one statement needs the same type in both; a cast in the text says which.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.parts = [numbered(part.strip()) for part in text.split(";") if part.strip()]
        self.names = [name for _, names in self.parts for name in names]

    def run(self, cursor: CursorWrapper, values: Values) -> None:
        """Execute it; the cursor then holds the rows of the last statement."""
        if not settings.PORTAL_PREPARED:
            cursor.execute(self.text, values)
            return
        connection = cursor.db.connection
        calls = _calls.get(connection)
        if calls is None:
            calls = _calls[connection] = {}
        told = [values[name] for name in self.names] if isinstance(values, Mapping) else values
        if call := calls.get(self):
            cursor.execute(call, told)
            return
        # Numbers are never given twice: what is prepared here stays even where the transaction is rolled back.
        new = [f"portal_{next(_numbers)}" for _ in self.parts]
        texts = [
            f"prepare {name} as {text.replace('%', '%%')}" for name, (text, _) in zip(new, self.parts, strict=True)
        ]
        runs = [call_of(name, len(places)) for name, (_, places) in zip(new, self.parts, strict=True)]
        cursor.execute("; ".join([*texts, *runs]), told)
        calls[self] = "; ".join(runs)


class Write(NamedTuple):
    """A statement with its values that nobody waits for: it is sent along with another one."""

    statement: Prepared
    values: Sequence[Any]


@lru_cache(maxsize=64)
def joined(*statements: Prepared) -> Prepared:
    """One statement that sends all of them in one trip, in this order."""
    return Prepared("; ".join(one.text.strip() for one in statements))


def numbered(statement: str) -> tuple[str, list[str]]:
    """The statement with $1, $2 … for its places, and the name of each number ("" where it has none)."""
    names: list[str] = []

    def number(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        name = found[1] or ""
        if not name or name not in names:
            names.append(name)
            return f"${len(names)}"
        return f"${names.index(name) + 1}"

    return PLACE.sub(number, statement), names


def call_of(name: str, places: int) -> str:
    return f"execute {name}({', '.join(['%s'] * places)})" if places else f"execute {name}"
