"""The benchmark explains its figures by the portal's own statements: each of them must still be found."""

from typing import Any

import pytest

from benchmarks.plans import plans
from portal.actors import SYSTEM
from portal.tenancy import act_as_staff
from tests.cast import MORNING, World
from tests.tickets import acknowledged


@pytest.mark.django_db
def test_each_key_query_has_its_plan(world: World, frozen: Any, settings: Any) -> None:
    frozen(MORNING)
    settings.PORTAL_PREPARED = False  # "execute portal_7" explains nothing
    with act_as_staff(SYSTEM):
        for _ in range(51):  # more than one page
            acknowledged(world)
    found = plans()
    assert len(found) == 8 and all("actual time" in plan for plan in found.values())
    assert "tickets_queuetally" in found["queue, its numbers"]
