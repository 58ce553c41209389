"""How many statements the two pages of the day cost, as the whole stack sends them: session, scope, frame and page."""

from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from portal.actors import SYSTEM
from portal.models import AuditEvent, Outbox
from portal.tenancy import act_as_staff
from tests.api import programme_of
from tests.cast import MORNING, World
from tests.forms import sent_and_acknowledged
from tests.mails import came, mark_of, raw_mail
from tests.tickets import acknowledged
from tickets.actions.mailin import receive
from tickets.models import FilledForm, Message, Ticket
from tickets.rules.mail.verdict import RawState
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


def test_a_request_is_raised_by_few_statements(lasting_world: World, as_user: Any, frozen: Any) -> None:
    """Its row in one, what belongs to it in a second; nothing between them, and no savepoint."""
    frozen(MORNING)
    form, programme = as_user(lasting_world.ann), programme_of(lasting_world.ann)
    said = {"subject": "The printer hums", "body": "Since this morning."}
    for turn in range(2):  # the first fills what a process keeps
        with CaptureQueriesContext(connection) as by_form:
            assert form.post("/c/alder/requests/new/", {**said, "idempotency_key": f"key {turn}"}).status_code == 302
        with CaptureQueriesContext(connection) as by_programme:
            assert programme.post("tickets", said).status_code == 201
    for caught, most in ((by_form, 8), (by_programme, 6)):
        sent = [query["sql"] for query in caught if not query["sql"].startswith(("BEGIN", "COMMIT"))]
        assert len(sent) <= most, "\n".join(one[:160] for one in sent)
    with act_as_staff(SYSTEM):
        assert Ticket.objects.count() == Outbox.objects.filter(kind="acknowledgement").count() == 4
        assert AuditEvent.objects.filter(kind="request received").count() == Message.objects.count() == 4


def test_a_mail_is_stored_by_one_statement_and_decided_by_few(lasting_world: World) -> None:
    raw = partial(raw_mail, lasting_world.ben)
    ticket = came(raw()).ticket  # what a process keeps is read, the child runs
    assert ticket is not None
    for mail, state, most in (
        (raw("Another"), RawState.TICKETED, 6),
        (raw("Re: Mailbox full", In_Reply_To=mark_of(ticket)), RawState.REPLIED, 12),
    ):
        with CaptureQueriesContext(connection) as caught:
            row = receive(mail, source="command", at=MORNING)
        sent = [query["sql"] for query in caught]
        assert row.state == state
        # One trip stores it for good: no transaction stands open before the second one begins.
        assert [place for place, one in enumerate(sent) if one.startswith(("BEGIN", "COMMIT"))] == [1, len(sent) - 1]
        assert len(sent) - 2 <= most, "\n".join(one[:160] for one in sent)
