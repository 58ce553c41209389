"""Ready-made forms at the desk: the card with its checklist beside a request, and the editor for leads."""

from typing import Any

import pytest

from portal.actors import SYSTEM
from portal.models import AuditEvent
from portal.tenancy import act_as_staff
from tests.cast import MORNING, World
from tests.forms import sent, sent_and_acknowledged
from tickets.actions import requestforms
from tickets.models import FormVersion, StepTick, Ticket
from tickets.queries.requestforms import newest_versions, offered_form
from tickets.rules.readyforms import STARTER

pytestmark = pytest.mark.django_db
EDITOR = "/desk/forms/"


@pytest.fixture
def now(frozen: Any) -> None:
    frozen(MORNING)


def text(answer: Any) -> str:
    return answer.content.decode()


@pytest.mark.usefixtures("now")
class TestTheCard:
    def test_the_ticket_fetches_it_when_it_is_looked_at(self, world: World, as_user: Any) -> None:
        ticket, cora = sent_and_acknowledged(world, "new-starter"), as_user(world.cora)
        page = text(cora.get(f"/desk/tickets/{ticket.ref}/"))
        assert f'hx-get="/desk/tickets/{ticket.ref}/form/"' in page
        assert '<option value="addition" selected>' in page  # the kind that the form says
        assert "6 steps of the checklist are still open" in page
        card = text(cora.get(f"/desk/tickets/{ticket.ref}/form/", headers={"HX-Request": "true"}))
        assert "6 steps open" in card and "Zoe Zander" in card and "<html" not in card and "LIA-3" in card
        assert "<html" in text(cora.get(f"/desk/tickets/{ticket.ref}/form/"))

    def test_a_request_without_a_form_has_none(self, world: World, as_user: Any) -> None:
        ticket = sent(world, "new-starter")
        with act_as_staff(SYSTEM):
            other = Ticket.objects.create(
                **{name: getattr(ticket, name) for name in ("client", "requester", "requester_label", "terms", "queue_at",
                   "received_at", "last_client_at", "state_since")}, ref="0000-TEST", subject="Plain",
            )  # fmt: skip
        cora = as_user(world.cora)
        assert "/form/" not in text(cora.get(f"/desk/tickets/{other.ref}/"))
        assert cora.get(f"/desk/tickets/{other.ref}/form/").status_code == 404
        assert cora.post(f"/desk/tickets/{other.ref}/form/step/", {"step": "x", "done": "1"}).status_code == 404

    @pytest.mark.clause("LIA-3")
    def test_a_step_is_ticked_once_and_taken_back(self, world: World, as_user: Any) -> None:
        ticket, cora = sent(world, "new-starter"), as_user(world.cora)
        where = f"/desk/tickets/{ticket.ref}/form/step/"
        for _ in range(2):
            assert cora.post(where, {"step": "account", "done": "1", "idempotency_key": "s"}).status_code == 302
        with act_as_staff(SYSTEM):
            assert StepTick.objects.count() == 1
            assert AuditEvent.objects.filter(kind="step ticked", subject_id=ticket.pk).count() == 1
        card = cora.post(where, {"step": "account", "done": "0"}, headers={"HX-Request": "true"})
        assert (
            card.status_code == 200
            and card["X-Done"] == f"/desk/tickets/{ticket.ref}/"
            and "6 steps open" in text(card)
        )
        assert "Cora Carter ticked: Create the account" in text(cora.get(f"/desk/tickets/{ticket.ref}/"))
        assert "ticked" not in text(as_user(world.ben).get(f"/c/alder/requests/{ticket.ref}/"))

    @pytest.mark.parametrize("htmx", [True, False], ids=["card", "page"])
    def test_what_cannot_be_ticked_is_said(self, world: World, as_user: Any, htmx: bool) -> None:
        ticket, cora = sent(world, "password-reset"), as_user(world.cora)
        headers = {"HX-Request": "true"} if htmx else {}
        for step, said in (("who_asks", "No identity check"), ("", "required"), ("nope", "no such step")):
            given = {"step": step, "done": "1"}
            answer = cora.post(f"/desk/tickets/{ticket.ref}/form/step/", given, headers=headers, follow=True)
            assert said in text(answer) and "X-Done" not in answer
        with act_as_staff(SYSTEM):
            assert not StepTick.objects.exists()

    def test_resolving_warns_of_what_is_open_and_stops_at_what_is_required(self, world: World, as_user: Any) -> None:
        ticket, cora = sent_and_acknowledged(world, "new-starter"), as_user(world.cora)
        page = f"/desk/tickets/{ticket.ref}"
        cora.post(f"{page}/accept/", {"kind": "addition"})
        refused = text(cora.post(f"{page}/move/", {"state": "resolved"}, follow=True))
        assert "2 required steps of the checklist are still open" in refused
        for step in ("manager_knows", "account"):
            cora.post(f"{page}/form/step/", {"step": step, "done": "1"})
        done = text(cora.post(f"{page}/move/", {"state": "resolved"}, follow=True))
        assert "Resolved with 4 of 6 steps of its checklist still open" in done
        card = text(cora.get(f"{page}/form/"))
        assert 'name="done"' not in card  # finished: the checklist rests

    def test_without_an_agreement_nobody_sees_it(self, world: World, as_user: Any) -> None:
        ticket, dev = sent(world, "new-starter"), as_user(world.dev)
        assert dev.get(f"/desk/tickets/{ticket.ref}/form/").status_code == 403
        assert dev.post(f"/desk/tickets/{ticket.ref}/form/step/", {"step": "account", "done": "1"}).status_code == 403


