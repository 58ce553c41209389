"""How many statements the two pages of the day cost, as the whole stack sends them: session, scope, frame and page."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from tests.cast import World
from tests.tickets import acknowledged


def statements(staff: Browser, path: str) -> list[str]:
    """Those of the second visit: the first fills what a process keeps."""
    assert staff.get(path).status_code == 200
    with CaptureQueriesContext(connection) as caught:
        staff.get(path)
    return [query["sql"] for query in caught if not query["sql"].startswith(("BEGIN", "COMMIT"))]


@pytest.mark.parametrize(("page", "most"), [("queue", 9), ("ticket", 12)], ids=["queue", "ticket"])
def test_a_page_costs_few_statements(lasting_world: World, as_user: Any, page: str, most: int) -> None:
    ticket = acknowledged(lasting_world)
    path = {"queue": "/desk/", "ticket": f"/desk/tickets/{ticket.ref}/"}[page]
    sent = statements(as_user(lasting_world.cora), path)
    assert len(sent) <= most, "\n".join(one[:160] for one in sent)
