"""Ready-made forms by the interface: read, and requests raised with them, judged by the page's own form."""

from typing import Any

import pytest

from portal.actors import SYSTEM
from portal.tenancy import act_as_staff
from tests.api import is_problem, programme_of
from tests.cast import MORNING, World
from tickets.actions import requestforms
from tickets.models import AccessRequest, FilledForm, Ticket
from tickets.queries.requestforms import offered_form
from tickets.rules.readyforms import READY

pytestmark = pytest.mark.django_db
STARTS = {"version": 1, "answers": {"name": "Zoe Zander", "first_day": "2026-12-01"}}
RESET = {"person_name": "Jo Smith", "what": "The password", "reason": "Locked out after the holiday."}


@pytest.fixture(autouse=True)
def now(frozen: Any) -> None:
    frozen(MORNING)


def count() -> int:
    with act_as_staff(SYSTEM):
        return Ticket.objects.count()


@pytest.mark.parametrize("who", ["ben", "cora"])
def test_the_forms_are_listed_in_their_order_with_their_questions(world: World, who: str) -> None:
    programme = programme_of(world.people[who])
    forms = programme.get("forms").json()
    assert [one["code"] for one in forms] == [one.code for one in READY]
    one = programme.get("forms/data-correction").json()
    assert (one["version"], one["clause"], one["kind"]) == (1, "ACC-7", "alteration")
    assert {line["key"]: line["send"] for line in one["questions"]} == {
        "person": ["person", "person_name"],
        "place": ["place"],
        "change": ["change_before", "change_after"],
        "reason": ["reason"],
    }
    is_problem(programme.get("forms/holiday"), 404)


@pytest.mark.clause("LIA-3")
def test_a_request_is_raised_once_with_its_form(world: World) -> None:
    programme = programme_of(world.ben)
    answers = [programme.post("forms/new-starter/tickets", STARTS, key="k") for _ in range(2)]
    assert {one.status_code for one in answers} == {201} and answers[0].content == answers[1].content
    said = answers[0].json()
    assert (said["subject"], said["channel"], said["client"]) == ("New starter: Zoe Zander", "api", "alder")
    with act_as_staff(SYSTEM):
        assert FilledForm.objects.get().answers == STARTS["answers"] and Ticket.objects.count() == 1


@pytest.mark.clause("LIA-3", "ODS-4")
def test_a_person_is_named_by_number_or_by_name(world: World) -> None:
    programme = programme_of(world.ben)
    assert programme.post("forms/password-reset/tickets", {"version": 1, "answers": RESET}).status_code == 201
    numbered = {**RESET, "person": str(world.ann.membership.pk), "person_name": ""}  # type: ignore[union-attr]
    assert programme.post("forms/password-reset/tickets", {"version": 1, "answers": numbered}).status_code == 201
    with act_as_staff(SYSTEM):
        assert sorted(AccessRequest.objects.values_list("person", flat=True)) == ["Ann Archer", "Jo Smith"]


@pytest.mark.parametrize(
    ("code", "given", "field"),
    [
        ("new-starter", {"name": "", "first_day": "2026-12-01"}, "answers.name"),
        ("new-starter", {"name": "Zoe", "first_day": "2020-01-01"}, "answers.first_day"),
        ("new-starter", {"name": "Zoe", "first_day": "2026-12-01", "shoe": "42"}, "answers.shoe"),
        ("new-starter", {"name": ["Zoe"]}, "answers.name"),
        ("password-reset", {**RESET, "person_name": ""}, "answers.person"),
        ("password-reset", {**RESET, "reason": "as discussed"}, "answers.reason"),
    ],
    ids=["missing", "past day", "not asked", "no text", "nobody", "vague"],
)
def test_an_error_names_the_answer(world: World, code: str, given: dict[str, Any], field: str) -> None:
    said = is_problem(programme_of(world.ben).post(f"forms/{code}/tickets", {"version": 1, "answers": given}), 400)
    assert field in [one["field"] for one in said["errors"]] and count() == 0


@pytest.mark.clause("EML-5")
def test_what_only_a_manager_may_ask_is_refused(world: World) -> None:
    given = {"scope": "The whole organisation", "from_day": "2026-12-01", "instead": "Nothing", "agreed": "true"}
    asked = {"version": 1, "answers": given}
    refused = is_problem(programme_of(world.ben).post("forms/remove-email-protection/tickets", asked), 422)
    assert refused["clause"] == "EML-5" and count() == 0
    assert programme_of(world.ann).post("forms/remove-email-protection/tickets", asked).status_code == 201


def test_a_version_that_is_over_is_not_sent(world: World) -> None:
    with act_as_staff(SYSTEM):
        old = offered_form("new-starter")
        requestforms.save_form(old.definition(), by=world.lee.actor, at=MORNING, form_id=old.form_id, seen=1)
    said = is_problem(programme_of(world.ben).post("forms/new-starter/tickets", STARTS), 400)
    assert [one["field"] for one in said["errors"]] == ["version"] and count() == 0


def test_staff_do_not_send_a_clients_form(world: World) -> None:
    is_problem(programme_of(world.cora).post("forms/new-starter/tickets", STARTS), 403)


def test_what_leads_to_access_is_never_confidential_in_silence(world: World) -> None:
    asked = {"version": 1, "answers": RESET, "confidential": True}
    said = is_problem(programme_of(world.ben).post("forms/password-reset/tickets", asked), 400)
    assert [one["field"] for one in said["errors"]] == ["confidential"] and count() == 0
    plain = programme_of(world.ben).post("forms/new-starter/tickets", {**STARTS, "confidential": True})
    assert plain.status_code == 201
    with act_as_staff(SYSTEM):
        assert Ticket.objects.get().visibility == "confidential"


def test_a_nul_in_the_query_is_a_problem_document(world: World) -> None:
    is_problem(programme_of(world.ben).get("tickets?q=a%00"), 400)
