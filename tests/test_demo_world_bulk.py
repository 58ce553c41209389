"""Requests by the hundred thousand: copies of lives that were lived by the rules, so that they agree with the rules too."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Count

from compliance import demo
from portal.actors import SYSTEM
from portal.models import Client
from portal.queries.contract import worktime_of
from portal.tenancy import act_as_staff
from portal.worktime import deadline
from tickets.demo import bulk
from tickets.models import Message, ResponseClock, Ticket
from tickets.queries.clock_inputs import support_of
from tickets.rules.promise import response_target
from tickets.rules.states import Group

WANTED = 900


@pytest.fixture
def crowd(db: None, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same in small: a twentieth of the patterns, ten clients."""
    settings.PORTAL_DEMO, settings.PORTAL_VAR = True, tmp_path
    for module, name, value in (
        (demo, "BY_HAND", 100), (demo, "USUAL", 80), (bulk, "CLIENTS", 10), (bulk, "CLOSED_PATTERNS", 30),
        (bulk, "OPEN_PATTERNS", 10), (bulk, "BATCH", 300), (bulk, "OPEN_SHARE", 0.1),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, value)
    call_command("demo", "--first-start", "--tickets", str(WANTED))


def test_copies_agree_with_the_rules(crowd):
    with act_as_staff(SYSTEM):
        assert Ticket.objects.count() == WANTED
        assert Client.objects.count() == 22
        clocks = ResponseClock.objects.select_related("ticket", "calendar", "ticket__requester")
        assert clocks.count() == WANTED - 1
        for one in clocks.order_by("-id")[:200]:
            support = support_of(one.ticket, started_at=one.started_at, calendar=one.calendar)
            assert (one.target, one.entitlement_id) == (response_target(support), support.id if support else None)
            assert one.due_at == deadline(one.started_at, one.target, worktime_of(one.calendar)).due
            assert one.ticket.requester_label == one.ticket.requester.label


def test_copies_are_spread_and_some_are_open(crowd):
    with act_as_staff(SYSTEM):
        a_client = Ticket.objects.values("client").annotate(number=Count("id")).order_by("-number")
        assert len(a_client) >= 20
        copies = Ticket.objects.order_by("-id")[:600]
        still_open = sum(one.queue_group != Group.ENDED for one in copies)
        assert 20 < still_open < 120
        messages = (
            Message.objects.filter(ticket__in=[one.pk for one in copies]).values("ticket").annotate(number=Count("id"))
        )
        assert {row["number"] for row in messages} <= {1, 2}
