"""Signed documents of requests for tests: the worker makes them, and their file can be read."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from portal.actors import SYSTEM
from portal.documents.render import stop_renderer
from portal.documents.sign import stop_verifier
from portal.files import open_stored
from portal.tenancy import act_as, act_as_staff
from tests.cast import MORNING, World
from tickets.actions.papermaking import make_papers
from tickets.actions.papers import ask_for_paper
from tickets.models import Ticket, TicketDocument
from tickets.rules.papers import Paper

LATER = MORNING + timedelta(hours=2)


@pytest.fixture
def papers(settings: Any, tmp_path: Any, frozen: Any) -> Iterator[None]:
    """The demo's certificate signs; its clock has no offset here."""
    frozen(LATER)
    settings.PORTAL_DEMO, settings.PORTAL_VAR = True, tmp_path
    yield
    stop_renderer()
    stop_verifier()


def made(ticket: Ticket, paper: Paper, world: World, at: datetime = LATER) -> TicketDocument:
    """A document that Ben asked for and the worker made."""
    with act_as(ticket.client_id):
        ask_for_paper(ticket.pk, paper, by=world.ben.actor, at=at)
    assert make_papers(at) == 1
    with act_as_staff(SYSTEM):
        return TicketDocument.objects.select_related("document").filter(ticket=ticket).latest("id")


def stored(one: TicketDocument, folder: Path) -> Path:
    """Its signed file; PAPERS_TO names a folder that keeps a copy to look at."""
    assert one.document
    file = folder / f"{one.document.number}.pdf"
    with open_stored(one.document.storage_name) as body:
        file.write_bytes(body.read())
    if "PAPERS_TO" in os.environ:
        Path(os.environ["PAPERS_TO"], file.name).write_bytes(file.read_bytes())
    return file
