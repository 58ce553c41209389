"""Every page by keyboard alone (WCAG 2.2: 2.1.1, 2.1.2, 2.4.3, 2.4.7, 2.4.11, 1.4.11), zoomed to 200 % and with spaced text (1.4.4,
1.4.12). A few pages run always; every page of the portal, in both colour schemes, in `make test-full`."""

import pytest
from django.urls import reverse

from tests.browser_pages import Shown, shown  # noqa: F401
from tests.keyboard_walk import lost_by_spacing, opened_and_closed, walk
from tests.matrix import addresses
from tests.matrix_rows import ROWS
from tests.test_browser_pages import FULL, PERSONS

pytestmark = pytest.mark.browser

DESK_SCREEN = {"width": 1280, "height": 800}
ZOOMED = {"width": 640, "height": 400}  # what 200 % leaves of that screen
FEW = [("ada", "/desk/"), ("ada", "/desk/tickets/{open}/"), ("ann", "/c/alder/"), ("visitor", "/accounts/login/")]


def keyboard_faults(shown: Shown, who: str, address: str, scheme: str = "light") -> list[str]:
    page = shown.by(who)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size(DESK_SCREEN)
    page.goto(address)
    found = [*walk(page), *opened_and_closed(page), *lost_by_spacing(page)]
    page.set_viewport_size(ZOOMED)
    found += [f"zoomed: {fault}" for fault in [*walk(page), *opened_and_closed(page), *lost_by_spacing(page)]]
    page.set_viewport_size(DESK_SCREEN)
    return found


@pytest.mark.parametrize(("who", "address"), FEW)
def test_a_page_can_be_used_by_keyboard_alone(shown: Shown, who: str, address: str) -> None:
    assert keyboard_faults(shown, who, address.format(**shown.refs)) == []


@pytest.mark.full
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("name", "role"), FULL, ids=[f"{role} {name}" for name, role in FULL])
def test_every_page_can_be_used_by_keyboard_alone(shown: Shown, name: str, role: str, scheme: str) -> None:
    row = ROWS[name]
    slug = {"slug": "alder"} if addresses()[name] else {}
    address = reverse(name, kwargs={**slug, **row.given(shown.world)})
    assert keyboard_faults(shown, PERSONS[role], address, scheme) == []
