"""Before the demo world is loaded: the database is empty, or it holds a demo world and nobody real, and is emptied."""

from django.db import connection
from django.db.utils import InternalError

from portal.errors import Refused
from portal.models import Client, Supplier, User
from portal.rules.states import DemoState

NO_DEMO = "This database is no demo: it was not created empty as one, or a real person has joined it."


def refuse_unless_empty() -> None:
    """Raises Refused unless nothing at all has been recorded. Needs the staff's rights."""
    if Supplier.objects.exists() or User.objects.exists() or Client.objects.exists():
        raise Refused("LOG-1", "This database is not empty, so it cannot become a demo.")


def empty_world() -> None:
    """Throw the demo world away. Raises Refused for a database that is no demo.

    The database itself decides (the function demo_reset): nobody who works with the portal may delete from its tables.
    """
    if (
        not Supplier.objects.filter(pk=1, demo_state=DemoState.OPEN).exists()
        or User.objects.filter(is_demo=False).exists()
    ):
        raise Refused("LOG-1", NO_DEMO)
    try:
        with connection.cursor() as cursor:
            cursor.execute("select public.demo_reset()")
    except InternalError as error:
        raise Refused("LOG-1", NO_DEMO) from error
