"""Programmes for tests: a token of one of the cast, and a client that shows it with each request."""

import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.http import HttpResponse
from django.test import Client as Browser

from portal.actions.tokens import make_token
from portal.queries.tokens import Place
from portal.rules.tokens import Scope, scopes_for
from tests.cast import MORNING, Person

keys = count(1)


def token_of(person: Person, *scopes: str, days: int = 90, name: str = "Monitoring") -> str:
    """The secret of a new token; with every scope that the person may give, unless some are named."""
    place = Place(membership=person.membership, staff=person.staff)
    given = scopes or scopes_for(staff=person.staff is not None)
    _, secret = make_token(
        place=place, user_id=person.user.pk, name=name, scopes=list(given), days=days, by=person.actor, at=MORNING
    )
    return secret


@dataclass
class Programme:
    """What somebody's programme does with a token."""

    token: str
    browser: Browser = field(default_factory=lambda: Browser(raise_request_exception=False))

    def get(self, path: str, **query: Any) -> HttpResponse:
        return self.browser.get(f"/api/v1/{path}", query, headers=self.headers())

    def post(self, path: str, said: Any = None, *, key: str = "", **more: Any) -> HttpResponse:
        """JSON, with a key of its own unless one is given."""
        headers = self.headers() | {"Idempotency-Key": key or f"key-{next(keys)}"}
        body = json.dumps({} if said is None else said)
        return self.browser.post(f"/api/v1/{path}", body, content_type="application/json", headers=headers | more)

    def upload(self, path: str, said: dict[str, Any], *, key: str = "") -> HttpResponse:
        headers = self.headers() | {"Idempotency-Key": key or f"key-{next(keys)}"}
        return self.browser.post(f"/api/v1/{path}", said, headers=headers)

    def caller(self) -> Browser:
        """A test client that always shows the token."""
        return Browser(raise_request_exception=False, headers=self.headers())

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def programme_of(person: Person, *scopes: str) -> Programme:
    return Programme(token_of(person, *scopes))


def is_problem(answer: HttpResponse, status: int, **facts: Any) -> dict[str, Any]:
    """The problem document of an answer, which must have this status and say these facts."""
    assert answer.status_code == status, (answer.status_code, answer.content[:400])
    assert answer["Content-Type"] == "application/problem+json"
    said: dict[str, Any] = json.loads(answer.content)
    assert {"type", "title", "status", "detail"} <= set(said) and said["status"] == status
    assert {name: said.get(name) for name in facts} == facts
    return said


ALL = list(Scope)
