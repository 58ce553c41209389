"""Schemathesis over the whole schema, against the real application: no fault of ours, nothing that the schema does not say.

Half of the cases name rows that exist, so that what lies behind them is reached too.
"""

import random
import time
from collections import Counter
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, checks
from schemathesis.specs.openapi import checks as openapi

from portal.actors import SYSTEM
from portal.api.schema import schema
from portal.tenancy import act_as_staff
from portal.wsgi import application
from tests import rows
from tests.api import token_of
from tests.cast import World
from tests.matrix_rows import (
    a_charge,
    a_mail_set_aside,
    a_report_to_come,
    a_window,
    an_access_request,
    an_agreement,
    an_alarm,
    some_time,
)
from tests.tickets import acknowledged
from tickets.models import Message

CHECKS = [
    checks.not_a_server_error,
    openapi.status_code_conformance,
    openapi.content_type_conformance,
    openapi.response_headers_conformance,
    openapi.response_schema_conformance,
    openapi.negative_data_rejection,
    openapi.missing_required_header,
    openapi.unsupported_method,
]


@pytest.fixture(autouse=True)
def no_limit(settings: Any) -> None:
    """A limit that is reached answers 429 to everything after it, which proves nothing about what stands behind."""
    settings.PORTAL_API_PER_MINUTE = 1_000_000


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """The application runs in this thread and in the test's own transaction, so nobody may close its connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def whole(environ: Any, start_response: Any) -> list[bytes]:
    """The application, whose answers are read to their end and closed, as a server does."""
    answer = application(environ, start_response)
    try:
        return [b"".join(answer)]
    finally:
        answer.close()


def operations() -> Iterator[Any]:
    loaded = schemathesis.openapi.from_dict(schema())
    loaded.app = whole
    for found in loaded.get_all_operations():
        yield found.ok()


def existing(world: World) -> dict[str, dict[str, Any]]:
    """A row for each place in an address, most of them Alder's."""
    one = acknowledged(world)
    with act_as_staff(SYSTEM):
        message = Message.objects.filter(ticket=one).first()
        assert message
        attachment = rows.attachment(message)
    return {
        "tickets": {"ref": one.ref, "id": message.pk},
        "attachments": {"ref": one.ref, "id": attachment.pk},
        "alarms": an_alarm(world),
        "reports": a_report_to_come(world),
        "agreements": an_agreement(world),
        "clients": {"slug": "alder"},
        "charges": a_charge(world),
        "time": some_time(world),
        "accesses": an_access_request(world),
        "windows": a_window(world),
        "mail-in": a_mail_set_aside(world),
    }


def places_of(operation: Any, known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The row that the address is about: of a ticket's parts the innermost that has rows of its own."""
    parts = [part for part in operation.path.split("/") if part in known]
    found = known[parts[-1]] if parts else {}
    return {"id" if name == "pk" else name: value for name, value in found.items()}


class Fuzz:
    """One person's programme, which sends made-up cases and checks every answer."""

    def __init__(self, world: World, player: str) -> None:
        self.token = token_of(getattr(world, player))
        self.known = existing(world)
        self.chance = random.Random(7)
        self.sent = 0
        self.answers: Counter[int] = Counter()

    def all(self, examples: int) -> int:
        began = time.monotonic()
        for number, operation in enumerate(operations(), start=1):
            self.one(operation, examples)
            print(f"{number} {operation.label}: {self.sent} sent, {time.monotonic() - began:.0f} s", flush=True)
        print(f"answers {dict(sorted(self.answers.items()))}")
        assert HTTPStatus.TOO_MANY_REQUESTS not in self.answers
        return self.sent

    def one(self, operation: Any, examples: int) -> None:
        real = places_of(operation, self.known)

        @settings(
            max_examples=examples, deadline=None, database=None, derandomize=True,
            phases=[Phase.generate], suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def call(case: Case) -> None:
            self.send(case, real)

        call()

    def send(self, case: Case, real: dict[str, Any]) -> None:
        for name in case.path_parameters or {}:
            if name in real and self.chance.random() < 0.8:
                case.path_parameters[name] = real[name]
        self.sent += 1
        case.headers["Authorization"] = f"Bearer {self.token}"
        if "Idempotency-Key" in case.headers:
            case.headers["Idempotency-Key"] = f"fuzz-{self.sent}"
        self.answers[case.call_and_validate(checks=CHECKS).status_code] += 1


@pytest.mark.parametrize("player", ["ann", "ben", "cora"])
def test_nothing_breaks_and_nothing_is_undocumented(world: World, player: str) -> None:
    assert Fuzz(world, player).all(4) > 20


@pytest.mark.full
@pytest.mark.parametrize("player", ["ann", "ben", "bea", "cora", "dev", "ada"])
def test_the_long_form(world: World, player: str) -> None:
    assert Fuzz(world, player).all(30) > 200
