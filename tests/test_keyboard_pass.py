"""Every page by keyboard alone (WCAG 2.2: 2.1.1, 2.1.2, 2.4.3, 2.4.7, 2.4.11, 1.4.11), zoomed to 200 % and with spaced text (1.4.4,
1.4.12). A few pages run always; every page of the portal, in both colour schemes, in `make test-full`."""

from functools import cache

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.urls import reverse

from tests.browser import watched
from tests.browser_pages import Shown, accessible, shown  # noqa: F401
from tests.cast import PASSWORD
from tests.keyboard_walk import lost_by_spacing, opened_and_closed, refused_badly, walk
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
    page.wait_for_load_state("networkidle")  # parts of a page come behind it
    found = [*walk(page), *opened_and_closed(page), *lost_by_spacing(page)]
    page.set_viewport_size(ZOOMED)
    found += [f"zoomed: {fault}" for fault in [*walk(page), *opened_and_closed(page), *lost_by_spacing(page)]]
    page.set_viewport_size(DESK_SCREEN)
    return found


@cache  # what a page needs is made once
def address_of(shown: Shown, name: str) -> str:
    slug = {"slug": "alder"} if addresses()[name] else {}
    return reverse(name, kwargs={**slug, **ROWS[name].given(shown.world)})


@pytest.mark.parametrize(("who", "address"), FEW)
def test_a_page_can_be_used_by_keyboard_alone(shown: Shown, who: str, address: str) -> None:
    assert keyboard_faults(shown, who, address.format(**shown.refs)) == []


@pytest.mark.full
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("name", "role"), FULL, ids=[f"{role} {name}" for name, role in FULL])
def test_every_page_can_be_used_by_keyboard_alone(shown: Shown, name: str, role: str, scheme: str) -> None:
    assert keyboard_faults(shown, PERSONS[role], address_of(shown, name), scheme) == []


FORMS = [("ann", "/c/alder/requests/new/"), ("ann", "/c/alder/people/invite/"), ("visitor", "/accounts/login/")]


@pytest.mark.parametrize(("who", "address"), FORMS)
def test_a_refused_form_leads_to_what_is_to_mend(shown: Shown, who: str, address: str) -> None:
    assert refused_badly(shown.by(who), address) == []


@pytest.mark.full
@pytest.mark.parametrize(("name", "role"), FULL, ids=[f"{role} {name}" for name, role in FULL])
def test_every_refused_form_leads_to_what_is_to_mend(shown: Shown, name: str, role: str) -> None:
    assert refused_badly(shown.by(PERSONS[role]), address_of(shown, name)) == []


HOSTILE = """() => {
  const [first, second, third] = document.querySelectorAll('main :is(a[href], button, input:not([type=hidden]))');
  first.style.setProperty('outline', 'none', 'important');
  const cover = document.createElement('div'), box = second.getBoundingClientRect();
  Object.assign(cover.style, { position: 'absolute', background: 'red', zIndex: 99, left: `${box.x + scrollX}px`, top: `${box.y + scrollY}px`, width: `${box.width}px`, height: `${box.height}px` });
  document.body.append(cover);
  third.tabIndex = 1;
}"""


def test_the_walk_finds_what_it_looks_for(shown: Shown) -> None:
    page = shown.by("visitor")
    page.goto("/accounts/login/")
    page.evaluate(HOSTILE)
    found = " ".join(walk(page))
    assert "no visible focus" in found and "covered, 0% free" in found and "never reached" in found
    page.goto("/accounts/login/")
    page.evaluate(
        "document.querySelector('main input:not([type=hidden])').addEventListener('keydown', event => event.preventDefault())"
    )
    assert "trapped at" in " ".join(walk(page))


SMALL = """() => {
  const foot = document.querySelector('footer');
  Object.assign(foot.style, { display: 'block', lineHeight: 1 });
  for (const one of foot.querySelectorAll('a')) Object.assign(one.style, { minHeight: '0', height: '10px', display: 'block', fontSize: '9px' });
}"""


def test_the_smallest_target_is_big_enough_and_the_check_would_say_so(shown: Shown) -> None:
    page = shown.by("visitor")
    page.goto("/accounts/login/")
    page.evaluate(SMALL)
    assert any("target-size" in fault for fault in accessible(page))


def test_the_second_step_of_signing_in_can_be_done_by_keyboard(shown: Shown) -> None:
    person = shown.world.dev
    totp.TOTP.activate(person.user, totp.generate_totp_secret())
    context = watched(shown.chromium, shown.site.url, shown.faults, reduced_motion="reduce")
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(person.user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/2fa/authenticate/")
    found = [*walk(page), *accessible(page), *lost_by_spacing(page), *refused_badly(page, page.url)]
    context.close()
    assert found == []