def rows(prefix: str, lines: list[dict[str, Any]]) -> dict[str, str]:
    """What a browser posts for a set of rows."""
    given = {f"{prefix}-TOTAL_FORMS": str(len(lines)), f"{prefix}-INITIAL_FORMS": "0"}
    for number, line in enumerate(lines):
        given |= {f"{prefix}-{number}-{name}": str(value) for name, value in line.items()}
    return given


FACE = {
    "name": "Van hire", "summary": "A van for a day.", "notice": "", "kind": "addition", "area": "product",
    "clause": "lia-1", "why": "Because it is an addition.", "seen": "0",
}  # fmt: skip
DAY = {"label": "Which day?", "asks": "date", "required": "on", "ahead": "on", "ORDER": "2"}
SIZE = {"label": "Size", "asks": "choice", "choices": "Small\n\n Large \n", "required": "on", "ORDER": "1"}
BOOK = {"label": "Book it", "required": "on", "needs": "nothing"}
# The spare rows come along as a browser sends them: untouched.
SPARE = {"key": "", "label": "", "asks": "line", "help": "", "choices": "", "most": "", "required": "on", "ORDER": ""}
REST = {"key": "", "label": "", "needs": "nothing", "ORDER": ""}
VAN = {**FACE, **rows("q", [DAY, SIZE, SPARE, SPARE]), **rows("s", [BOOK, REST])}


