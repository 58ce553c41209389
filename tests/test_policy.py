"""Every answer says what it may load, the refused and the missing ones too."""

from typing import Any

import pytest
from django.test import Client

from tests.cast import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/accounts/login/", "/api/v1/tickets", "/nothing/here/", "/desk/"])
def test_every_answer_has_the_policy(client: Client, world: World, path: str) -> None:
    said = client.get(path).headers["Content-Security-Policy"]
    for part in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'self'"):
        assert part in said
    assert "unsafe" not in said and "*" not in said


def test_a_page_of_staff_has_it(world: World, as_user: Any) -> None:
    assert "default-src 'none'" in as_user(world.cora).get("/desk/").headers["Content-Security-Policy"]
