"""Requests: the address decides the scope, strangers learn nothing, and what fails is rolled back."""

import pytest
from django.conf import settings
from django.db import ProgrammingError, connection, transaction
from django.test import Client as Browser

from portal.actors import SYSTEM
from portal.models import Client, Membership, Notice, Staff
from portal.rules.states import ClientState, Role
from portal.tenancy import act_as_staff
from portal.tenancy.door import clients_of
from portal.tenancy.middleware import LostWrite
from tests.cast import BEGAN, MORNING, SINCE, signed_in

pytestmark = pytest.mark.urls("tests.tenancy_urls")


def notices() -> int:
    with act_as_staff(SYSTEM):
        return Notice.objects.count()


def careless(person):
    """A browser for pages that fail: it takes the error page instead of the exception."""
    browser = signed_in(person)
    browser.raise_request_exception = False
    return browser


class TestClientPages:
    def test_they_run_as_the_client_in_the_address(self, world, as_user):
        answer = as_user(world.ann).get("/c/alder/who/").json()
        assert answer == {
            "role": "portal_client", "kind": "member", "label": "Ann Archer", "as": "manager", "client": world.alder.pk,
            "roles": ["manager"], "slug": "alder", "nda": False,
        }  # fmt: skip

    def test_a_stranger_and_a_missing_client_get_the_same_answer(self, world, as_user):
        browser = as_user(world.bea)
        strange, missing = browser.get("/c/alder/who/"), browser.get("/c/nobody/who/")
        assert (strange.status_code, strange.content) == (missing.status_code, missing.content)
        assert strange.status_code == 404

    def test_staff_are_strangers_too(self, world, as_user):
        assert as_user(world.lee).get("/c/alder/who/").status_code == 404

    def test_a_person_of_two_clients_gets_the_one_in_the_address(self, world, as_user):
        with act_as_staff(SYSTEM):
            self.join(world, world.ann, world.birch, Role.AUTHOR)
        browser = as_user(world.ann)
        assert browser.get("/c/alder/who/").json()["as"] == "manager"
        assert browser.get("/c/birch/who/").json()["as"] == "author"
        assert [(one.slug, one.roles) for one in clients_of(world.ann.user.pk, MORNING)] == [
            ("alder", ("manager",)),
            ("birch", ("author",)),
        ]

    def test_of_several_roles_the_strongest_acts(self, world, as_user):
        with act_as_staff(SYSTEM):
            self.join(world, world.bill, world.alder, Role.MANAGER)
        answer = as_user(world.bill).get("/c/alder/who/").json()
        assert (answer["as"], answer["roles"]) == ("manager", ["billing", "manager"])

    @pytest.mark.parametrize("field", ["valid_to", "valid_from"])
    def test_a_role_counts_only_on_its_days(self, world, as_user, frozen, field):
        with act_as_staff(SYSTEM):
            Membership.objects.filter(pk=world.ben.membership.pk).update(**{field: MORNING.date()})
        statuses = []
        for instant in ("2026-11-23T23:59+00:00", "2026-11-24T00:00+00:00"):
            frozen(instant)
            statuses.append(as_user(world.ben).get("/c/alder/who/").status_code)
        assert statuses == ([200, 404] if field == "valid_to" else [404, 200])

    def test_a_suspended_client_reads_on_and_posts_nothing(self, world, as_user):
        with act_as_staff(SYSTEM):
            Client.objects.filter(pk=world.alder.pk).update(
                state=ClientState.SUSPENDED, suspended_reason="Please call us."
            )
        assert as_user(world.ann).get("/c/alder/who/").status_code == 200
        answer = as_user(world.ann).post("/c/alder/who/")
        assert answer.status_code == 403
        assert b"suspended. Please call us." in answer.content

    def join(self, world, person, client, role):
        Membership.objects.create(
            client=client, user=person.user, address=person.address, label=person.user.name, email=person.user.email,
            role=role, valid_from=SINCE, invited_at=BEGAN,
        )  # fmt: skip


