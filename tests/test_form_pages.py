"""Ready-made forms on the client's pages: found, filled in, looked through, sent once, kept as a template."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.actors import SYSTEM
from portal.models import AuditEvent
from portal.tenancy import act_as, act_as_staff
from tests.cast import MORNING, World
from tickets.actions import filledforms, requestforms
from tickets.models import AccessRequest, Attachment, FilledForm, FormTemplate, Ticket
from tickets.queries.requestforms import offered_form
from tickets.rules.readyforms import READY, STARTER
from tickets.rules.states import Visibility

pytestmark = pytest.mark.django_db
FORMS = "/c/alder/requests/forms/"
STARTS = {"a_name": "Zoe Zander", "a_first_day": "2026-12-01"}
RESET = {"a_person_name": "Jo Smith", "a_what": "The password", "a_reason": "Locked out after the holiday."}


@pytest.fixture(autouse=True)
def now(frozen: Any) -> None:
    frozen(MORNING)


def text(answer: Any) -> str:
    return answer.content.decode()


def post(browser: Any, code: str, given: dict[str, Any], go: str, **more: Any) -> Any:
    return browser.post(f"{FORMS}{code}/", {**given, "version": "1", "go": go, **more})


def tickets() -> list[Ticket]:
    with act_as_staff(SYSTEM):
        return list(Ticket.objects.all())


class TestTheList:
    def test_it_is_one_click_from_asking_in_ones_own_words(self, world: World, as_user: Any) -> None:
        ben = as_user(world.ben)
        assert f'href="{FORMS}"' in text(ben.get("/c/alder/requests/new/"))
        page = text(ben.get(FORMS))
        assert all(one.form.name in page for one in READY) and 'href="/c/alder/requests/new/"' in page

    @pytest.mark.parametrize(
        ("words", "found", "left_out"),
        [("password", "Password reset", "Leaver"), ("MAIL protection", "Remove e-mail", "Shared"), ("zzz", "No form", "Leaver")],
        ids=["one word", "two words", "none"],
    )  # fmt: skip
    def test_the_search_box_finds_by_words(
        self, world: World, as_user: Any, words: str, found: str, left_out: str
    ) -> None:
        page = text(as_user(world.ben).get(FORMS, {"q": words}))
        assert found in page and left_out not in page

    @pytest.mark.clause("EML-5")
    def test_what_only_a_manager_sends_is_said_before(self, world: World, as_user: Any) -> None:
        assert "A manager sends it" in text(as_user(world.ben).get(FORMS))
        assert "A manager sends it" not in text(as_user(world.ann).get(FORMS))
        barred = as_user(world.ben).get(f"{FORMS}remove-email-protection/")
        assert "Only a manager of your organisation can send" in text(barred) and "a_agreed" not in text(barred)
        assert as_user(world.ben).post(f"{FORMS}remove-email-protection/", {"go": "send"}).status_code == 422
        assert tickets() == []

    @pytest.mark.parametrize("rows", [1, 20])
    def test_it_costs_the_same_for_one_and_for_twenty(
        self, world: World, as_user: Any, django_assert_max_num_queries: Any, rows: int
    ) -> None:
        with act_as(world.alder.pk):
            version = offered_form("new-starter")
            for number in range(rows):
                filledforms.keep_template(
                    version, {}, label=f"T {number}", maker=world.ben.membership, by=world.ben.actor, at=MORNING
                )  # type: ignore[arg-type]
        ben = as_user(world.ben)
        ben.get(FORMS)
        with django_assert_max_num_queries(14):
            assert text(ben.get(FORMS)).count("?template=") == rows


class TestFillingIn:
    @pytest.mark.parametrize("code", [one.code for one in READY])
    def test_every_form_opens_and_says_what_is_missing(self, world: World, as_user: Any, code: str) -> None:
        ann = as_user(world.ann)
        assert ann.get(f"{FORMS}{code}/").status_code == 200
        empty = ann.post(f"{FORMS}{code}/", {})
        assert empty.status_code == 422 and 'href="#id_a_' in text(empty)

    @pytest.mark.parametrize(
        ("code", "change", "said"),
        [
            ("new-starter", {"a_first_day": "2026-11-23"}, "This day is over"),
            ("new-starter", {"a_first_day": "soon"}, "Give a date"),
            ("new-starter", {"a_hand_over": "nowhere"}, "valid email address"),
            ("new-starter", {"a_name": "x" * 201}, "at most 200 characters"),
            ("password-reset", {"a_person": "", "a_person_name": ""}, "Choose a person, or write the name below."),
            ("password-reset", {"a_what": "My lunch"}, "valid choice"),
            ("password-reset", {"a_reason": "as discussed"}, "not specific enough"),
        ],
        ids=["past day", "no day", "no address", "too long", "nobody", "no choice", "vague"],
    )
    def test_an_error_names_the_question_and_its_cure(
        self, world: World, as_user: Any, code: str, change: dict[str, str], said: str
    ) -> None:
        given = {**(STARTS if code == "new-starter" else RESET), **change}
        answer = post(as_user(world.ben), code, given, "send")
        assert answer.status_code == 422 and said in text(answer)
        (name, value), *_ = change.items()
        assert f'href="#id_{name}"' in text(answer) and value in text(answer)
        assert tickets() == []

    def test_somebody_is_chosen_or_named_but_not_both(self, world: World, as_user: Any) -> None:
        chosen = {"a_person": str(world.ann.membership.pk)}  # type: ignore[union-attr]
        ben = as_user(world.ben)
        assert "not both" in text(post(ben, "password-reset", {**RESET, **chosen}, "check"))
        page = text(post(ben, "password-reset", {**RESET, **chosen, "a_person_name": ""}, "check"))
        assert "Is this right?" in page and "Ann Archer" in page
        stranger = {"a_person": str(world.bea.membership.pk), "a_person_name": ""}  # type: ignore[union-attr]
        assert "valid choice" in text(post(ben, "password-reset", {**RESET, **stranger}, "check"))

    @pytest.mark.clause("ACC-7")
    def test_a_correction_that_changes_nothing_is_said(self, world: World, as_user: Any) -> None:
        given = {
            "a_person_name": "Jo", "a_place": "Contact card", "a_change_before": "Same", "a_change_after": "Same",
            "a_reason": "It is wrong.",
        }  # fmt: skip
        assert "Before and after are the same" in text(post(as_user(world.ben), "data-correction", given, "check"))

    def test_a_form_that_is_not_offered_is_not_there(self, world: World, as_user: Any) -> None:
        assert as_user(world.ben).get(f"{FORMS}holiday/").status_code == 404
        with act_as_staff(SYSTEM):
            form_id = offered_form("new-starter").form_id
            requestforms.retire_form(form_id, by=world.lee.actor, at=MORNING)
        assert as_user(world.ben).get(f"{FORMS}new-starter/").status_code == 404


class TestSending:
    def test_nothing_is_sent_before_it_was_looked_through(self, world: World, as_user: Any) -> None:
        ben = as_user(world.ben)
        page = text(post(ben, "new-starter", STARTS, "check"))
        assert "Nothing has been sent yet" in page and "1 December 2026" in page
        assert '<input type="hidden" name="a_name" value="Zoe Zander">' in page and tickets() == []
        again = text(post(ben, "new-starter", STARTS, "change"))
        assert 'value="Zoe Zander"' in again and "Look it through" in again

    @pytest.mark.clause("LIA-3")
    def test_it_is_sent_once_and_stands_among_the_requests(self, world: World, as_user: Any) -> None:
        ben, given = as_user(world.ben), {**STARTS, "idempotency_key": "form 1"}
        where = {post(ben, "new-starter", given, "send")["Location"] for _ in range(2)}
        (ticket,) = tickets()
        assert where == {f"/c/alder/requests/{ticket.ref}/"}
        page = text(ben.get(where.pop()))
        assert "New starter: Zoe Zander" in page and "First day: 1 December 2026" in page
        assert "It came by the form “New starter”" in page
        with act_as_staff(SYSTEM):
            assert AuditEvent.objects.filter(kind="form filled in", client_id=ticket.client_id).count() == 1

    def test_a_file_is_carried_through_the_look(self, world: World, as_user: Any) -> None:
        ben, file = as_user(world.ben), SimpleUploadedFile("list.txt", b"Groups: accounts", "text/plain")
        page = text(ben.post(f"{FORMS}new-starter/", {**STARTS, "files": file, "go": "check"}))
        assert "list.txt" in page
        token = page.split('name="files-kept" value="')[1].split('"')[0]
        assert post(ben, "new-starter", {**STARTS, "files-kept": token}, "send").status_code == 302
        with act_as_staff(SYSTEM):
            assert [one.name for one in Attachment.objects.all()] == ["list.txt"]

    def test_a_form_that_changed_meanwhile_is_looked_through_again(self, world: World, as_user: Any) -> None:
        with act_as_staff(SYSTEM):
            form_id = offered_form("new-starter").form_id
            requestforms.save_form(STARTER, by=world.lee.actor, at=MORNING, form_id=form_id, seen=1)
        answer = post(as_user(world.ben), "new-starter", STARTS, "send")
        assert answer.status_code == 200 and "has changed meanwhile" in text(answer) and tickets() == []

    def test_it_may_be_confidential_where_no_manager_is_needed(self, world: World, as_user: Any) -> None:
        ben = as_user(world.ben)
        post(ben, "new-starter", {**STARTS, "confidential": "on"}, "send")
        post(ben, "password-reset", {**RESET, "confidential": "on"}, "send")
        seen = {one.subject.partition(":")[0]: one.visibility for one in tickets()}
        assert seen == {"New starter": Visibility.CONFIDENTIAL, "Password reset": Visibility.STANDARD}

    @pytest.mark.clause("ODS-4", "LIA-3")
    def test_the_manager_finds_the_question_of_a_reset(self, world: World, as_user: Any) -> None:
        post(as_user(world.ben), "password-reset", RESET, "send")
        (ticket,) = tickets()
        page = text(as_user(world.ann).get(f"/c/alder/requests/{ticket.ref}/access/"))
        assert "Account of Jo Smith" in page and 'name="word"' in page
        with act_as_staff(SYSTEM):
            assert AccessRequest.objects.get().written_by == "Ben Baker"

    def test_another_client_may_send_the_same_form_and_sees_nothing_of_it(self, world: World, as_user: Any) -> None:
        post(as_user(world.ben), "new-starter", STARTS, "send")
        (ticket,) = tickets()
        bea = as_user(world.bea)
        assert bea.get("/c/birch/requests/forms/new-starter/").status_code == 200
        assert bea.get(f"/c/birch/requests/{ticket.ref}/").status_code == 404
        with act_as(world.birch.pk):
            assert not FilledForm.objects.exists()


class TestTemplates:
    def keep(self, browser: Any, label: str = "Office joiner", **more: Any) -> Any:
        given = {**STARTS, "a_hand_over": "ann@example.org", "a_device": "yes", **more}
        return post(browser, "new-starter", given, "keep", label=label)

    @pytest.mark.clause("ACC-4")
    def test_it_is_kept_once_and_fills_in_the_next_form(self, world: World, as_user: Any) -> None:
        ben = as_user(world.ben)
        where = {self.keep(ben, idempotency_key="t1")["Location"] for _ in range(2)}
        assert len(where) == 1 and tickets() == []
        page = text(as_user(world.ann).get(where.pop()))
        assert 'value="Zoe Zander"' in page and 'value="2026-12-01"' in page
        assert "ann@example.org" not in page.split("<form", 1)[1]  # private: asked again each time
        with act_as_staff(SYSTEM):
            assert AuditEvent.objects.filter(kind="template kept", client_id=world.alder.pk).count() == 1

    @pytest.mark.parametrize(("label", "said"), [("", "Give the template a name"), ("Office joiner", "already")], ids=["none", "taken"])  # fmt: skip
    def test_a_name_that_will_not_do_is_said_and_nothing_is_lost(
        self, world: World, as_user: Any, label: str, said: str
    ) -> None:
        ben = as_user(world.ben)
        self.keep(ben)
        answer = self.keep(ben, label)
        assert answer.status_code == 422 and said in text(answer) and 'value="Zoe Zander"' in text(answer)

    @pytest.mark.parametrize("asked", ["0", "x", "9" * 30, "-1"])
    def test_a_template_that_is_not_there_fills_in_nothing(self, world: World, as_user: Any, asked: str) -> None:
        page = as_user(world.ben).get(f"{FORMS}new-starter/?template={asked}")
        assert page.status_code == 200 and "Zoe" not in text(page)

    def test_it_is_removed_by_its_maker_or_a_manager(self, world: World, as_user: Any) -> None:
        ann, ben, bea = as_user(world.ann), as_user(world.ben), as_user(world.bea)
        self.keep(ann)
        with act_as_staff(SYSTEM):
            row = FormTemplate.objects.get()
        remove = f"{FORMS}templates/{row.pk}/remove/"
        assert "Office joiner" in text(ben.get(FORMS)) and remove not in text(ben.get(FORMS))
        assert "Ann Archer made this template" in text(ben.post(remove, follow=True))
        assert bea.post(f"/c/birch/requests/forms/templates/{row.pk}/remove/").status_code == 404
        assert "is no longer offered" in text(ann.post(remove, {"idempotency_key": "r"}, follow=True))
        assert "Fill in a form and keep it" in text(ben.get(FORMS)) and ben.post(remove).status_code == 404
