"""Every page in a real browser: no error in the console, accessible in light and dark (WCAG 2.2 AA), no sideways scroll on the
smallest phone. The most important pages run always; the whole URL conf at all widths runs in `make test-full`."""

import pytest
from django.urls import reverse

from tests.browser_pages import Shown, accessible, fits, shown, wrongs  # noqa: F401
from tests.matrix import addresses
from tests.matrix_rows import ROWS

pytestmark = pytest.mark.browser

SMALLEST = 320
WIDTHS = (320, 390, 768, 1024, 1440)
DESK = [
    "/desk/",
    "/desk/?view=done",
    "/desk/mine/",
    "/desk/search/?q=password",
    "/desk/answers/",
    "/desk/forms/",
    "/desk/forms/add/",
    "/desk/tickets/{open}/",
    "/desk/tickets/{progress}/",
    "/desk/tickets/{closed}/",
    "/desk/tickets/new/alder/",
    "/desk/clients/",
    "/desk/clients/alder/",
    "/desk/people/staff/",
    "/desk/mail/",
    "/desk/jobs/",
    "/desk/alarms/",
    "/desk/notices/",
    "/desk/audit/",
]
CLIENT = [
    "/c/alder/",
    "/c/alder/requests/?view=all",
    "/c/alder/requests/search/?q=password",
    "/c/alder/requests/new/",
    "/c/alder/requests/forms/",
    "/c/alder/requests/forms/data-correction/",
    "/c/alder/requests/{waiting}/",
    "/c/alder/requests/{overdue}/",
    "/c/alder/people/",
    "/c/alder/reports/",
    "/c/alder/notices/",
    "/c/alder/notices/choices/",
]
PUBLIC = ["/accounts/login/", "/accounts/password/reset/", "/terms/", "/verify/"]
MOST_USED = [*(("ada", one) for one in DESK), *(("ann", one) for one in CLIENT), *(("visitor", one) for one in PUBLIC)]


@pytest.mark.parametrize(("who", "address"), MOST_USED)
def test_a_page_is_accessible_quiet_and_fits_a_small_phone(shown: Shown, who: str, address: str) -> None:
    assert wrongs(shown, who, address.format(**shown.refs), SMALLEST) == []


def test_a_page_that_is_not_there_is_as_good_as_the_others(shown: Shown) -> None:
    assert wrongs(shown, "ada", "/desk/tickets/0000-0000/", SMALLEST, status=404) == []


SPOILED = """() => {
  document.querySelector('main').innerHTML = '<p>faint</p><img src=x><div>wide</div>';
  Object.assign(document.querySelector('main p').style, { color: '#ddd', background: '#fff' });
  document.querySelector('main div').style.width = '900px';
}"""


def test_the_checks_find_what_they_look_for(shown: Shown) -> None:
    page = shown.by("visitor")
    page.goto("/terms/")
    page.evaluate(SPOILED)
    found = " ".join([*accessible(page), *fits(page, SMALLEST)])
    assert "light: color-contrast" in found and "light: image-alt" in found and "too wide at 320 px" in found
    assert any("status of 404" in fault for fault in shown.faults)


# What is no page of its own: fragments, downloads, health, and the style guide, which has tests of its own.
NO_PAGES = {
    "desk:queue_rows", "desk:queue_version", "desk:preview", "desk:attachment", "desk:styleguide",
    "client:papers", "client:paper", "desk:papers", "desk:paper", "desk:figures_csv",
    "client:report_rows", "client:attachment", "client:agreement-file", "desk:agreement-file", "public:healthz", "public:readyz",
    "public:brand-accent", "public:brand-sample", "public:brand-logo", "public:brand-icon", "public:brand-sign",
}  # fmt: skip
PERSONS = {"manager": "ann", "admin": "ada", "visitor": "visitor"}
FULL = sorted(
    (name, role)
    for name, row in ROWS.items()
    for role in PERSONS
    if name not in NO_PAGES and not name.startswith("api:") and row.get[role] == 200
)


@pytest.mark.full
@pytest.mark.parametrize(("name", "role"), FULL, ids=[f"{role} {name}" for name, role in FULL])
def test_every_page_of_the_portal_at_every_width(shown: Shown, name: str, role: str) -> None:
    row = ROWS[name]
    slug = {"slug": "alder"} if addresses()[name] else {}
    assert wrongs(shown, PERSONS[role], reverse(name, kwargs={**slug, **row.given(shown.world)}), *WIDTHS) == []