class TestDeskPages:
    def test_they_run_as_staff(self, world, as_user):
        answer = as_user(world.lee).get("/desk/who/").json()
        assert (answer["role"], answer["kind"], answer["as"], answer["nda"]) == ("portal_staff", "staff", "lead", True)

    def test_members_find_nothing_there(self, world, as_user):
        assert as_user(world.ann).get("/desk/who/").status_code == 404

    def test_a_leaver_finds_nothing_there_at_once(self, world, as_user):
        browser = as_user(world.cora)
        assert browser.get("/desk/who/").status_code == 200
        with act_as_staff(SYSTEM):
            Staff.objects.filter(pk=world.cora.staff.pk).update(valid_to=SINCE)
        assert browser.get("/desk/who/").status_code == 404

    @pytest.mark.clause("CMP-6")
    def test_without_an_nda_content_is_refused_in_words(self, world, as_user):
        browser = as_user(world.dev)
        assert browser.get("/desk/who/").json()["role"] == "portal_staff_plain"
        answer = browser.get("/desk/content/")
        assert answer.status_code == 403
        assert b"no valid non-disclosure agreement" in answer.content

    def test_without_a_second_factor_staff_set_one_up_first(self, world, as_user):
        answer = as_user(world.cora, mfa=False).get("/desk/who/")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/2fa/totp/activate/")

    def test_a_door_of_the_demo_counts_as_a_second_factor(self, world, as_user):
        browser = as_user(world.cora, mfa=False)
        session = browser.session
        session["demo_door"] = True
        session.save()
        assert browser.get("/desk/who/").status_code == 200


class TestVisitors:
    @pytest.mark.parametrize("address", ["/c/alder/who/?page=2", "/c/nobody/who/", "/desk/who/"])
    def test_they_sign_in_and_come_back(self, world, address):
        answer = Browser().get(address)
        assert answer.status_code == 302
        assert answer.headers["Location"] == "/accounts/login/?next=" + address.replace("/", "%2F").replace(
            "?", "%3F"
        ).replace("=", "%3D")

    def test_after_a_post_they_come_back_to_the_section(self, world):
        assert Browser().post("/c/alder/who/").headers["Location"].endswith("?next=%2Fc%2Falder%2F")

    def test_part_of_a_page_sends_the_whole_page_to_sign_in(self, world):
        answer = Browser().get("/desk/who/", headers={"HX-Request": "true"})
        assert answer.headers["HX-Redirect"] == "/accounts/login/?next=%2Fdesk%2F"

    def test_open_pages_stand_at_the_door(self, world, as_user):
        for browser in (Browser(), as_user(world.ann), as_user(world.cora)):
            answer = browser.get("/open/").json()
            assert answer == {"role": connection.settings_dict["USER"], "kind": "visitor", "products": True}


class TestWhatFailsIsRolledBack:
    def test_what_works_is_kept(self, world, as_user):
        assert as_user(world.ann).get("/c/alder/writes/").status_code == 200
        assert notices() == 1

    @pytest.mark.parametrize(
        ("page", "status"), [("answers-500", 500), ("raises", 500), ("answers-an-exception", 400), ("conflict", 409)]
    )
    def test_what_fails_leaves_nothing(self, world, page, status):
        assert careless(world.ann).get(f"/c/alder/{page}/").status_code == status
        assert notices() == 0

    def test_a_swallowed_error_never_looks_like_success(self, world, as_user):
        with pytest.raises(LostWrite, match="answered 200"):
            as_user(world.ann).get("/c/alder/swallows/")
        assert notices() == 0


class TestAnswersThatComeLater:
    def test_a_template_is_rendered_inside_the_scope(self, world, as_user):
        assert as_user(world.ann).get("/c/alder/lazy/").content == b"Ann Archer;Ben Baker;Bill Butler;"

    def test_a_stream_outside_the_scope_fails_closed(self, world, as_user):
        answer = as_user(world.ann).get("/c/alder/streams/")
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            b"".join(answer.streaming_content)

    def test_a_stream_with_its_own_scope_works(self, world, as_user):
        answer = as_user(world.ann).get("/c/alder/streams-in-scope/")
        assert b"".join(answer.streaming_content) == b"Ann ArcherBen BakerBill Butler"

    def test_session_and_messages_are_kept(self, world, as_user):
        browser = as_user(world.ann)
        browser.get("/c/alder/session/")
        assert browser.session["kept"] == "yes"

    def test_a_clients_act_may_call_on_the_portal(self, world, as_user):
        assert as_user(world.ann).get("/c/alder/steps-up/").json() == {"clients": 2}


class TestTheDatabaseIsAwayOrBusy:
    @pytest.mark.parametrize(
        ("name", "address"), [("ann", "/c/alder/slow/"), ("cora", "/desk/slow/"), ("ann", "/slow/")]
    )
    def test_a_timeout_is_a_503(self, lasting_world, name, address):
        answer = careless(getattr(lasting_world, name)).get(address)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "10"

    def test_a_lost_connection_is_a_503_and_the_next_page_works(self, lasting_world):
        browser = careless(lasting_world.ann)
        assert browser.get("/c/alder/cut-off/").status_code == 503
        connection.close()
        assert browser.get("/c/alder/who/").json()["role"] == "portal_client"


def test_the_middleware_stands_last():
    assert settings.MIDDLEWARE[-1] == "portal.tenancy.middleware.ScopeMiddleware"
