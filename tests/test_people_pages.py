"""The pages about people: who may open and post them, twice-sent forms, strangers."""

import pytest

from portal.models import Approval, Client, Entitlement, Membership, MicrosoftTenant, Staff
from tests.cast import MORNING
from tests.people import audited, mails_to, overview

DESK = [
    ("/desk/clients/", {"cora", "dev", "lee", "ada"}),
    ("/desk/clients/alder/", {"cora", "dev", "lee", "ada"}),
    ("/desk/clients/add/", {"lee", "ada"}),
    ("/desk/clients/alder/rename/", {"lee", "ada"}),
    ("/desk/clients/alder/suspend/", {"lee", "ada"}),
    ("/desk/clients/alder/tenants/add/", {"lee", "ada"}),
    ("/desk/clients/alder/entitlements/add/", {"lee", "ada"}),
    ("/desk/clients/alder/people/invite/", {"lee", "ada"}),
    ("/desk/clients/alder/manager/", {"lee", "ada"}),
    ("/desk/people/staff/", {"lee", "ada"}),
    ("/desk/people/ndas/", {"lee", "ada"}),
    ("/desk/people/staff/add/", {"ada"}),
    ("/desk/supplier/", {"ada"}),
]
CLIENT = ["/c/alder/people/", "/c/alder/people/invite/", "/c/alder/people/stand-in/"]
STAFF = ("cora", "dev", "lee", "ada")
MEMBERS = ("ann", "ben", "bill", "bea")
INVITE = {"name": "Nia Nolan", "email": "nia@example.org", "role": "author"}


@pytest.fixture(autouse=True)
def morning(frozen):
    frozen(MORNING)


class TestWhoMayOpen:
    @pytest.mark.parametrize(("url", "allowed"), DESK)
    def test_a_desk_page_opens_for_its_grades(self, world, as_user, url, allowed):
        opened = {who for who in STAFF if as_user(getattr(world, who)).get(url).status_code == 200}
        # Without a valid agreement there is no content, so Dev may see less than the grade allows.
        assert allowed - {"dev"} <= opened <= allowed

    @pytest.mark.parametrize(("url", "allowed"), DESK)
    def test_a_desk_page_is_missing_for_clients(self, world, as_user, url, allowed):
        assert {as_user(getattr(world, who)).get(url).status_code for who in MEMBERS} == {404}

    @pytest.mark.parametrize("url", CLIENT)
    def test_the_people_page_opens_for_the_client_s_own_managers(self, world, as_user, url):
        statuses = {who: as_user(getattr(world, who)).get(url).status_code for who in (*MEMBERS, *STAFF)}
        strangers = dict.fromkeys(("bea", *STAFF), 404)
        assert statuses == {"ann": 200, "ben": 403, "bill": 403, **strangers}

    def test_one_sees_one_s_own_page_of_the_staff(self, world, as_user):
        pages = {who: f"/desk/people/staff/{getattr(world, who).staff.pk}/" for who in ("cora", "lee")}
        browser = as_user(world.cora)
        assert [browser.get(pages[who]).status_code for who in ("cora", "lee")] == [200, 403]

    @pytest.mark.parametrize("url", ["/desk/clients/nobody/", "/desk/people/staff/999999/"])
    def test_what_is_not_there_is_missing(self, world, as_user, url):
        assert as_user(world.ada).get(url).status_code == 404


POSTS = [
    ("lee", "/desk/clients/add/", {"name": "Cedar", "manager_name": "C", "manager_email": "c@example.org"}, Client),
    (
        "lee",
        "/desk/clients/alder/tenants/add/",
        {"label": "Main", "domain": "a.example", "directory_id": "6f9619ff-8b86-d011-b42d-00c04fc964ff"},
        MicrosoftTenant,
    ),
    (
        "lee",
        "/desk/clients/alder/entitlements/add/",
        {"what": "support", "valid_from": "2026-11-01", "source": "order"},
        Entitlement,
    ),
    ("lee", "/desk/clients/alder/people/invite/", INVITE, Membership),
    ("ada", "/desk/people/staff/add/", {"name": "Sue", "email": "sue@example.org", "grade": "agent"}, Staff),
    ("ann", "/c/alder/people/invite/", INVITE, Membership),
]
IDS = [f"{who} {url}" for who, url, *_ in POSTS]


