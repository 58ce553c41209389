"""How many statements the two pages of the day cost, as the whole stack sends them: session, scope, frame and page."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from portal.actors import SYSTEM
from portal.tenancy import act_as_staff
from tests.cast import World
from tests.forms import sent_and_acknowledged
from tests.tickets import acknowledged
from tickets.models import FilledForm
from tickets.rules.readyforms import STARTER


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


def test_a_request_that_came_by_a_form_costs_no_more_and_its_card_the_same_with_every_step(
    lasting_world: World, as_user: Any
) -> None:
    ticket, cora = sent_and_acknowledged(lasting_world, "new-starter"), as_user(lasting_world.cora)
    page = f"/desk/tickets/{ticket.ref}/"
    assert len(statements(cora, page)) <= 12
    before = len(statements(cora, f"{page}form/"))
    for step in STARTER.steps:
        cora.post(f"{page}form/step/", {"step": step.key, "done": "1"})
    with act_as_staff(SYSTEM):
        assert FilledForm.objects.get().open_steps == 0
    assert len(statements(cora, f"{page}form/")) == before <= 12
