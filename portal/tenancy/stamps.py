"""Signs of what every piece of work reads and hardly anybody ever changes: the supplier, the calendar, the terms, the products.

A scope reads the signs as it opens, in the statement that opens it; a process keeps the rows under their sign. So they cost no
statement, and are exactly those of the scope's beginning. Outside a scope, and after a change inside it, they are read anew.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django.apps import apps
from django.db import connections
from django.db.models.signals import post_delete, post_save

Value = TypeVar("Value")
Signs = tuple[str | None, ...]

# Any change of a row moves its version; calendars and terms only ever get further rows.
SIGNS = {
    "supplier": "(select xmin || '/' || ctid from portal_supplier where id = 1)",
    "calendars": "(select xmin || '/' || ctid from portal_workingcalendar order by version desc limit 1)",
    "terms": "(select xmin || '/' || ctid from portal_terms order by version desc limit 1)",
    "products": "(select string_agg(xmin || '/' || ctid, ' ') from portal_product)",
}
SELECTED = ", ".join(SIGNS.values())
PLACES = {name: place for place, name in enumerate(SIGNS)}
TABLES = ("supplier", "workingcalendar", "terms", "product")

_kept: dict[str, tuple[str, Any]] = {}


def signs(using: str = "default") -> Signs:
    """Those of the scope that is open; () outside, and after a change inside."""
    found: Signs = getattr(connections[using], "portal_signs", ())
    return found


def note(found: Signs, using: str = "default") -> None:
    """The scope has read them; () when it ends."""
    connections[using].portal_signs = found  # type: ignore[attr-defined]


def kept(name: str, read: Callable[[], Value]) -> Value:
    """What `read` reads, or what it read before under the same sign. The value is shared: for reading only."""
    known = signs()
    sign = known[PLACES[name]] if known else None
    if sign is None:
        return read()
    held = _kept.get(name)
    if held is None or held[0] != sign:
        held = _kept[name] = (sign, read())
    value: Value = held[1]
    return value


def forget(using: str = "default") -> None:
    """After a change: what follows in this scope is read from the tables."""
    note((), using)


def listen() -> None:
    """Forget at every change of these tables (Django's signals; who writes past them calls `forget`)."""
    for name in TABLES:
        for signal in (post_save, post_delete):
            # To these senders alone: a listener to all would make every delete read its rows first.
            signal.connect(_changed, sender=apps.get_model("portal", name), dispatch_uid="portal signs")


def _changed(using: str, **_: Any) -> None:
    forget(using)