class TestPosting:
    def count(self, model):
        with overview():
            return model.objects.count()

    @pytest.mark.parametrize(("who", "url", "given", "model"), POSTS, ids=IDS)
    def test_a_form_sent_twice_is_done_once(self, world, as_user, who, url, given, model):
        before, browser = self.count(model), as_user(getattr(world, who))
        answers = [browser.post(url, {**given, "idempotency_key": "k1"}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [302, 302]
        assert answers[0].headers["Location"] == answers[1].headers["Location"]
        assert self.count(model) == before + 1

    @pytest.mark.parametrize(("who", "url", "given", "model"), POSTS, ids=IDS)
    def test_others_post_nothing(self, world, as_user, who, url, given, model):
        before = self.count(model)
        others = ("ben", "bea", "cora", "dev")
        assert {as_user(getattr(world, one)).post(url, given).status_code for one in others} <= {403, 404}
        assert self.count(model) == before

    @pytest.mark.parametrize(("who", "url", "given", "model"), POSTS, ids=IDS)
    def test_an_empty_form_says_what_is_missing_and_does_nothing(self, world, as_user, who, url, given, model):
        before = self.count(model)
        answer = as_user(getattr(world, who)).post(url, {})
        assert answer.status_code == 422
        assert b"data-errors" in answer.content
        assert self.count(model) == before

    @pytest.mark.parametrize(
        ("path", "given"),
        [("role/", {"role": "author"}), ("end/", {"reason": "x"})],
    )
    def test_another_client_s_person_is_out_of_reach(self, world, as_user, path, given):
        answer = as_user(world.ann).post(f"/c/alder/people/{world.bea.membership.pk}/{path}", given)
        assert answer.status_code in (302, 404)
        with overview():
            row = Membership.objects.get(pk=world.bea.membership.pk)
        assert (row.role, row.valid_to) == ("manager", None)

    def test_a_refusal_stands_on_the_page_with_what_was_typed(self, world, as_user):
        answer = as_user(world.ann).post("/c/alder/people/invite/", {**INVITE, "email": "cora@example.org"})
        assert answer.status_code == 422
        assert b"nobody is both staff and client" in answer.content
        assert b'value="cora@example.org"' in answer.content

    def test_the_last_manager_is_told_why_not(self, world, as_user):
        url = f"/c/alder/people/{world.ann.membership.pk}/end/"
        answer = as_user(world.ann).post(url, {"reason": "Retired"})
        assert b"is the last manager of Alder Architects" in answer.content

    def test_a_taken_short_name_gets_a_number(self, world, as_user):
        given = {"name": "Alder Ltd", "manager_name": "C", "manager_email": "c@example.org"}
        assert as_user(world.lee).post("/desk/clients/add/", given).headers["Location"] == "/desk/clients/alder-2/"

    @pytest.mark.parametrize("slug", ["Alder", "a b", "-a", "a--b", "add", "ä"])
    def test_a_short_name_is_plain(self, world, as_user, slug):
        given = {"name": "X", "slug": slug, "manager_name": "C", "manager_email": "c@example.org"}
        assert as_user(world.lee).post("/desk/clients/add/", given).status_code == 422

    def test_staff_pages_do_their_work(self, world, as_user):
        browser, page = as_user(world.ada), f"/desk/people/staff/{world.dev.staff.pk}/"
        nda = {"signed_on": "2026-11-20", "template_version": "2", "witness": "W", "storage_reference": "safe"}
        away = {"first_day": "2026-12-01", "last_day": "2026-12-05", "stand_in": world.cora.staff.pk}
        posts = {
            "nda/": nda,
            "grade/": {"grade": "lead"},
            "absence/": away,
            "back/": {},
            "leave/": {"day": "2026-11-24"},
        }
        for path, given in posts.items():
            assert browser.post(f"{page}{path}", given).status_code == 302, path
        assert browser.post(f"{page}return/").status_code == 302
        assert len(audited("staff returned")) == 1

    def test_the_supplier_s_details_change_with_an_event(self, world, as_user):
        given = {
            "name": "New Name Ltd",
            "address": "1 High Street",
            "sender_name": "S",
            "sender_email": "s@example.org",
        }
        assert as_user(world.ada).post("/desk/supplier/", given).status_code == 302
        assert len(audited("supplier details changed")) == 1

    def test_an_approval_is_decided_on_the_client_s_page(self, world, as_user):
        given = {"name": "Max", "email": "max@example.org", "evidence": "Letter"}
        as_user(world.lee).post("/desk/clients/alder/manager/", given)
        with overview():
            pk = Approval.objects.get(client=world.alder).pk
        answer = as_user(world.ada).post(f"/desk/approvals/{pk}/", {"decision": "confirm", "client": "alder"})
        assert answer.headers["Location"] == "/desk/clients/alder/"
        assert [mail.kind for mail in mails_to("max@example.org")] == ["invitation"]


class TestQueries:
    @pytest.mark.parametrize(("who", "url"), [("lee", "/desk/clients/"), ("ann", "/c/alder/people/")])
    def test_a_list_asks_as_much_for_twenty_rows_as_for_one(
        self, world, as_user, django_assert_max_num_queries, who, url
    ):
        with overview():
            Client.objects.bulk_create(Client(slug=f"c{n}", name=f"C{n}", created_at=MORNING) for n in range(20))
            Membership.objects.bulk_create(
                Membership(
                    client=world.alder,
                    user=world.ben.user,
                    address=world.ben.address,
                    label=f"P{n}",
                    email="ben@example.org",
                    role="billing",
                    valid_from=MORNING.date(),
                    valid_to=MORNING.date(),
                    invited_at=MORNING,
                )
                for n in range(20)
            )
        browser = as_user(getattr(world, who))
        browser.get(url)
        with django_assert_max_num_queries(16):
            browser.get(url)