@pytest.mark.usefixtures("now")
class TestTheEditor:
    @pytest.mark.clause("LIA-3")
    def test_a_form_is_previewed_then_saved_once(self, world: World, as_user: Any) -> None:
        lee = as_user(world.lee)
        preview = text(lee.post(f"{EDITOR}add/", {**VAN, "go": "preview"}))
        assert "Preview: Van hire" in preview and 'name="a_which_day"' in preview
        with act_as_staff(SYSTEM):
            assert FormVersion.objects.count() == 10
        for _ in range(2):
            assert lee.post(f"{EDITOR}add/", {**VAN, "go": "save", "idempotency_key": "v"})["Location"] == EDITOR
        with act_as_staff(SYSTEM):
            version = FormVersion.objects.get(form__code="van-hire")
            size, day = version.definition().fields
            assert (size.label, size.choices, day.ahead, version.clause) == ("Size", ("Small", "Large"), True, "LIA-1")
            assert AuditEvent.objects.filter(kind="request form saved", actor_label="Lee Lister").count() == 1
        assert "Van hire" in text(as_user(world.ben).get("/c/alder/requests/forms/"))

    @pytest.mark.parametrize(
        ("change", "said", "where"),
        [
            ({"name": ""}, "required", "id_name"),
            ({"clause": "LIA-9"}, "no such clause", "id_clause"),
            ({"q-1-choices": "One"}, "between 2 and 30", "id_q-1-label"),
            ({"q-0-label": "New password"}, "Never ask for a password", "id_q-0-label"),
            ({"q-0-label": ""}, "Write the question, or remove it", "id_q-0-label"),
            ({"q-0-most": "99999"}, "less than or equal to", "id_q-0-most"),
            ({"s-0-label": "", "s-0-needs": "access"}, "Write the step, or remove it", "id_s-0-label"),
            ({"q-0-DELETE": "on", "q-1-DELETE": "on"}, "at least one question", "data-errors"),
        ],
        ids=["name", "clause", "choices", "secret", "question", "limit", "step", "nothing"],
    )
    def test_an_error_names_its_field(
        self, world: World, as_user: Any, change: dict[str, str], said: str, where: str
    ) -> None:
        answer = as_user(world.lee).post(f"{EDITOR}add/", {**VAN, **change, "go": "save"})
        assert answer.status_code == 422 and said in text(answer) and where in text(answer)
        with act_as_staff(SYSTEM):
            assert FormVersion.objects.count() == 10

    def test_a_changed_form_keeps_its_keys_and_becomes_a_new_version(self, world: World, as_user: Any) -> None:
        with act_as_staff(SYSTEM):
            old = offered_form("password-reset")
        ada, address = as_user(world.ada), f"{EDITOR}{old.form_id}/"
        page = text(ada.get(address))
        assert "Save as a new version" in page and 'value="who_asks"' in page and "who asks is checked" in page
        given = posted_back(old) | {"name": "Reset", "go": "save"}
        assert ada.post(address, given)["Location"] == EDITOR
        with act_as_staff(SYSTEM):
            new = offered_form("password-reset")
            assert (new.number, new.name, new.leads) == (2, "Reset", "reset")
            assert new.definition().fields == old.definition().fields and new.steps == old.steps
        late = ada.post(address, given | {"name": "Too late"})
        assert late.status_code == 422 and "Somebody else changed this form" in text(late)

    def test_a_form_that_leads_further_cannot_lose_what_it_needs(self, world: World, as_user: Any) -> None:
        with act_as_staff(SYSTEM):
            old = offered_form("password-reset")
        given = posted_back(old) | {"q-0-DELETE": "on", "go": "save"}
        answer = as_user(world.lee).post(f"{EDITOR}{old.form_id}/", given)
        assert answer.status_code == 422 and "must keep its question “person”" in text(answer)

    def test_it_is_retired_offered_and_moved_once_each(self, world: World, as_user: Any) -> None:
        lee = as_user(world.lee)
        with act_as_staff(SYSTEM):
            form_id = offered_form("leaver").form_id
        for deed, said in (
            ("up", "stands one place higher"),
            ("retire", "is no longer offered"),
            ("offer", "is offered again"),
        ):
            for _ in range(2):
                page = text(lee.post(f"{EDITOR}{form_id}/{deed}/", {"idempotency_key": deed}, follow=True))
            assert page.count(said) <= 1
        with act_as_staff(SYSTEM):
            assert newest_versions()[0].form.code == "leaver"
            kinds = AuditEvent.objects.filter(subject_type="requestform").values_list("kind", flat=True)
            assert sorted(kinds) == ["request form offered", "request form retired"]
        assert lee.post(f"{EDITOR}0/retire/").status_code == 404 and lee.get(f"{EDITOR}0/").status_code == 404

    def test_agents_do_not_edit(self, world: World, as_user: Any) -> None:
        cora = as_user(world.cora)
        assert cora.get(EDITOR).status_code == 403 and cora.post(f"{EDITOR}add/", VAN).status_code == 403
        assert EDITOR not in text(cora.get("/desk/")) and EDITOR in text(as_user(world.lee).get("/desk/"))

    @pytest.mark.parametrize("more", [1, 20])
    def test_the_list_costs_the_same_for_one_more_and_for_twenty(
        self, world: World, as_user: Any, django_assert_max_num_queries: Any, more: int
    ) -> None:
        with act_as_staff(SYSTEM):
            for _ in range(more):
                requestforms.save_form(STARTER, by=world.lee.actor, at=MORNING)
        lee = as_user(world.lee)
        lee.get(EDITOR)
        with django_assert_max_num_queries(14):
            assert text(lee.get(EDITOR)).count("/retire/") == 10 + more


def posted_back(version: FormVersion) -> dict[str, str]:
    """What the editor's page of a form posts when nobody changes anything."""
    names = ("name", "summary", "notice", "kind", "area", "clause", "why")
    face = {name: getattr(version, name) for name in names} | {"seen": str(version.number)}
    questions = [
        {**plain(one), "choices": "\n".join(one["choices"]), "most": one["most"] or ""} for one in version.fields
    ]
    both = rows("q", questions) | rows("s", [plain(one) for one in version.steps])
    both |= {"q-INITIAL_FORMS": str(len(version.fields)), "s-INITIAL_FORMS": str(len(version.steps))}
    return face | both


def plain(line: dict[str, Any]) -> dict[str, Any]:
    """A row's values as a browser sends them: a box that is not ticked is not sent."""
    return {name: "on" if value is True else value for name, value in line.items() if value is not False}
